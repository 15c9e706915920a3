import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Signal } from '../protocol/events.ts';
import { participantIdOf } from './participant-id.ts';
import {
  ask,
  codeOf,
  crowdLimits,
  join,
  joinRequest,
  listen,
  newSecret,
  next,
  settle,
  startRig,
} from './testing/rig.ts';
import type { Client, Rig } from './testing/rig.ts';

const signal: Signal = { connectionId: 'connection', generation: 1, description: { type: 'offer', sdp: 'v=0\r\n' } };

/** Waits until the server has noticed that the participant's connection is lost. */
async function untilHeld({ store }: Rig, observer: Client, self: string, id: string): Promise<void> {
  const claim = { room: 'support', participantId: self, connectionId: observer.id ?? '' };
  for (;;) {
    const found = await store.connectionOf(claim, id);
    if (found !== 'claim-invalid' && found.connectionId === undefined) return;
    await setImmediate();
  }
}

const disconnected = (client: Client) => new Promise(resolve => client.once('disconnect', resolve));

describe('joining', () => {
  it('answers with self, roster, ICE servers and limits in one round trip', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '3' }, { relays: [{ port: 3478, tlsPort: undefined }] });
    const secret = newSecret();
    const joined = await join(await rig.connect(), { secret, displayName: 'Ada' });
    assert.equal(joined.self, participantIdOf(secret));
    assert.deepEqual(joined.roster.participants, [
      {
        id: joined.self,
        displayName: 'Ada',
        role: 'host',
        handRaised: false,
        microphone: true,
        camera: true,
        screen: false,
      },
    ]);
    assert.deepEqual(joined.iceServers, [{ urls: ['stun:127.0.0.1:3478'] }]);
    assert.deepEqual(joined.limits, { capacity: 3, iceServersTtlSec: 600 });
  });

  it('tells the others, one version later', async t => {
    const rig = await startRig(t);
    const ada = await rig.connect();
    const { roster } = await join(ada);
    const heard = next(ada, 'participant-joined');
    const bo = await join(await rig.connect(), { displayName: 'Bo' });
    const { participant, generation, version } = await heard;
    assert.deepEqual([participant.displayName, participant.role], ['Bo', 'member']);
    assert.deepEqual([generation, version], [roster.generation, roster.version + 1]);
    assert.equal(bo.roster.version, version);
  });

  it('says that the room is full, and how many it holds', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '1' });
    await join(await rig.connect());
    const answer = await ask(await rig.connect(), 'join', joinRequest());
    assert.deepEqual(answer, { ok: false, error: { code: 'room-full', capacity: 1 } });
  });

  it('lets exactly as many in as there are seats when 100 join at once', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '7' });
    const clients = await Promise.all(Array.from({ length: 100 }, () => rig.connect()));
    const codes = (await Promise.all(clients.map(client => ask(client, 'join', joinRequest())))).map(codeOf);
    assert.equal(codes.filter(code => code === 'ok').length, 7);
    assert.equal(codes.filter(code => code === 'room-full').length, 93);
  });

  it('another room leaves the first', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    const { self } = await join(bo);
    const left = next(ada, 'participant-left');
    await join(bo, { room: 'other' });
    assert.deepEqual((({ id, reason }) => ({ id, reason }))(await left), { id: self, reason: 'left' });
  });

  it('tells each bad name from another mistake', async t => {
    const rig = await startRig(t);
    const client = await rig.connect();
    const codeFor = async (change: object) => codeOf(await ask(client, 'join', { ...joinRequest(), ...change }));
    assert.equal(await codeFor({ room: 'a b' }), 'room-invalid');
    assert.equal(await codeFor({ displayName: 'a'.repeat(65) }), 'name-invalid');
    assert.equal(await codeFor({ room: 7 }), 'payload-invalid');
    assert.equal(await codeFor({ secret: 'short' }), 'payload-invalid');
    assert.equal(await codeFor({ role: 'host' }), 'payload-invalid');
  });
});

