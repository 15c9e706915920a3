import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { authEnvironment, tokenFor, tryJoin } from './testing/entry-cases.ts';
import { member, namesOf, post, posted } from './testing/post.ts';
import { ask, codeOf, crowdLimits, listen, newSecret, next, settle, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const offer = { connectionId: 'spare-0001', generation: 1, sdp: 'v=0\r\n' };
const candidates = { connectionId: 'theirs-001', remoteConnectionId: 'spare-0001', candidates: [null] };

/** A host, and somebody who knocks by HTTP. */
async function startKnock(rig: Rig) {
  const host = await member(rig, { token: tokenFor(rig, { role: 'host' }) });
  const knock = (sub: string) => posted(rig, { token: tokenFor(rig, { sub, knock: true }), displayName: sub });
  return { ...host, knock, first: await knock('kim') };
}

/** Waits until the server has noticed that nobody is there for the seat, or the place in line. */
async function untilHeld({ store }: Rig, participantId: string): Promise<void> {
  while (await store.isPresent({ room: 'support', participantId, connectionId: '' })) await setImmediate();
}

describe('a knock by HTTP', () => {
  it('is told once, and keeps its place when the socket takes over', async t => {
    const rig = await startRig(t, authEnvironment);
    const { client, heard, knock, first } = await startKnock(rig);
    const second = await knock('lou');
    const socket = rig.open({ join: first.request });
    assert.deepEqual(await next(socket, 'entered'), { ok: true, self: first.self, waiting: 1 });
    assert.equal(await first.line(), undefined);
    await settle(client, socket);
    assert.deepEqual(
      heard.map(({ name, message }) => [name, (message.knocks as object[]).length]),
      [
        ['knocking', 1],
        ['knocking', 2],
      ],
    );
    const admitted = next(socket, 'admitted');
    await ask(client, 'admit', { id: first.self });
    await admitted;
    assert.deepEqual(await second.line(), ['waiting', { place: 1 }]);
  });

  it('keeps its place until 15 s after the stream, and goes then', async t => {
    const rig = await startRig(t, authEnvironment);
    const { client, heard, first } = await startKnock(rig);
    rig.advance(5_000);
    assert.equal(await first.line(), undefined);
    await untilHeld(rig, first.self);
    rig.advance(14_999);
    await settle(client);
    assert.deepEqual(namesOf(heard), ['knocking']);
    const gone = next(client, 'knocking');
    rig.advance(1);
    assert.deepEqual(await gone, { knocks: [] });
  });

  it('keeps its place also when the client closes the stream', async t => {
    const rig = await startRig(t, authEnvironment);
    const { client, heard, first } = await startKnock(rig);
    first.abort();
    await untilHeld(rig, first.self);
    const socket = rig.open({ join: first.request });
    assert.deepEqual(await next(socket, 'entered'), { ok: true, self: first.self, waiting: 1 });
    await settle(client);
    assert.deepEqual(namesOf(heard), ['knocking']);
  });
});

describe('a seat taken by HTTP', () => {
  it('that a page takes again when it is loaded anew brings nothing of what was said to the page before', async t => {
    const rig = await startRig(t);
    const { client } = await member(rig);
    const page = await posted(rig, { offer });
    assert.equal(codeOf(await ask(client, 'signal', { to: page.self, signal: candidates })), 'ok');
    const left = next(client, 'participant-left');
    page.abort();
    await left;
    const socket = rig.open({ join: { ...page.request, offer: { ...offer, connectionId: 'spare-0002' } } });
    const heard = listen(socket);
    await next(socket, 'entered');
    await settle(client, socket);
    assert.ok(!namesOf(heard).includes('signal'));
  });

  it('is held for a socket that takes longer than the stream, as after any lost connection', async t => {
    const rig = await startRig(t);
    const { client, self, heard } = await member(rig);
    const late = await posted(rig, { offer });
    rig.advance(4_999);
    assert.equal(codeOf(await ask(client, 'signal', { to: late.self, signal: candidates })), 'ok');
    assert.deepEqual(await late.line(), ['signal', { from: self, signal: candidates }]);
    rig.advance(1);
    assert.equal(await late.line(), undefined);
    await untilHeld(rig, late.self);
    rig.advance(14_999);
    const socket = rig.open({ join: late.request });
    const again = listen(socket);
    const entered = await next(socket, 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    // The offer that it brings is the one that was handed over.
    assert.deepEqual([entered.self, entered.offeredTo], [late.self, self]);
    assert.equal(entered.roster.participants.length, 2);
    await settle(client, socket);
    assert.deepEqual(namesOf(heard), ['participant-joined', 'signal', 'participant-updated']);
    assert.deepEqual(namesOf(again), ['entered', 'signal']);
    assert.equal(codeOf(await ask(client, 'signal', { to: late.self, signal: candidates })), 'ok');
  });

  it('is free 15 s after the stream', async t => {
    const rig = await startRig(t);
    const { client, heard } = await member(rig);
    const never = await posted(rig);
    rig.advance(5_000);
    assert.equal(await never.line(), undefined);
    await untilHeld(rig, never.self);
    rig.advance(14_999);
    await settle(client);
    assert.deepEqual(namesOf(heard), ['participant-joined']);
    const left = next(client, 'participant-left');
    rig.advance(1);
    const { id, reason } = await left;
    assert.deepEqual({ id, reason }, { id: never.self, reason: 'timeout' });
  });

  it('takes an offer of another connection from the socket, for a page that was loaded again', async t => {
    const rig = await startRig(t);
    const { client, self, heard } = await member(rig);
    const { request, line } = await posted(rig, { offer });
    rig.advance(5_000);
    assert.equal(await line(), undefined);
    const anew = { ...offer, connectionId: 'spare-0002' };
    const entered = await next(rig.open({ join: { ...request, offer: anew } }), 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    assert.equal(entered.offeredTo, self);
    await settle(client);
    const offered = heard.flatMap(({ name, message }) =>
      name === 'signal' ? [(message.signal as { connectionId: string }).connectionId] : [],
    );
    assert.deepEqual(offered, ['spare-0001', 'spare-0002']);
  });

  it('is not told of an offer that it did not bring', async t => {
    const rig = await startRig(t);
    await member(rig);
    const { request } = await posted(rig, { offer });
    const entered = await next(rig.open({ join: { ...request, offer: undefined } }), 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    assert.equal(entered.offeredTo, undefined);
  });

  it('can be taken by HTTP again once the stream is over', async t => {
    const rig = await startRig(t);
    const { client, self, heard } = await member(rig);
    const secret = newSecret();
    const first = await posted(rig, { secret, offer });
    rig.advance(5_000);
    assert.equal(await first.line(), undefined);
    await untilHeld(rig, first.self);
    const second = await posted(rig, { secret, offer: { ...offer, connectionId: 'spare-0002' } });
    assert.ok('roster' in second.answer);
    assert.deepEqual([second.self, second.answer.offeredTo], [first.self, self]);
    assert.equal(codeOf(await ask(client, 'signal', { to: first.self, signal: candidates })), 'ok');
    assert.deepEqual(await second.line(), ['signal', { from: self, signal: candidates }]);
    assert.equal(namesOf(heard).filter(name => name === 'participant-left').length, 0);
  });

  it('costs a relay credential each time that HTTP asks for it, and is held when that is one too many', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, credentials: { burst: 2, perSec: 1e-9 } } });
    const { client } = await member(rig);
    const { self, request, line } = await posted(rig);
    rig.advance(5_000);
    assert.equal(await line(), undefined);
    await untilHeld(rig, self);
    const again = await post(rig, request);
    assert.equal(codeOf(await again.entered()), 'rate-limited');
    await untilHeld(rig, self);
    const left = next(client, 'participant-left');
    rig.advance(15_000);
    assert.equal((await left).reason, 'timeout');
  });

  it('waits for the page that closed the stream, though the others see it leave at once', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const { client, heard } = await member(rig);
    const page = await posted(rig);
    const left = next(client, 'participant-left');
    page.abort();
    assert.equal((await left).reason, 'left');
    assert.equal(await tryJoin(rig), 'room-full');
    const socket = rig.open({ join: page.request });
    assert.equal(codeOf(await next(socket, 'entered')), 'ok');
    await settle(client);
    assert.deepEqual(namesOf(heard), ['participant-joined', 'participant-left', 'participant-joined']);
  });
});
