import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { platform } from 'node:os';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openEchoPeer } from '../testing/echo-peer.ts';
import { fuzzDatagrams, peers } from '../testing/fuzz-datagrams.ts';
import { turnPackets } from '../testing/packets.ts';
import { assertGrowsLess, countUdpSockets } from '../testing/process.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { bareAllocate, replySizes } from '../testing/reply-sizes.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import { openUdpClient } from '../testing/udp-client.ts';
import { openUdpTurnClient } from '../testing/udp-turn-client.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import type { TurnServerOptions } from '../options.ts';
import { createTurnServer } from './turn-server.ts';

const secret = 'hostile test';
const udp = write(attributes.requestedTransport, 17);

/** A relay on loopback with a logger that remembers, and a call through it. */
const start = async (t: TestContext, options: Partial<TurnServerOptions> = {}) => {
  const lines: { readonly level: string; readonly fields: object; readonly text: string }[] = [];
  const log = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  const server = await createTurnServer({
    port: 0,
    listen: ['127.0.0.1'],
    secrets: [secret],
    peerAllow: ['127.0.0.1'],
    logger: { debug: log('debug'), warn: log('warn'), error: log('error') },
    ...options,
  });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);
  const peer = await openEchoPeer('127.0.0.1');
  t.after(() => peer.close());
  const client = await openUdpTurnClient(listening, secret);
  t.after(() => client.close());
  await client.bind(0x4000, peer.address);
  const roundTrip = async (text: string) => {
    client.channelData(0x4000, Buffer.from(text));
    assert.equal((await client.hear()).toString(), text);
  };
  return { server, listening, peer, client, lines, roundTrip };
};

/** Sockets whose datagrams come from as many addresses. */
const openSources = async (t: TestContext, count: number): Promise<Socket[]> => {
  // Linux has all of 127/8; elsewhere one address has to do.
  const addresses = Array.from({ length: count }, (_, index) =>
    platform() === 'linux' ? `127.${1 + index}.2.3` : '127.0.0.1',
  );
  const sources = addresses.map(address => createSocket('udp4').bind(0, address));
  t.after(() => Promise.all(sources.map(source => new Promise<void>(resolve => source.close(() => resolve())))));
  await Promise.all(sources.map(source => once(source, 'listening')));
  return sources;
};

test('D1, D4: a flood from 50 addresses, Allocates and garbage: sockets and heap stay, and a call loses nothing', async t => {
  const call = await start(t);
  const sources = await openSources(t, 50);
  const random = seededRandom(50);
  const { port, address } = call.listening;
  let sent = 0;
  const flood = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (const source of sources) {
        for (const bytes of [bareAllocate(sent++), mutate(turnPackets[sent % turnPackets.length]!, random)]) {
          source.send(bytes, port, address);
        }
      }
      // What the call waits for comes behind the flood, in the order of the relay's own socket.
      await call.roundTrip(`round ${round}`);
    }
  };
  await flood(60);
  const sockets = await countUdpSockets();
  await assertGrowsLess(1_000_000, () => flood(300));
  assert.equal(await countUdpSockets(), sockets);
  assert.equal(call.server.counts().allocations, 1);
  const { drops } = call.server.counters();
  assert.ok(drops['challenge-suppressed'] > 0 && drops['not-stun'] > 0);
});

