import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Role } from '../../protocol/events.ts';
import type { SignalingSocket } from '../session/connect.ts';
import { FakeSocket } from '../session/testing/fake-socket.ts';
import { rosterEntry } from '../session/testing/roster-entry.ts';
import type { CallError } from './call-error.ts';
import { inRoom } from './call-state.ts';
import { Call } from './call.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { FakeConnection } from './testing/fake-connection.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));
const seat = (role: Role = 'host', change: object = {}) => ({
  ok: true,
  self: 'me',
  roster: { generation: 'g', version: 1, participants: [rosterEntry('me', { role })] },
  iceServers: [],
  limits: { capacity: 8, iceServersTtlSec: 600 },
  ...change,
});
const kim = { id: 'kim', displayName: 'Kim' };
const lou = { id: 'lou', displayName: 'Lou' };

const calls = new Set<Call>();
afterEach(async () => {
  for (const call of calls) await call.leave();
  calls.clear();
});

const nobody = (): never => assert.fail('there is nobody to connect to');

/** A microphone that turns on and off, and no connections unless told otherwise. */
function makeCall(createConnection: () => RTCPeerConnection = nobody) {
  const socket = new FakeSocket();
  const call = new Call({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    displayName: 'Ada',
    microphone: true,
    camera: false,
    environment: {
      connect: () => socket as unknown as SignalingSocket,
      greet: () => Promise.resolve(undefined),
      unusable: () => undefined,
      getUserMedia: () => {
        const track = Object.assign(new EventTarget(), { kind: 'audio', enabled: true, stop: () => undefined });
        const tracks = [track as unknown as MediaStreamTrack];
        return Promise.resolve({
          getTracks: () => tracks,
          getAudioTracks: () => tracks,
          getVideoTracks: () => [],
        } as unknown as MediaStream);
      },
      createConnection,
      clock: new FakeClock(),
    },
  });
  calls.add(call);
  const heard: unknown[] = [];
  call.on('knock', ({ knock }) => heard.push(`knock ${knock.id}`));
  call.on('muted', ({ by }) => heard.push(`muted by ${by}`));
  call.on('error', ({ error }) => heard.push(error.code));
  return { socket, call, heard };
}

async function startCall(answer: object = seat()) {
  const made = makeCall();
  made.socket.answers.set('join', answer);
  const joining = made.call.join();
  made.socket.fire('connect');
  await settled();
  return { ...made, joining };
}

/** In a room with Bo, connected, and with all that a call loads later. */
async function startWithBo() {
  const connections: FakeConnection[] = [];
  const made = makeCall(() => {
    const connection = new FakeConnection();
    connections.push(connection);
    return connection as unknown as RTCPeerConnection;
  });
  const { socket, call } = made;
  call.on('participant-left', ({ participant, reason }) => made.heard.push(`${participant.id} ${reason}`));
  socket.answers.set('join', withBo);
  const joining = call.join();
  socket.fire('connect');
  await joining;
  const toBo = connections.at(-1)!;
  toBo.become('connected');
  await call.upkeep();
  const others = (): string[] => (inRoom(call.state) ? call.state.participants.map(({ id }) => id) : []);
  return { ...made, toBo, others };
}
const withBo = seat('host', {
  roster: { generation: 'g', version: 1, participants: [rosterEntry('me', { role: 'host' }), rosterEntry('bo')] },
});

const knocksOf = ({ state }: Call): string[] => (inRoom(state) ? state.knocks.map(({ id }) => id) : []);