describe('a lost connection', () => {
  it('is not told while the seat is held, and the same seat is given back', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const secret = newSecret();
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    const { self } = await join(ada);
    const before = await join(bo, { secret });
    const heard = listen(ada);
    bo.disconnect();
    await untilHeld(rig, ada, self, before.self);
    rig.advance(14_000);
    const after = await join(await rig.connect(), { secret, camera: false });
    await settle(ada);
    assert.equal(after.self, before.self);
    assert.deepEqual(
      heard.map(({ name }) => name),
      ['participant-updated'],
    );
    assert.equal(after.roster.participants[1]?.camera, false);
  });

  it('keeps its seat from strangers', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '1' });
    const ada = await rig.connect();
    await join(ada);
    ada.disconnect();
    await assert.rejects(join(await rig.connect()), /room-full/);
  });

  it('ends in a timeout after 15 seconds', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    const { self: observer } = await join(ada);
    const { self } = await join(bo);
    bo.disconnect();
    await untilHeld(rig, ada, observer, self);
    const left = next(ada, 'participant-left');
    rig.advance(15_000);
    const { id, reason } = await left;
    assert.deepEqual({ id, reason }, { id: self, reason: 'timeout' });
  });

  it('that comes back for one relay credential too many has its seat, and loses it as any other', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, credentials: { burst: 2, perSec: 1e-9 } } });
    const secret = newSecret();
    const [ada, bo, back] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const { self: observer } = await join(ada);
    const { self } = await join(bo, { secret });
    bo.disconnect();
    await untilHeld(rig, ada, observer, self);
    assert.equal(codeOf(await ask(back, 'join', joinRequest({ secret }))), 'rate-limited');
    back.disconnect();
    await untilHeld(rig, ada, observer, self);
    const left = next(ada, 'participant-left');
    rig.advance(15_000);
    assert.equal((await left).reason, 'timeout');
  });

  it('gets no signals: whoever sends one is told so', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    const { self: observer } = await join(ada);
    const { self } = await join(bo);
    bo.disconnect();
    await untilHeld(rig, ada, observer, self);
    assert.equal(codeOf(await ask(ada, 'signal', { to: self, signal })), 'participant-unknown');
  });
});

describe('the same participant from a second connection', () => {
  it('takes over, and the older connection is ended', async t => {
    const rig = await startRig(t);
    const secret = newSecret();
    const [ada, older, newer] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await join(ada);
    await join(older, { secret });
    const heard = listen(ada);
    const ended = next(older, 'ended');
    const gone = disconnected(older);
    const { roster } = await join(newer, { secret });
    assert.deepEqual(await ended, { reason: 'replaced' });
    assert.equal(await gone, 'io server disconnect');
    await settle(ada);
    rig.advance(60_000);
    await settle(ada);
    assert.deepEqual(
      heard.map(({ name }) => name),
      ['participant-updated'],
    );
    assert.equal(roster.participants.length, 2);
  });

  it('raced 50 times, leaves one live connection and one seat', async t => {
    const rig = await startRig(t);
    const secret = newSecret();
    const clients = await Promise.all(Array.from({ length: 50 }, () => rig.connect()));
    let live = clients.length;
    const oneLeft = new Promise<void>(resolve => {
      for (const client of clients) client.once('disconnect', () => (live -= 1) === 1 && resolve());
    });
    await Promise.all(clients.map(client => ask(client, 'join', joinRequest({ secret }))));
    await oneLeft;
    const [survivor] = clients.filter(({ connected }) => connected);
    const answer = await survivor!.emitWithAck('sync', {});
    assert.equal(answer.ok && answer.roster.participants.length, 1);
  });
});

describe('leaving', () => {
  it('is told at once and frees the seat', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    const { self } = await join(bo);
    const left = next(ada, 'participant-left');
    assert.deepEqual(await ask(bo, 'leave', {}), { ok: true });
    const { id, reason } = await left;
    assert.deepEqual({ id, reason }, { id: self, reason: 'left' });
    await join(await rig.connect());
  });

  it('makes the next longest in the room the host', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    const { self } = await join(bo);
    const updated = next(bo, 'participant-updated');
    await ask(ada, 'leave', {});
    const { participant } = await updated;
    assert.deepEqual([participant.id, participant.role], [self, 'host']);
  });

  it('with the page is told at once, but the seat waits for its return', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const secret = newSecret();
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    await join(bo, { secret });
    const left = next(ada, 'participant-left');
    bo.emit('leaving');
    bo.disconnect();
    assert.equal((await left).reason, 'left');
    await assert.rejects(join(await rig.connect()), /room-full/);
    const joined = next(ada, 'participant-joined');
    await join(await rig.connect(), { secret });
    assert.equal((await joined).participant.id, participantIdOf(secret));
  });

  it('with the page is told at once by the close code alone, which Firefox sends where it sends no word', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const secret = newSecret();
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    await join(bo, { secret });
    const left = next(ada, 'participant-left');
    const { transport } = bo.io.engine as unknown as { transport: { ws: WebSocket } };
    transport.ws.close(1001);
    assert.equal((await left).reason, 'left');
    await assert.rejects(join(await rig.connect()), /room-full/);
    await join(await rig.connect(), { secret });
  });

  it('with the page frees the seat in silence after 15 seconds', async t => {
    const rig = await startRig(t, { ROOM_CAPACITY: '2' });
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    await join(bo);
    const left = next(ada, 'participant-left');
    bo.emit('leaving');
    await left;
    const heard = listen(ada);
    rig.advance(15_000);
    await join(await rig.connect());
    await settle(ada);
    assert.deepEqual(
      heard.map(({ name }) => name),
      ['participant-joined'],
    );
  });
});
