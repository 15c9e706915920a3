import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JoinRequest } from '../protocol/events.ts';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { ask, codeOf, join, joinRequest, listen, newSecret, next, settle, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

/** As a browser makes it, with what a browser of tomorrow may put in. */
const sdp = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=x-tomorrow:\u00e4 \ud83d\udc4b  two  spaces ',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2122260223 192.0.2.7 53211 typ host',
  'a=ice-ufrag:h4Gk',
  'a=ice-options:trickle sped googspedv1',
  '',
].join('\r\n');
const offer = { connectionId: 'spare-0001', generation: 1, sdp };

/** Connects with a join in the handshake; resolves with the answer and what was heard. */
async function enter(rig: Rig, change: Partial<JoinRequest> = {}) {
  const client = rig.open({ join: joinRequest(change) });
  const heard = listen(client);
  const answer = await next(client, 'entered');
  return { client, heard, answer };
}

const offeredTo = ({ answer }: Awaited<ReturnType<typeof enter>>) => (answer as { offeredTo?: string }).offeredTo;
const signalsOf = (heard: ReturnType<typeof listen>) => heard.filter(({ name }) => name === 'signal');

async function member(rig: Rig, change: Partial<JoinRequest> = {}) {
  const client = await rig.connect();
  const { self } = await join(client, change);
  return { client, self, heard: listen(client) };
}

describe('a join that comes with the connection', () => {
  it('is answered by entered, with all that the acknowledgement would have said', async t => {
    const rig = await startRig(t);
    const { answer, client } = await enter(rig);
    assert.ok(answer.ok && 'roster' in answer);
    assert.equal(answer.roster.participants.length, 1);
    assert.equal(codeOf(await ask(client, 'sync', {})), 'ok');
  });

  for (const [what, change, code] of [
    ['a wrong shape', { microphone: 'yes' }, 'payload-invalid'],
    ['a room that no name can be', { room: '..' }, 'room-invalid'],
    ['a field too many', { extra: 1 }, 'payload-invalid'],
    ['an offer that is none', { offer: { ...offer, sdp: 'hello' } }, 'payload-invalid'],
    ['an offer of no generation', { offer: { connectionId: 'spare-0001', sdp } }, 'payload-invalid'],
  ] as const) {
    it(`is refused for ${what} as any other join`, async t => {
      const rig = await startRig(t);
      const { answer, client } = await enter(rig, change as Partial<JoinRequest>);
      assert.equal(codeOf(answer), code);
      assert.equal(codeOf(await ask(client, 'sync', {})), 'not-in-room');
    });
  }

  it('to a full room is told its capacity', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '1' });
    await member(rig);
    const { answer } = await enter(rig, { offer });
    assert.deepEqual(answer, { ok: false, error: { code: 'room-full', capacity: 1 } });
  });

  it('takes the seat again after a lost connection, and no offer goes anywhere', async t => {
    const rig = await startRig(t);
    const { heard, client } = await member(rig);
    const secret = newSecret();
    const first = await enter(rig, { secret });
    first.client.disconnect();
    await settle(client);
    const again = await enter(rig, { secret });
    assert.ok(again.answer.ok && 'roster' in again.answer);
    assert.equal(again.answer.roster.participants.length, 2);
    await settle(client);
    assert.deepEqual(signalsOf(heard), []);
  });
});

