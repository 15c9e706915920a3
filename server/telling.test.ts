import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { member, namesOf, post, posted } from './testing/post.ts';
import { ask, codeOf, joinRequest, listen, newSecret, next, settle, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const byHost = (rig: Rig) => member(rig, { token: tokenFor(rig, { role: 'host' }) });
const signal = { connectionId: 'theirs-001', remoteConnectionId: 'spare-0001', candidates: [null] };

describe('who has joined by HTTP and has no socket yet', () => {
  it('is asked to mute', async t => {
    const rig = await startRig(t);
    const { client, self: by } = await member(rig);
    const { self: id, line } = await posted(rig);
    assert.equal(codeOf(await ask(client, 'mute-participant', { id })), 'ok');
    assert.deepEqual(await line(), ['mute-requested', { by }]);
  });

  it('is asked once more over the socket, where a proxy may have held the stream back, in the same order', async t => {
    const rig = await startRig(t);
    const { client, self: by } = await member(rig);
    const { self: id, request } = await posted(rig);
    await ask(client, 'signal', { to: id, signal });
    await ask(client, 'mute-participant', { id });
    await ask(client, 'signal', { to: id, signal });
    const socket = rig.open({ join: request });
    const heard = listen(socket);
    await next(socket, 'entered');
    await settle(client, socket);
    assert.deepEqual(namesOf(heard), ['entered', 'signal', 'mute-requested', 'signal']);
    assert.deepEqual(heard[2]?.message, { by });
  });

  it('hears that a host removed them, and nothing after', async t => {
    const revoked: string[] = [];
    const rig = await startRig(t, {}, { revokeRelay: id => revoked.push(id) });
    const { client, heard, self: from } = await member(rig);
    const { self: id, line, request } = await posted(rig);
    await ask(client, 'signal', { to: id, signal });
    assert.equal(codeOf(await ask(client, 'remove', { id })), 'ok');
    assert.equal(codeOf(await ask(client, 'signal', { to: id, signal })), 'participant-unknown');
    assert.deepEqual(await line(), ['signal', { from, signal }]);
    assert.deepEqual(await line(), ['ended', { reason: 'removed' }]);
    assert.equal(await line(), undefined);
    assert.deepEqual(revoked, [id]);
    assert.deepEqual(namesOf(heard), ['participant-joined', 'participant-left']);
    const socket = rig.open({ join: request });
    assert.equal(codeOf(await next(socket, 'entered')), 'removed');
  });

  it('hears that it is over for everybody', async t => {
    const rig = await startRig(t);
    const { client } = await member(rig);
    const { line } = await posted(rig);
    client.emit('end', {}, () => undefined);
    assert.deepEqual(await line(), ['ended', { reason: 'ended' }]);
    assert.equal(await line(), undefined);
    assert.equal(rig.store.size, 0);
  });

  it('hears that the same user came in from elsewhere', async t => {
    const rig = await startRig(t);
    const { heard, client } = await member(rig);
    const guestKey = newSecret();
    const { line } = await posted(rig, { guestKey });
    const newer = await posted(rig, { guestKey });
    assert.deepEqual(await line(), ['ended', { reason: 'replaced' }]);
    assert.equal(await line(), undefined);
    assert.equal(codeOf(await ask(client, 'signal', { to: newer.self, signal })), 'ok');
    assert.deepEqual(namesOf(heard), ['participant-joined', 'participant-left', 'participant-joined']);
  });

  it('hears who knocks, after the answer and then at each change', async t => {
    const rig = await startRig(t, authEnvironment);
    const waiting = await rig.connect();
    const { client } = await byHost(rig);
    const answer = await ask(
      waiting,
      'join',
      joinRequest({ token: tokenFor(rig, { knock: true }), displayName: 'Kim' }),
    );
    assert.ok(answer.ok);
    // Nobody hosts who would hear of it twice.
    await ask(client, 'leave', {});
    const host = await post(rig, { token: tokenFor(rig, { role: 'host' }) });
    assert.equal(codeOf(await host.entered()), 'ok');
    const knocks = [{ id: answer.self, displayName: 'Kim' }];
    assert.deepEqual(await host.line(), ['knocking', { knocks }]);
    await ask(waiting, 'leave', {});
    assert.deepEqual(await host.line(), ['knocking', { knocks: [] }]);
  });

  it('hears of places in line, and of the seat', async t => {
    const rig = await startRig(t, authEnvironment);
    const { client } = await byHost(rig);
    const knock = (sub: string) => posted(rig, { token: tokenFor(rig, { sub, knock: true }) });
    const [first, second] = [await knock('kim'), await knock('lou')];
    assert.deepEqual(second.answer, { ok: true, self: second.self, waiting: 2 });
    await ask(client, 'admit', { id: first.self });
    assert.deepEqual(await first.line(), ['admitted', {}]);
    assert.deepEqual(await second.line(), ['waiting', { place: 1 }]);
    await ask(client, 'reject', { id: second.self });
    assert.deepEqual(await second.line(), ['ended', { reason: 'rejected' }]);
    assert.equal(await second.line(), undefined);
    const socket = rig.open({ join: first.request });
    const entered = await next(socket, 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    assert.equal(entered.roster.participants.length, 2);
  });
});
