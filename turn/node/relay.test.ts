import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openEchoPeer } from '../testing/echo-peer.ts';
import { turnPackets } from '../testing/packets.ts';
import { assertGrowsLess, countUdpSockets } from '../testing/process.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { openUdpClient } from '../testing/udp-client.ts';
import { openUdpTurnClient } from '../testing/udp-turn-client.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import { decodeMessage } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { createTurnServer } from './turn-server.ts';

const secret = 'relay test';
const lifetimeZero = [write(attributes.lifetime, 0)];

/** A relay, a peer and a client with channel 0x4000 to it, all on one loopback address. */
const startCall = async (t: TestContext, address = '127.0.0.1') => {
  const logged: string[] = [];
  const log = (level: string) => (_fields: object, text: string) => logged.push(`${level} ${text}`);
  const server = await createTurnServer({
    port: 0,
    listen: [address],
    secrets: [secret],
    peerAllow: [address, '8.8.8.8', '2606:4700::1111'],
    logger: { debug: () => undefined, warn: log('warn'), error: log('error') },
  });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);
  const peer = await openEchoPeer(address);
  t.after(() => peer.close());
  const client = await openUdpTurnClient(listening, secret);
  t.after(() => client.close());
  await client.bind(0x4000, peer.address);
  // What an outsider sends is not worth a line above debug.
  t.after(() => assert.deepEqual(logged, []));
  return { server, listening, peer, client };
};

type Call = Awaited<ReturnType<typeof startCall>>;

/** One datagram there and back. */
const roundTrip = async ({ client }: Pick<Call, 'client'>, text: string): Promise<void> => {
  client.channelData(0x4000, Buffer.from(text));
  assert.equal((await client.hear()).toString(), text);
};

/** A source of datagrams, and a way to know that the relay has read them all. */
const openFlood = async (t: TestContext, { listening }: Call) => {
  const socket = await openUdpClient(listening.address);
  t.after(() => socket.close());
  const binding = encodeMessage({ method: method.binding, class: 'request', transactionId: Buffer.alloc(12, 7) }, []);
  return {
    tell: (bytes: Buffer) => socket.tell(bytes, listening),
    drained: async () => {
      // Answers to the flood come before this one's.
      for (let response = await socket.ask(binding, listening); ; response = await socket.next()) {
        const message = decodeMessage(response);
        if (message?.method === method.binding && message.transactionId.equals(Buffer.alloc(12, 7))) return;
      }
    },
  };
};

for (const address of ['127.0.0.1', '::1']) {
  test(`H1, over real sockets on ${address}: data goes both ways by channel and by indication`, async t => {
    const call = await startCall(t, address);
    const { client, peer } = call;
    assert.equal(client.relayed.address, address);
    await roundTrip(call, 'by channel');
    const second = await openEchoPeer(address);
    t.after(() => second.close());
    client.send(second.address, Buffer.from('by indication'));
    assert.equal((await client.hear()).toString(), 'by indication');
    peer.tell(Buffer.from('unasked'), client.relayed);
    assert.equal((await client.hear()).toString(), 'unasked');
  });
}

test('H12, node-turn B: peer datagrams of 0, 1, 2, 3 and 60,000 bytes reach the client, by channel and indication', async t => {
  const { client, peer } = await startCall(t);
  const second = await openEchoPeer('127.0.0.1');
  t.after(() => second.close());
  for (const length of [0, 1, 2, 3, 60_000]) {
    for (const from of [peer, second]) {
      from.tell(Buffer.alloc(length, 0x40), client.relayed);
      assert.deepEqual(await client.hear(), Buffer.alloc(length, 0x40));
    }
  }
});