describe('a call whose host one is', () => {
  it('tells of each who knocks once, and forgets who is let in', async () => {
    const { socket, call, heard } = await startCall();
    socket.fire('knocking', { knocks: [kim] });
    socket.fire('knocking', { knocks: [kim, lou] });
    assert.deepEqual(knocksOf(call), ['kim', 'lou']);
    socket.fire('knocking', { knocks: [lou] });
    assert.deepEqual(knocksOf(call), ['lou']);
    assert.deepEqual(heard, ['knock kim', 'knock lou']);
  });

  it('knows who knocked before its own seat was there', async () => {
    const { socket, call } = makeCall();
    socket.answers.set('join', seat());
    void call.join();
    socket.connected = true;
    socket.fire('knocking', { knocks: [kim] });
    socket.fire('connect');
    await settled();
    assert.deepEqual(knocksOf(call), ['kim']);
  });

  it('asks for what a host may', async () => {
    const { socket, call } = await startCall();
    for (const name of ['admit', 'reject', 'mute-participant', 'remove', 'make-host'] as const) {
      await call.asHost({ name, id: 'kim' });
    }
    await call.asHost({ name: 'lock', locked: true });
    await call.asHost({ name: 'end' });
    assert.deepEqual(
      socket.requests
        .filter(({ event }) => !['join', 'update'].includes(event))
        .map(({ event, payload }) => [event, payload]),
      [
        ['admit', { id: 'kim' }],
        ['reject', { id: 'kim' }],
        ['mute-participant', { id: 'kim' }],
        ['remove', { id: 'kim' }],
        ['make-host', { id: 'kim' }],
        ['lock', { locked: true }],
        ['end', {}],
      ],
    );
  });

  it('hears a refusal as an error, and its own end as done', async () => {
    const { socket, call } = await startCall();
    socket.answers.set('admit', { ok: false, error: { code: 'room-full', capacity: 8 } });
    await assert.rejects(
      call.asHost({ name: 'admit', id: 'kim' }),
      (error: CallError) => error.code === 'room-full' && error.capacity === 8,
    );
    socket.answers.set('lock', { ok: false, error: { code: 'host-only' } });
    await assert.rejects(call.asHost({ name: 'lock', locked: true }), (error: CallError) => error.code === 'internal');
    socket.answers.set('end', new Error('the connection is gone'));
    const ending = call.asHost({ name: 'end' });
    socket.fire('ended', { reason: 'ended' });
    await ending;
    assert.ok(call.state.status === 'left' && call.state.reason === 'ended');
  });

  it('lets go of who is removed, though nothing but their media was left of them', async () => {
    const { socket, toBo, others, heard } = await startWithBo();
    socket.fire('participant-left', { generation: 'g', version: 2, id: 'bo', reason: 'timeout' });
    assert.deepEqual([others(), toBo.connectionState, heard], [['bo'], 'connected', []]);
    socket.fire('participant-left', { generation: 'g', version: 3, id: 'bo', reason: 'removed' });
    assert.deepEqual([others(), toBo.connectionState, heard], [[], 'closed', ['bo removed']]);
  });

  it('lets go of who was removed while its own socket was away, and of nobody else', async () => {
    const { socket, toBo, others } = await startWithBo();
    for (const removed of [undefined, ['somebody-else'], ['bo']]) {
      socket.fire('disconnect');
      socket.answers.set('join', seat('host', removed && { removed }));
      socket.fire('connect');
      await settled();
      const isGone = removed?.includes('bo') === true;
      assert.deepEqual([others(), toBo.connectionState], isGone ? [[], 'closed'] : [['bo'], 'connected']);
    }
  });

  it('shows that the room is locked', async () => {
    const { socket, call } = await startCall();
    socket.fire('room-updated', { generation: 'g', version: 2, locked: true });
    assert.ok(inRoom(call.state) && call.state.locked);
  });
});

describe('a call', () => {
  it('shows nobody’s knock to who is no host', async () => {
    const { socket, call } = await startCall(seat('member'));
    socket.fire('knocking', { knocks: [kim] });
    assert.deepEqual(knocksOf(call), []);
  });

  it('turns the microphone off when a host asks, once, and on again when its owner does', async () => {
    const { socket, call, heard } = await startCall(seat('member'));
    assert.equal(call.state.local.microphone, 'on');
    socket.fire('mute-requested', { by: 'host' });
    socket.fire('mute-requested', { by: 'host' });
    await settled();
    assert.equal(call.state.local.microphone, 'off');
    assert.deepEqual(heard, ['muted by host']);
    assert.deepEqual(socket.requests.at(-1), { event: 'update', payload: { microphone: false } });
    await call.setMicrophone(true);
    assert.equal(call.state.local.microphone, 'on');
  });

  it('waits with its place, is let in, and can be refused', async () => {
    const { socket, call, joining } = await startCall({ ok: true, self: 'me', waiting: 2 });
    const place = () => (call.state.status === 'waiting' ? call.state.place : undefined);
    assert.equal(place(), 2);
    socket.fire('waiting', { place: 1 });
    assert.equal(place(), 1);
    socket.answers.set('join', seat('guest'));
    socket.fire('admitted', {});
    await joining;
    assert.equal(call.state.status, 'joined');

    const refused = await startCall({ ok: true, self: 'me', waiting: 1 });
    refused.socket.fire('ended', { reason: 'rejected' });
    await settled();
    assert.deepEqual([refused.call.state.status, refused.heard], ['failed', ['rejected']]);
  });

  for (const reason of ['removed', 'replaced', 'ended'] as const) {
    it(`that a host or another tab ended (${reason}) is left and does not come back by itself`, async () => {
      const { socket, call } = await startCall(seat('member'));
      socket.fire('ended', { reason });
      assert.ok(call.state.status === 'left' && call.state.reason === reason);
      assert.ok(socket.closed);
      const before = socket.requests.length;
      socket.fire('connect');
      await settled();
      assert.equal(socket.requests.length, before);
    });
  }

  for (const code of ['token-invalid', 'token-expired', 'room-locked', 'removed', 'rejected'] as const) {
    it(`that is refused with ${code} says so`, async () => {
      const { call, heard } = await startCall({ ok: false, error: { code } });
      assert.deepEqual([call.state.status, heard], ['failed', [code]]);
    });
  }
});