describe('the offer in a join', () => {
  it('reaches who is there, byte for byte, and the newcomer is told who that is', async t => {
    const rig = await startRig(t);
    const { self, client, heard } = await member(rig);
    const newcomer = await enter(rig, { offer });
    assert.equal(offeredTo(newcomer), self);
    await settle(client);
    assert.ok(newcomer.answer.ok);
    assert.deepEqual(signalsOf(heard), [
      {
        name: 'signal',
        message: {
          from: newcomer.answer.self,
          signal: { connectionId: 'spare-0001', generation: 1, description: { type: 'offer', sdp } },
        },
      },
    ]);
  });

  it('goes to one only: who has been there the longest', async t => {
    const rig = await startRig(t);
    const [first, second] = [await member(rig), await member(rig)];
    const newcomer = await enter(rig, { offer });
    assert.equal(offeredTo(newcomer), first.self);
    await settle(second.client);
    assert.deepEqual(signalsOf(second.heard), []);
  });

  it('is forgotten where nobody is', async t => {
    const rig = await startRig(t);
    assert.equal(offeredTo(await enter(rig, { offer })), undefined);
  });

  it('goes past whose signalling is lost to who can be reached', async t => {
    const rig = await startRig(t);
    const [first, second] = [await member(rig), await member(rig)];
    first.client.disconnect();
    await settle(second.client);
    const newcomer = await enter(rig, { offer });
    assert.equal(offeredTo(newcomer), second.self);
  });

  it('to who leaves in that instant is lost with them, and the newcomer hears of both', async t => {
    const rig = await startRig(t);
    const { client, self } = await member(rig);
    const newcomer = rig.open({ join: joinRequest({ offer }) });
    const heard = listen(newcomer);
    void client.emitWithAck('leave', {});
    const answer = await next(newcomer, 'entered');
    await settle(newcomer);
    assert.ok(answer.ok && 'roster' in answer);
    const isThere = answer.roster.participants.some(({ id }) => id === self);
    const isTold = heard.some(({ name }) => name === 'participant-left');
    assert.equal(isThere, isTold);
    assert.equal(isThere, answer.offeredTo === self);
  });

  it('of two who join at once goes from the second to the first', async t => {
    const rig = await startRig(t);
    const both = await Promise.all([
      enter(rig, { offer }),
      enter(rig, { offer: { ...offer, connectionId: 'spare-0002' } }),
    ]);
    await settle(...both.map(({ client }) => client));
    const told = both.map(offeredTo);
    assert.equal(told.filter(id => id === undefined).length, 1);
    const second = told[0] === undefined ? 1 : 0;
    const [first] = [both[1 - second]!];
    assert.ok(first.answer.ok);
    assert.equal(told[second], first.answer.self);
    assert.equal(signalsOf(first.heard).length, 1);
    assert.equal(signalsOf(both[second].heard).length, 0);
  });

  it('goes to nobody from who waits in line, and to a host once they are let in', async t => {
    const rig = await startRig(t, authEnvironment);
    const host = await member(rig, { token: tokenFor(rig, { role: 'host' }) });
    const request = { secret: newSecret(), token: tokenFor(rig, { sub: 'kim', knock: true }), offer };
    const newcomer = await enter(rig, request);
    assert.ok(newcomer.answer.ok && 'waiting' in newcomer.answer);
    assert.deepEqual(signalsOf(host.heard), []);
    await ask(host.client, 'admit', { id: newcomer.answer.self });
    const joined = await join(newcomer.client, request);
    assert.equal(joined.offeredTo, host.self);
    await settle(host.client);
    assert.equal(signalsOf(host.heard).length, 1);
  });

  it('is not handed over with addresses in it where the site hides them, and is without', async t => {
    const rig = await startRig(t, authEnvironment);
    const { self } = await member(rig, { token: tokenFor(rig, { role: 'host' }) });
    const token = (sub: string) => tokenFor(rig, { sub, relayOnly: true });
    assert.equal(offeredTo(await enter(rig, { token: token('kim'), offer })), undefined);
    const bare = { ...offer, sdp: 'v=0\r\na=ice-ufrag:h4Gk\r\n' };
    assert.equal(offeredTo(await enter(rig, { token: token('lou'), offer: bare })), self);
  });
});

describe('a signal', () => {
  it('passes with lines that nobody knows yet, byte for byte', async t => {
    const rig = await startRig(t);
    const [a, b] = [await member(rig), await member(rig)];
    const signal = { connectionId: 'ours-0001', generation: 7, description: { type: 'answer' as const, sdp } };
    const arrived = next(b.client, 'signal');
    assert.equal(codeOf(await ask(a.client, 'signal', { to: b.self, signal })), 'ok');
    assert.deepEqual(await arrived, { from: a.self, signal });
  });

  it('carries candidates together, in their order, and the end of them', async t => {
    const rig = await startRig(t);
    const [a, b] = [await member(rig), await member(rig)];
    const candidate = (port: number) => ({
      candidate: `candidate:1 1 udp 2122260223 1c9f2a60-9b0e-4d4a-bb31-9df2b7f3a0aa.local ${port} typ host x-new 1`,
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: 'h4Gk',
    });
    const signal = { connectionId: 'ours-0001', candidates: [candidate(1), candidate(2), null] };
    const arrived = next(b.client, 'signal');
    assert.equal(codeOf(await ask(a.client, 'signal', { to: b.self, signal })), 'ok');
    assert.deepEqual(await arrived, { from: a.self, signal });
  });

  for (const [what, signal] of [
    ['without candidates', { connectionId: 'ours-0001', candidates: [] }],
    ['with too many', { connectionId: 'ours-0001', candidates: Array(65).fill(null) }],
    ['without a generation', { connectionId: 'ours-0001', description: { type: 'offer', sdp } }],
    ['of generation 0', { connectionId: 'ours-0001', generation: 0, description: { type: 'offer', sdp } }],
    ['of half a generation', { connectionId: 'ours-0001', generation: 1.5, description: { type: 'offer', sdp } }],
  ] as const) {
    it(`${what} is refused`, async t => {
      const rig = await startRig(t);
      const [a, b] = [await member(rig), await member(rig)];
      assert.equal(codeOf(await ask(a.client, 'signal', { to: b.self, signal })), 'payload-invalid');
    });
  }
});
