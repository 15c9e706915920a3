import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { IceServer, Signal } from '../../protocol/events.ts';
import { Refused } from '../session/refused.ts';
import type { RefusedCode } from '../session/refused.ts';
import { Mesh } from './mesh.ts';
import { FakeConnection } from './testing/fake-connection.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));
const fresh: IceServer[] = [{ urls: ['turn:relay.invalid'], username: 'fresh', credential: 'fresh' }];

describe('a mesh mends', () => {
  /** ms. */
  let now: number;
  let connections: FakeConnection[];
  let sent: Signal[];
  let arrives: boolean;
  let mesh: Mesh;
  let stalled: string[];
  let refusal: RefusedCode | undefined;

  const make = (selfId: string) =>
    new Mesh({
      selfId,
      iceServers: [],
      iceTransportPolicy: 'all',
      tracks: {},
      createConnection: configuration => {
        const connection = new FakeConnection(configuration);
        connections.push(connection);
        return connection as unknown as RTCPeerConnection;
      },
      send: (_to, signal) => {
        sent.push(signal);
        return Promise.resolve(arrives);
      },
      freshIceServers: () => (refusal ? Promise.reject(new Refused(refusal)) : Promise.resolve(fresh)),
      onChange: () => undefined,
      onStalled: id => stalled.push(id),
      onError: () => undefined,
    });

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    now = 1_000_000;
    mock.method(performance, 'now', () => now);
    connections = [];
    sent = [];
    stalled = [];
    refusal = undefined;
    arrives = true;
  });
  afterEach(() => {
    mesh.close();
    mock.timers.reset();
    mock.restoreAll();
  });

  const failed = async (selfId: string) => {
    mesh = make(selfId);
    mesh.offer('bo');
    connections[0]!.become('connected');
    connections[0]!.become('failed');
    mock.timers.tick(0);
    await settled();
  };

  it('a failed path by an ICE restart with fresh servers, on the impolite side at once', async () => {
    await failed('ada');
    assert.equal(connections[0]!.restarts, 1);
    assert.deepEqual(connections[0]!.configuration.iceServers, fresh);
  });

  it('the same on the polite side only when the other one did not', async () => {
    await failed('zoe');
    assert.equal(connections[0]!.restarts, 0);
    mock.timers.tick(3_000);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
  });

  it('nothing that has mended itself meanwhile', async () => {
    await failed('zoe');
    connections[0]!.become('connected');
    mock.timers.tick(60_000);
    await settled();
    assert.equal(connections[0]!.restarts, 0);
    assert.equal(connections.length, 1);
  });

  it('a connection that does not come to be within 10 s by making it anew', () => {
    mesh = make('ada');
    mesh.offer('bo');
    mock.timers.tick(9_999);
    assert.equal(connections.length, 1);
    mock.timers.tick(1);
    assert.equal(connections.length, 2);
    assert.equal(connections[0]!.connectionState, 'closed');
  });

  it('an offer that has no answer by saying it again, whether or not the server took it', async () => {
    for (arrives of [false, true]) {
      sent = [];
      mesh = make('ada');
      mesh.offer('bo');
      await settled();
      for (let time = 0; time < 3; time++) {
        mock.timers.tick(2_000);
        await settled();
      }
      assert.equal(sent.length, 4);
      connections.at(-1)!.answered();
      mock.timers.tick(2_000);
      await settled();
      assert.equal(sent.length, 4);
      mesh.close();
    }
  });

  it('an offer that somebody was out of the room for as soon as they are back', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    await settled();
    mesh.setPresent(new Set());
    mock.timers.tick(60_000);
    await settled();
    assert.equal(sent.length, 1);
    mesh.setPresent(new Set(['bo']));
    await settled();
    assert.equal(sent.length, 2);
  });

  it('after a restart that was under way when the other one left the room for a while', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    const [connection] = connections;
    connection!.answered();
    connection!.become('connected');
    now += 60_000;
    mesh.onSilent('bo', 1_000);
    await settled();
    assert.equal(connection!.restarts, 1);
    mesh.setPresent(new Set());
    mock.timers.tick(60_000);
    mesh.setPresent(new Set(['bo']));
    connection!.become('failed');
    mock.timers.tick(0);
    await settled();
    assert.equal(connection!.restarts, 2);
  });

  it('after its own return what did not outlive the absence, and nothing that may come back by itself', () => {
    mesh = make('ada');
    for (const id of ['bo', 'mei', 'zoe']) mesh.offer(id);
    for (const [place, state] of (['connected', 'failed', 'disconnected'] as const).entries()) {
      connections[place]!.become('connected');
      connections[place]!.become(state);
    }
    mesh.rebuildUnconnected(fresh);
    assert.deepEqual(
      connections.map(({ connectionState, restarts }) => [connectionState, restarts]),
      [
        ['connected', 0],
        ['closed', 0],
        ['disconnected', 0],
        ['new', 0],
      ],
    );
    for (const place of [0, 2, 3]) assert.deepEqual(connections[place]!.configuration.iceServers, fresh);
  });

  it('nothing after it was closed', () => {
    mesh = make('ada');
    mesh.offer('bo');
    mesh.close();
    mock.timers.tick(60_000);
    assert.equal(connections.length, 1);
  });

  it('a connection that the other side believes in but this one has given up, by starting over', async () => {
    mesh = make('ada');
    await mesh.receive('bo', {
      connectionId: 'theirs-00',
      remoteConnectionId: 'given-up-00',
      generation: 1,
      description: { type: 'offer', sdp: 'v=0\r\n' },
    });
    await settled();
    assert.equal(connections.length, 1);
    assert.ok(sent[0] && 'description' in sent[0] && sent[0].description.type === 'offer');
    assert.equal(sent[0].remoteConnectionId, undefined);
  });

  it('nothing for an offer to a connection that it has made anew since: it says its own offer again, once a second at most', async () => {
    mesh = make('zoe');
    mesh.offer('bo');
    connections[0]!.become('connected');
    mesh.offer('bo');
    await settled();
    const offers = () => sent.filter(signal => 'description' in signal && signal.description.type === 'offer');
    const before = offers().length;
    for (let time = 0; time < 3; time++) {
      await mesh.receive('bo', {
        connectionId: 'theirs-00',
        remoteConnectionId: 'given-up-00',
        generation: 2,
        description: { type: 'offer', sdp: 'v=0\r\n' },
      });
    }
    assert.equal(offers().length, before + 1);
    assert.deepEqual(offers().at(-1), offers().at(-2));
    assert.equal(connections.length, 2);
  });

  it('on and on, but says after 18 s that there is no path, and after 30 s that it failed', () => {
    mesh = make('ada');
    mesh.offer('bo');
    mock.timers.tick(17_999);
    assert.deepEqual(stalled, []);
    mock.timers.tick(1);
    assert.deepEqual(stalled, ['bo']);
    assert.equal(mesh.connectionOf('bo'), 'connecting');
    mock.timers.tick(12_000);
    assert.equal(mesh.connectionOf('bo'), 'failed');
    mock.timers.tick(10_000);
    connections.at(-1)!.become('connected');
    assert.equal(mesh.connectionOf('bo'), 'connected');
    assert.deepEqual(stalled, ['bo']);
  });

  it('a lost path as reconnecting, not as connecting', () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    connections[0]!.become('disconnected');
    assert.equal(mesh.connectionOf('bo'), 'reconnecting');
  });

  it('a failed path with the servers at hand when fresh ones are refused', async () => {
    refusal = 'rate-limited';
    await failed('ada');
    assert.equal(connections[0]!.restarts, 1);
    assert.deepEqual(connections[0]!.configuration.iceServers, []);
  });

  it('a failed path that no restart helps by making the connection anew', async () => {
    await failed('ada');
    mock.timers.tick(10_000);
    assert.equal(connections.length, 2);
  });

  it('a path that is disconnected for 1 s by an ICE restart, once, and by a new connection when nobody answers', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    connections[0]!.become('disconnected');
    mock.timers.tick(1_000);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
    connections[0]!.become('failed');
    mock.timers.tick(9_999);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
    assert.equal(connections.length, 1);
    mock.timers.tick(1);
    assert.equal(connections.length, 2);
  });

  it('every path at once when the network is another, with one request for servers', async () => {
    mesh = make('zoe');
    mesh.offer('bo');
    mesh.offer('mei');
    for (const connection of connections) connection.become('connected');
    for (let time = 0; time < 2; time++) {
      for (const id of mesh.ids) mesh.onSilent(id, Infinity);
      await settled();
    }
    assert.deepEqual(
      connections.map(({ restarts }) => restarts),
      [1, 1],
    );
    mock.timers.tick(60_000);
    assert.equal(connections.length, 4, 'nobody answered');
  });

  it('a path over which nothing comes any more: the impolite side at once, the polite one when that has not helped', async () => {
    for (const [selfId, restarts] of [
      ['ada', [1, 1, 1]],
      ['zoe', [0, 0, 1]],
    ] as const) {
      connections.length = 0;
      mesh = make(selfId);
      mesh.offer('bo');
      connections[0]!.become('connected');
      for (const [look, silentMs] of [1_000, 2_000, 3_000].entries()) {
        mesh.onSilent('bo', silentMs);
        await settled();
        assert.equal(connections[0]!.restarts, restarts[look], `${selfId} after ${silentMs} ms`);
      }
      assert.equal(connections.length, 1);
    }
  });

  for (const [selfId, what, agreedAtMs, anewAtMs] of [
    ['ada', 'restarted and had its answer', 1_000, 3_000],
    ['zoe', 'was offered to restart', 1_000, 3_000],
    ['ada', 'was mended a second before it fell silent', -1_000, 2_000],
  ] as const) {
    it(`a connection that ${what} and holds on to a path that is gone, 2 s later: anew`, async () => {
      mesh = make(selfId);
      mesh.offer('bo');
      const connection = connections[0]!;
      connection.become('connected');
      now += 60_000;
      if (agreedAtMs < 0) connection.answered();
      now -= agreedAtMs < 0 ? agreedAtMs : 0;
      for (let silentMs = 1_000; silentMs <= anewAtMs; silentMs += 1_000) {
        now += 1_000;
        mesh.onSilent('bo', silentMs);
        await settled();
        assert.equal(connections.length, silentMs < anewAtMs ? 1 : 2, `after ${silentMs} ms`);
        if (silentMs === agreedAtMs) connection.answered();
      }
      assert.equal(connection.restarts, selfId === 'ada' && agreedAtMs > 0 ? 1 : 0);
      mesh.onSilent('bo', anewAtMs + 1_000);
      await settled();
      assert.equal(connections.length, 2, 'the new one has its own time');
    });
  }

  it('no silent connection to who is out of the room', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    const [connection] = connections;
    connection!.become('connected');
    connection!.answered();
    mesh.setPresent(new Set());
    for (let silentMs = 1_000; silentMs <= 5_000; silentMs += 1_000) {
      now += 1_000;
      mesh.onSilent('bo', silentMs);
      await settled();
    }
    assert.equal(connections.length, 1);
    assert.equal(connection!.restarts, 0);
    assert.equal(mesh.connectionOf('bo'), 'connected');
  });

  it('no connection whose restart is still to be answered, however long that takes', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    for (let silentMs = 1_000; silentMs <= 9_000; silentMs += 1_000) {
      mesh.onSilent('bo', silentMs);
      await settled();
      connections[0]!.signalingState = 'have-local-offer';
    }
    assert.equal(connections.length, 1);
  });

  it('a path that is mended and still carries nothing less and less often, and the next silence at once', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    const connection = connections[0]!;
    connection.become('connected');
    const look = async (silentMs: number) => {
      mesh.onSilent('bo', silentMs);
      await settled();
      connection.signalingState = 'stable';
      connection.become('connected');
      return connection.restarts;
    };
    for (let second = 1; second <= 120; second++) await look(second * 1_000);
    assert.equal(connection.restarts, 6, 'after 1, 3, 7, 15, 31 and 63 s');
    assert.equal(await look(1_000), 7);
  });

  it('who was out of the room while servers were asked for, once they are back', async () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    mesh.onSilent('bo', 1_000);
    // A server that was emptied knows nobody but oneself at first.
    mesh.setPresent(new Set());
    await settled();
    mesh.setPresent(new Set(['bo']));
    mesh.onSilent('bo', 2_000);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
    mock.timers.tick(60_000);
  });

  it('nothing that is connected after one’s own return, but what it may gather with is new', () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    mesh.rebuildUnconnected(fresh);
    assert.equal(connections.length, 1);
    assert.deepEqual(connections[0]!.configuration.iceServers, fresh);
  });

  it('a silent path as soon as servers can be had: what was asked for in vain does not count', async () => {
    refusal = 'server-unreachable';
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    for (const silentMs of [1_000, 5_000]) {
      mesh.onSilent('bo', silentMs);
      await settled();
    }
    refusal = undefined;
    mesh.onSilent('bo', 6_000);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
  });

  it('a path once more when addresses change again after a restart that had its answer', async () => {
    mesh = make('zoe');
    mesh.offer('bo');
    const [connection] = connections;
    await settled();
    connection!.become('connected');
    connection!.signalingState = 'stable';
    for (const restarts of [1, 2]) {
      mesh.onSilent('bo', Infinity);
      await settled();
      assert.equal(connection!.restarts, restarts);
    }
    connection!.signalingState = 'have-local-offer';
    mesh.onSilent('bo', Infinity);
    await settled();
    assert.equal(connection!.restarts, 2, 'that one is still to be answered');
  });

  it('nothing while nobody can be asked for servers: what there is of a path is left alone', async () => {
    refusal = 'server-unreachable';
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    mesh.onSilent('bo', 1_000);
    await settled();
    mock.timers.tick(60_000);
    await settled();
    assert.equal(connections[0]!.restarts, 0);
    assert.equal(connections.length, 1);
    // Once the browser has given the path up, too, it is asked on and on.
    connections[0]!.become('failed');
    mock.timers.tick(0);
    await settled();
    refusal = undefined;
    mock.timers.tick(2_000);
    await settled();
    assert.equal(connections[0]!.restarts, 1);
  });

  it('less and less often who cannot be reached', () => {
    mesh = make('ada');
    mesh.offer('bo');
    for (let second = 0; second < 600; second++) mock.timers.tick(1_000);
    assert.ok(connections.length > 10 && connections.length <= 18, `${connections.length} connections in 10 min`);
  });

  for (const selfId of ['ada', 'zoe']) {
    it(`nobody who is out of the room, as ${selfId}: gone once there is no path, never made anew`, async () => {
      mesh = make(selfId);
      mesh.offer('bo');
      connections[0]!.become('connected');
      connections[0]!.become('disconnected');
      mesh.setPresent(new Set());
      assert.deepEqual(mesh.ids, ['bo']);
      mock.timers.tick(7_999);
      await settled();
      assert.deepEqual(mesh.ids, ['bo']);
      mock.timers.tick(1);
      assert.deepEqual(mesh.ids, []);
      assert.equal(connections.length, 1);
      assert.equal(connections[0]!.restarts, 0);
    });

    it(`not as a ghost who was made anew before they were out of the room, as ${selfId}`, async () => {
      mesh = make(selfId);
      mesh.offer('bo');
      connections[0]!.become('connected');
      connections[0]!.become('disconnected');
      mock.timers.tick(15_000);
      await settled();
      mock.timers.tick(15_000);
      assert.equal(connections.length, 2);
      mesh.setPresent(new Set());
      assert.deepEqual(mesh.ids, []);
    });
  }

  it('who is out of the room while media flows stays, and goes when it fails', () => {
    mesh = make('ada');
    mesh.offer('bo');
    connections[0]!.become('connected');
    mesh.setPresent(new Set());
    mock.timers.tick(60_000);
    assert.equal(mesh.connectionOf('bo'), 'connected');
    connections[0]!.become('failed');
    assert.deepEqual(mesh.ids, []);
  });
});
