import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FirstOffer, IceServer, Signal } from '../../protocol/events.ts';
import { Spare } from './spare.ts';
import { fakeCandidate, SdpConnection } from './testing/sdp-connection.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));
const stun: IceServer[] = [{ urls: ['stun:server.invalid'] }];
const turn: IceServer[] = [{ urls: ['turn:server.invalid'], username: 'u', credential: 'c' }];
const lan = fakeCandidate('candidate:1', 'local1', { address: '192.168.1.2' });
const mdns = fakeCandidate('candidate:2', 'local1', { address: 'a.local' });
const seen = fakeCandidate('candidate:3', 'local1', { type: 'srflx', address: '203.0.113.9' });
const open = fakeCandidate('candidate:4', 'local1', { address: '2001:db8::1' });

async function makeSpare(servers: IceServer[] | undefined, iceTransportPolicy: RTCIceTransportPolicy = 'all') {
  const connections: SdpConnection[] = [];
  const lifetime = new AbortController();
  const spare = new Spare({
    servers: () => Promise.resolve(servers),
    iceTransportPolicy,
    tracks: {},
    createConnection: configuration => {
      const connection = new SdpConnection(configuration);
      connections.push(connection);
      return connection.real;
    },
    signal: lifetime.signal,
  });
  let isReady = false;
  void spare.ready.then(() => (isReady = true));
  await settled();
  const ready = async () => {
    await settled();
    return isReady;
  };
  return { spare, connections, lifetime, ready };
}

const bindingTo = (sent: Signal[]) => ({
  polite: true,
  send: (signal: Signal) => void sent.push(signal),
  onChange: () => undefined,
  onError: (error: unknown) => assert.fail(String(error)),
});

describe('a spare connection', () => {
  it('is made without tracks, for the servers that ask for no credential', async () => {
    const { connections } = await makeSpare(stun);
    assert.deepEqual(connections[0]?.configuration, {
      iceServers: stun,
      iceTransportPolicy: 'all',
      bundlePolicy: 'max-bundle',
    });
    assert.equal(connections[0].transceivers.length > 0, true);
  });

  it('is not made where no server is known', async () => {
    assert.equal((await makeSpare(undefined)).connections.length, 0);
    assert.equal((await makeSpare([])).connections.length, 0);
  });

  for (const [what, candidate] of [
    ['the server has seen an address', seen],
    ['an address is known that needs no server', open],
    ['there is nothing more to come', null],
  ] as const) {
    it(`is ready when ${what}`, async () => {
      const { spare, connections, ready } = await makeSpare(stun);
      connections[0]!.gather(lan);
      connections[0]!.gather(mdns);
      assert.equal(await ready(), false);
      assert.equal(spare.offer, undefined);
      connections[0]!.gather(candidate);
      assert.equal(await ready(), true);
      const offer = spare.offer as FirstOffer | undefined;
      assert.match(offer!.sdp, /candidate:1/);
      assert.equal(offer?.generation, 1);
    });
  }

  it('sends to whom it is bound what was gathered, before its offer and after, and looks there for relayed addresses later', async () => {
    const { spare, connections } = await makeSpare(stun);
    const [connection] = connections as [SdpConnection];
    connection.gather(open);
    const { connectionId } = spare.offer!;
    connection.gather(seen);
    connection.gather(null);
    const sent: Signal[] = [];
    spare.take()!.bind(bindingTo(sent), turn);
    assert.deepEqual(
      sent.map(signal => 'candidates' in signal && signal.candidates.map(each => each?.candidate)),
      [['candidate:4', 'candidate:3', undefined]],
    );
    assert.equal(sent[0]?.connectionId, connectionId);
    assert.deepEqual(connection.configuration.iceServers, turn);
    // What has been offered stands: its answer is on its way.
    assert.deepEqual(connection.calls, ['local offer', 'setConfiguration']);
  });

  it('that may tell relayed addresses only offers none, and gathers once it has the credentials', async () => {
    const { spare, connections, ready } = await makeSpare(stun, 'relay');
    const [connection] = connections as [SdpConnection];
    assert.equal(await ready(), true);
    assert.doesNotMatch(spare.offer!.sdp, /candidate/);
    assert.deepEqual(connection.calls, ['createOffer']);
    assert.equal(connection.configuration.iceTransportPolicy, 'relay');
    spare.take()!.bind(bindingTo([]), turn);
    await settled();
    assert.deepEqual(connection.calls, ['createOffer', 'setConfiguration', 'local offer']);
  });

  it('is closed with its call, unless somebody took it', async () => {
    const kept = await makeSpare(stun);
    kept.lifetime.abort();
    assert.equal(kept.connections[0]?.connectionState, 'closed');
    const taken = await makeSpare(stun);
    taken.spare.take();
    taken.lifetime.abort();
    assert.equal(taken.connections[0]?.connectionState, 'new');
  });

  it('is not made after its end', async () => {
    const connections: unknown[] = [];
    const lifetime = new AbortController();
    const spare = new Spare({
      servers: () => Promise.resolve(stun),
      iceTransportPolicy: 'all',
      tracks: {},
      createConnection: () => assert.fail('nobody needs it'),
      signal: lifetime.signal,
    });
    lifetime.abort();
    await settled();
    assert.deepEqual(connections, []);
    assert.equal(spare.offer, undefined);
  });
});
