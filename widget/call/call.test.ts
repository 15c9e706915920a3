// The engine without a browser: what it holds while a call runs, and that nothing of it is left after.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Greeting } from '../session/connect.ts';
import { rosterEntry } from '../session/testing/roster-entry.ts';
import { Call } from './call.ts';
import { inRoom } from './call-state.ts';
import type { GetUserMedia } from './local-media.ts';
import { FakeClock, settled } from './testing/fake-clock.ts';
import { FakeConnection } from './testing/fake-connection.ts';
import { FakeMachine } from './testing/fake-machine.ts';
import { FakeServer } from './testing/fake-server.ts';

function rig(greeting?: Greeting) {
  const clock = new FakeClock();
  const machine = new FakeMachine();
  const server = new FakeServer([rosterEntry('bo'), rosterEntry('mei')]);
  const connections: FakeConnection[] = [];
  const makeCall = (getUserMedia: GetUserMedia = machine.getUserMedia) =>
    new Call({
      serverUrl: 'https://calls.invalid/',
      room: 'support',
      displayName: 'Ada',
      microphone: true,
      camera: true,
      environment: {
        greet: () => Promise.resolve(greeting),
        unusable: () => undefined,
        getUserMedia,
        getDisplayMedia: machine.getDisplayMedia,
        devices: machine.list,
        connect: server.connect,
        clock,
        createConnection: () => {
          const connection = new FakeConnection();
          connections.push(connection);
          return connection as unknown as RTCPeerConnection;
        },
      },
    });
  return { clock, machine, server, connections, makeCall };
}

/** In the room, everybody connected, everything loaded. */
async function running({ makeCall, connections }: ReturnType<typeof rig>): Promise<Call> {
  const call = makeCall();
  await call.join();
  for (const connection of connections.splice(0)) connection.become('connected');
  await call.upkeep();
  await settled();
  return call;
}

describe('a call without a browser', () => {
  it('shares a screen on the sections that are there, and tells the room', async () => {
    const all = rig();
    const call = await running(all);
    await (await call.upkeep()).setScreen(true);
    await settled();
    assert.ok(inRoom(call.state) && call.state.self.screen);
    assert.deepEqual(all.server.requests.at(-1), {
      event: 'update',
      payload: { screen: true },
    });
    all.machine.live.find(({ deviceId }) => deviceId === 'screen')?.end();
    assert.ok(inRoom(call.state) && !call.state.self.screen);
    await call.leave();
  });

  it('says to whom the picture is paused, in the roster', async () => {
    const all = rig();
    const call = all.makeCall();
    await call.join();
    const [toBo] = all.connections;
    for (const connection of all.connections) connection.become('connected');
    await call.upkeep();
    let reports = 0;
    toBo!.getStats = () => {
      reports += 1;
      const sent = { id: 'out', type: 'outbound-rtp', mid: '1', packetsSent: reports * 100, remoteId: 'in' };
      const lost = { id: 'in', type: 'remote-inbound-rtp', fractionLost: 0.6, packetsLost: 0, timestamp: reports };
      return Promise.resolve(new Map([sent, lost].map(one => [one.id, one])));
    };
    await all.clock.pass(30_000);
    assert.deepEqual(
      all.server.requests.filter(({ payload }) => 'videoPausedFor' in payload).map(({ payload }) => payload),
      [{ videoPausedFor: ['bo'] }],
    );
    await call.leave();
  });

  it('tells one’s own statistics without a browser’s help', async () => {
    const call = await running(rig());
    const { participants } = await (await call.upkeep()).getStats();
    assert.deepEqual(
      participants.map(({ id }) => id),
      ['bo', 'mei'],
    );
    await call.leave();
  });

  it('keeps no connection in waiting once it is in the room, though two were made in the preview', async () => {
    const open = FakeConnection.open;
    const { connections, makeCall } = rig({ ok: true, iceServers: [{ urls: ['stun:calls.invalid'] }] });
    const call = makeCall();
    await call.preview();
    await settled();
    assert.equal(connections.length, 2, 'before and after the devices were granted');
    await call.join();
    await settled();
    assert.equal(FakeConnection.open, open + 2, 'to Bo and Mei');
    await call.leave();
    assert.equal(FakeConnection.open, open);
  });

  it('hands over the connection whose offer is in the join, though devices start only then', async () => {
    const all = rig({ ok: true, iceServers: [{ urls: ['stun:calls.invalid'] }] });
    let grant!: () => void;
    const granted = new Promise<void>(resolve => (grant = resolve));
    const call = all.makeCall(async constraints => {
      await granted;
      return all.machine.getUserMedia(constraints);
    });
    const previewing = call.preview();
    await settled();
    const joining = call.join();
    grant();
    await Promise.all([previewing, joining]);
    await settled();
    assert.equal(call.state.status, 'joined');
    assert.equal(all.connections.length, 3, 'one in waiting, none after the grant; to Bo and Mei');
    await call.leave();
  });

  it('has no upkeep outside a call', async () => {
    await assert.rejects(rig().makeCall().upkeep(), { code: 'internal' });
  });

  it('leaves nothing behind after 100 joins and leaves: no timer, listener, track, connection or socket', async () => {
    const all = rig();
    const collect = garbageCollector();
    const added = countListeners(all.machine);
    const open = FakeConnection.open;
    let before = 0;
    for (let round = 1; round <= 100; round++) {
      const call = await running(all);
      await (await call.upkeep()).setScreen(true);
      await all.clock.pass(4_000);
      assert.equal(FakeConnection.open, open + 2);
      assert.ok(all.clock.waiting > 0);
      await call.leave();
      assert.deepEqual(
        {
          connections: FakeConnection.open - open,
          tracks: all.machine.live.length,
          timers: all.clock.waiting,
          sockets: all.server.open,
          listeners: added(),
        },
        { connections: 0, tracks: 0, timers: 0, sockets: 0, listeners: 0 },
        `after round ${round}`,
      );
      all.machine.tracks.length = all.machine.asked.length = all.server.requests.length = 0;
      if (round === 20) before = collect();
    }
    const grown = collect() - before;
    assert.ok(grown < 1_000_000, `80 calls left ${grown} bytes`);
  });
});

/** Bytes that are still in use. */
function garbageCollector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
}

/** How many listeners a target has that no signal has taken away. */
function countListeners(target: EventTarget): () => number {
  const live = new Set<object>();
  const add = target.addEventListener.bind(target);
  target.addEventListener = (type, listener, options) => {
    const signal = typeof options === 'object' ? options.signal : undefined;
    const mark = {};
    if (!signal?.aborted) live.add(mark);
    signal?.addEventListener('abort', () => live.delete(mark), { once: true });
    add(type, listener, options);
  };
  return () => live.size;
}