test('D8: nobody at the peer, no route to it and datagrams too large for one more header cost that datagram only', async t => {
  for (const address of ['127.0.0.1', '::1']) {
    const call = await startCall(t, address);
    const { client, peer } = call;
    const gone = await openEchoPeer(address);
    await gone.close();
    const unreachable = {
      address: address === '::1' ? '2606:4700::1111' : '8.8.8.8',
      port: 9,
      family: peer.address.family,
    };
    await client.bind(0x4001, gone.address);
    await client.bind(0x4002, unreachable);
    for (let round = 0; round < 20; round++) {
      client.channelData(0x4001, Buffer.from('ECONNREFUSED'));
      client.send(gone.address, Buffer.from('ECONNREFUSED'));
      client.channelData(0x4002, Buffer.from('ENETUNREACH'));
      client.send(unreachable, Buffer.from('ENETUNREACH'));
      peer.tell(Buffer.alloc(65_507), client.relayed);
      await roundTrip(call, `round ${round}`);
    }
  }
});

test('R1, node-turn E: Refresh with lifetime 0 closes the relay socket', async t => {
  const { client } = await startCall(t);
  const before = await countUdpSockets();
  assert.equal(await client.code(method.refresh, lifetimeZero), 0);
  assert.equal(await countUdpSockets(), before - 1);
  assert.equal(await client.code(method.refresh), 437);
});

test('D9, node-turn M: close() in the middle of calls leaves no handle, one that was just being opened included', async () => {
  const before = await countUdpSockets();
  const server = await createTurnServer({ port: 0, listen: ['127.0.0.1'], secrets: [secret] });
  const [listening] = server.addresses;
  assert.ok(listening);
  const clients = await Promise.all([1, 2, 3].map(() => openUdpTurnClient(listening, secret)));
  const again = clients[0]!;
  assert.equal(await again.code(method.refresh, lifetimeZero), 0);
  const answer = again.code(method.allocate, [write(attributes.requestedTransport, 17)]);
  answer.catch(() => undefined);
  // The relay reads the request in this turn of the loop or the next, and is told to close at once.
  await setImmediate();
  await Promise.all([server.close(), server.close()]);
  await server.close();
  assert.equal(await countUdpSockets(), before + clients.length);
  await Promise.all(clients.map(client => client.close()));
  assert.equal(await countUdpSockets(), before);
  assert.deepEqual(
    process.getActiveResourcesInfo().filter(name => name === 'Timeout'),
    [],
  );
});

test('D1, node-turn G: 10,000 unauthenticated Allocates: sockets and heap stay, and a call loses nothing', async t => {
  const call = await startCall(t);
  const flood = await openFlood(t, call);
  const allocate = (round: number) => {
    const transactionId = Buffer.alloc(12);
    transactionId.writeUInt32BE(round, 4);
    return encodeMessage({ method: method.allocate, class: 'request', transactionId }, [
      write(attributes.requestedTransport, 17),
    ]);
  };
  const send = async (from: number, to: number) => {
    for (let round = from; round < to; round += 50) {
      for (let one = round; one < round + 50; one++) flood.tell(allocate(one));
      await flood.drained();
      await roundTrip(call, `round ${round}`);
    }
  };
  // Warm: what the engine compiles and caches is not ours to count.
  await send(0, 2000);
  const sockets = await countUdpSockets();
  // A nonce that is kept cost node-turn 603 bytes each; what remains here is the engine's own noise.
  let from = 2000;
  await assertGrowsLess(1_000_000, () => send(from, (from += 10_000)));
  assert.equal(await countUdpSockets(), sockets);
});

test('C4, D4: 40,000 mutated datagrams end nothing: a call in progress loses nothing meanwhile', async t => {
  const call = await startCall(t);
  const flood = await openFlood(t, call);
  const random = seededRandom(40_000);
  for (let round = 0; round < 40_000; round += 100) {
    for (let one = 0; one < 100; one++) flood.tell(mutate(turnPackets[one % turnPackets.length]!, random));
    await flood.drained();
    await roundTrip(call, `round ${round}`);
  }
  assert.equal(await call.client.code(method.refresh), 0);
});