test('nothing that an outsider sends is logged above debug, and no name or address of his in any line', async t => {
  // Little room and ports that others hold: also what runs out is the sender's doing.
  const taken = await openEchoPeer('127.0.0.1');
  t.after(() => taken.close());
  const { port: busy } = taken.address;
  const call = await start(t, { userQuota: 3, relayPorts: { min: busy - 5, max: busy + 5 } });
  const stranger = await openUdpClient('127.0.0.1');
  t.after(() => stranger.close());
  const random = seededRandom(9);
  const lab = new TurnLab();
  const known = { peers, tokens: [Buffer.alloc(8)] };
  const names = ['%s%n%d', '\u001b[31mred', '{"level":60}', 'line\nbreak', '__proto__', 'a'.repeat(500)];
  const tell = (bytes: Buffer) => stranger.tell(bytes, call.listening);

  // More than the quota.
  for (let one = 0; one < 5; one++) {
    await openUdpTurnClient(call.listening, secret).then(
      client => t.after(() => client.close()),
      () => undefined,
    );
  }

  for (let round = 0; round < 60; round++) {
    for (const { datagram } of replySizes) tell(datagram);
    for (const bytes of turnPackets) tell(mutate(bytes, random));
    for (const text of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02\0\x01\0\x01', ''])
      tell(Buffer.from(text));
    const client = lab.client({ username: `1800000000:${names[round % names.length]}` });
    for (let one = 0; one < 10; one++) tell(fuzzDatagrams(client, known, random));
    // A peer who is hostile, and one whom nobody permitted.
    call.peer.tell(Buffer.alloc(round % 4, 0x40), call.client.relayed);
    assert.equal((await call.client.hear()).length, round % 4);
    taken.tell(Buffer.from('unasked'), call.client.relayed);
    await call.client.hear();
    await call.roundTrip(`round ${round}`);
  }
  // A user who is one: what may not be asked, and datagrams that the system refuses.
  for (const peer of [...peers, call.listening]) {
    assert.notEqual(
      await call.client.code(method.createPermission, [
        write(attributes.xorPeerAddress, { ...peer, address: '10.0.0.1', family: 'IPv4' }),
      ]),
      0,
    );
    call.client.send(peer, Buffer.from('x'));
  }
  call.client.channelData(0x4000, Buffer.alloc(65_000));
  await call.client.hear();
  assert.equal(await call.client.code(method.allocate, [udp]), 437);
  await call.roundTrip('the end');

  assert.deepEqual(
    call.lines.filter(({ level }) => level !== 'debug'),
    [],
  );
  const written = JSON.stringify(call.lines);
  for (const name of names) assert.ok(!written.includes(JSON.stringify(name).slice(1, -1)), name);
});

test('client to client goes past the relay sockets: announced under an address that leads nowhere, data arrives', async t => {
  const { server, listening, client } = await start(t, { externalIp: '192.0.2.77' });
  const other = await openUdpTurnClient(listening, secret);
  t.after(() => other.close());
  assert.equal(other.relayed.address, '192.0.2.77');
  await client.bind(0x4001, other.relayed);
  await other.bind(0x4002, client.relayed);
  for (let round = 0; round < 100; round++) {
    client.channelData(0x4001, Buffer.from(`there ${round}`));
    assert.equal((await other.hear()).toString(), `there ${round}`);
    other.send(client.relayed, Buffer.from(`back ${round}`));
    assert.equal((await client.hear()).toString(), `back ${round}`);
  }
  const { relayed } = server.counters();
  assert.deepEqual([relayed.hairpin.datagrams, relayed.toPeer.datagrams, relayed.toClient.datagrams], [200, 0, 0]);
});

test('a running relay tells what it holds and what it did, and its cap on bytes holds', async t => {
  const { server, client } = await start(t, { maxBps: 1 });
  assert.equal(server.counts().allocations, 1);
  // One datagram of any size each way, and then a long while nothing.
  client.channelData(0x4000, Buffer.alloc(1000));
  assert.equal((await client.hear()).length, 1000);
  client.channelData(0x4000, Buffer.alloc(1000));
  assert.equal(await client.code(method.refresh), 0);
  const { relayed, drops, refusals } = server.counters();
  assert.deepEqual(
    [relayed.toPeer, relayed.toClient],
    [
      { datagrams: 1, bytes: 1000 },
      { datagrams: 1, bytes: 1000 },
    ],
  );
  assert.equal(drops['bandwidth-exceeded'], 1);
  assert.equal(refusals[401], 1);
});
