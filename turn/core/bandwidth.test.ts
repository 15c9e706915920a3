import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnLab } from '../testing/turn-lab.ts';
import { createBandwidth, datagramHeaderBytes } from './bandwidth.ts';
import type { Meter } from './bandwidth.ts';

const start = 1_700_000_000_000;
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const unused = (): Meter => ({ paidUntil: 0 });

/** Sizes here are those on the network. */
const payloadOf = (bytes: number): number => bytes - datagramHeaderBytes;

/** Bytes that pass if `bytes` are offered each millisecond. */
const carried = (maxBps: number, bytes: number, forMs: number, meter = unused(), from = start): number => {
  const { take } = createBandwidth(maxBps);
  let sum = 0;
  for (let ms = 0; ms < forMs; ms++) if (take(meter, payloadOf(bytes), from + ms)) sum += bytes;
  return sum;
};

test('over a minute of more than is allowed, the rate is what is allowed and one second’s worth in the first burst', () => {
  for (const [maxBps, bytes] of [
    [125_000, 1200],
    [10_000, 1200],
    [1_000_000, 60_000],
    [500, 1200],
  ] as const) {
    const sum = carried(maxBps, bytes, 60_000);
    assert.ok(Math.abs(sum - 61 * maxBps) <= 2 * bytes, `${maxBps}: ${sum}`);
  }
});

test('less than is allowed passes whole', () => {
  assert.equal(carried(125_000, 100, 60_000), 6_000_000);
});

test('a rest earns one second’s worth and no more', () => {
  const meter = unused();
  carried(10_000, 1000, 10_000, meter);
  const later = carried(10_000, 1000, 1, meter, start + 3_600_000);
  assert.equal(later, 1000);
  assert.equal(carried(10_000, 28, 1, meter, start + 3_600_001), 28);
  const burst = Array.from({ length: 100 }, () =>
    createBandwidth(10_000).take(meter, payloadOf(1000), start + 7_200_000),
  );
  assert.equal(burst.filter(Boolean).length, 11);
});

test('a datagram larger than a second’s worth passes, and those after it wait until it is paid for', () => {
  const { take } = createBandwidth(1000);
  const meter = unused();
  assert.ok(take(meter, payloadOf(60_000), start));
  assert.ok(!take(meter, 1, start + 58_999));
  assert.ok(take(meter, 1, start + 59_000));
});

test('each direction has its own: what is too much is dropped with its reason, and the next second passes', () => {
  const lab = new TurnLab({ maxBps: 3000 });
  const client = lab.client();
  client.allocate();
  client.bind(0x4001, peer);
  const payload = Buffer.alloc(payloadOf(1000));
  const out = () => client.channelData(0x4001, payload);
  for (let passed = 0; passed < 4; passed++) assert.equal(out().relayed.length, 1);
  assert.deepEqual(out().dropped, ['bandwidth-exceeded']);
  assert.deepEqual(client.send(peer, payload).dropped, ['bandwidth-exceeded']);
  for (let passed = 0; passed < 4; passed++) assert.ok(client.hear(payload, peer));
  assert.equal(client.hear(payload, peer), undefined);
  assert.equal(lab.core.counters().drops['bandwidth-exceeded'], 3);
  lab.advance(1);
  assert.equal(out().relayed.length, 1);
  assert.ok(client.hear(payload, peer));
});

test('from client to client both count: the sender’s direction to peers, the receiver’s from them', () => {
  for (const kind of ['channel', 'indication'] as const) {
    const lab = new TurnLab({ maxBps: 3000 });
    const [ada, bob, eve] = [lab.client(), lab.client(), lab.client()] as const;
    for (const client of [ada, bob, eve]) client.allocate();
    ada.bind(0x4001, bob.relayed!);
    bob.bind(0x4002, ada.relayed!);
    bob.permit(eve.relayed!);
    eve.permit(bob.relayed!);
    const payload = Buffer.alloc(payloadOf(1000));
    const pass = () => (kind === 'channel' ? ada.channelData(0x4001, payload) : ada.send(bob.relayed!, payload));
    for (let passed = 0; passed < 4; passed++) assert.ok(bob.heard(pass()));
    assert.deepEqual(pass().dropped, ['bandwidth-exceeded'], 'the sender has no more');
    assert.deepEqual(eve.send(bob.relayed!, payload).dropped, ['bandwidth-exceeded'], 'nor has the receiver');
    assert.equal(lab.core.counters().relayed.hairpin.datagrams, 4);
  }
});

test('an empty datagram costs what its headers are: nobody sends them without end', () => {
  const lab = new TurnLab({ maxBps: 2800 });
  const client = lab.client();
  client.allocate();
  client.bind(0x4001, peer);
  const passed = (send: () => boolean) => Array.from({ length: 1000 }, send).filter(Boolean).length;
  // A second’s worth, and the one that is owed for.
  assert.equal(
    passed(() => client.send(peer, '').relayed.length === 1),
    101,
  );
  assert.equal(
    passed(() => client.hear('', peer) !== undefined),
    101,
  );
  lab.advance(0.01);
  assert.equal(
    passed(() => client.channelData(0x4001, '').relayed.length === 1),
    1,
  );
});

test('permissions, channels and refreshes are not counted, and without the setting nothing is limited', () => {
  const lab = new TurnLab({ maxBps: 1 });
  const client = lab.client();
  client.allocate();
  for (let round = 0; round < 20; round++) assert.deepEqual([client.permit(peer), client.refresh()], [0, 0]);
  const free = new TurnLab().client();
  free.allocate();
  free.bind(0x4001, peer);
  for (let round = 0; round < 1000; round++) {
    assert.equal(free.channelData(0x4001, Buffer.alloc(60_000)).relayed.length, 1);
  }
});
