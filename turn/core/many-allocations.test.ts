import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { assertGrowsLess, usedBytes } from '../testing/process.ts';
import { bareAllocate } from '../testing/reply-sizes.ts';
import { TurnLab } from '../testing/turn-lab.ts';

const peerOf = (index: number) =>
  ({ address: `8.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`, port: 5000, family: 'IPv4' }) as const;

const empty = { allocations: 0, reservations: 0, pending: 0, leases: 0, users: 0, ports: 0, clients: 0 };

/** A relay with so many allocations, each with a channel. */
const fill = (count: number) => {
  const lab = new TurnLab();
  const clients = Array.from({ length: count }, (_, index) => {
    const client = lab.client({ subject: `user ${index}` });
    assert.equal(client.allocate(), 0);
    assert.equal(client.bind(0x4001, peerOf(index)), 0);
    return client;
  });
  return { lab, clients };
};

/** How many entries of Maps and Sets are iterated over while `run` runs, whoever does it. */
const countVisits = (t: TestContext, run: () => void): number => {
  let visits = 0;
  const spies = [new Map().values(), new Set().values()].map(iterator => {
    const prototype = Object.getPrototypeOf(iterator) as Iterator<unknown>;
    const next = Reflect.get(prototype, 'next');
    return t.mock.method(prototype, 'next', function (this: Iterator<unknown>) {
      visits++;
      return Reflect.apply(next, this, []);
    });
  });
  run();
  for (const { mock } of spies) mock.restore();
  return visits;
};

test('a sweep and a datagram look at no more things with 5,000 allocations than with 10', t => {
  const visits = [10, 500, 5000].map(count => {
    const { lab, clients } = fill(count);
    const client = clients[count >> 1]!;
    const other = clients[0]!;
    client.permit(other.relayed!);
    other.permit(client.relayed!);
    lab.advance(1);
    lab.core.sweep(lab.now);
    return countVisits(t, () => {
      for (let second = 0; second < 100; second++) {
        lab.now += 1000;
        lab.core.sweep(lab.now);
      }
      const { from } = client;
      for (let round = 0; round < 100; round++) {
        lab.core.receive(Buffer.from('4001000174', 'hex'), from, lab.now);
        lab.core.receive(bareAllocate(round), other.from, lab.now);
      }
    });
  });
  assert.equal(visits[1], visits[0]);
  assert.equal(visits[2], visits[0]);
});

test('5,000 allocations end by themselves, in the second in which they expire and in no other', () => {
  const { lab, clients } = fill(5000);
  lab.advance(300);
  for (const client of clients.slice(0, 10)) assert.equal(client.refresh(), 0);
  lab.advance(299);
  lab.sweep();
  assert.equal(lab.open.size, 5000);
  lab.advance(1);
  lab.sweep();
  assert.equal(lab.open.size, 10);
  lab.advance(300);
  lab.sweep();
  assert.deepEqual([lab.open.size, lab.core.counts()], [0, empty]);
});

test('one allocation with a channel takes less than 3 kB, of which nothing lies outside the heap', async () => {
  fill(200);
  const outside = () => process.memoryUsage().arrayBuffers;
  const before = [await usedBytes(), outside()] as const;
  const { lab } = fill(2000);
  const after = [await usedBytes(), outside()] as const;
  const bytes = (after[0] - before[0]) / 2000;
  assert.ok(bytes < 3000, `${bytes} bytes`);
  // A single 12-byte slice of Node's buffer pool, kept for each, would be some hundred kilobytes here.
  assert.ok(after[1] - before[1] < 200_000, `${after[1] - before[1]} bytes outside`);
  assert.equal(lab.open.size, 2000);
});

test('10,000 rounds of Allocate and Refresh to 0 leave nothing: no entry waits for the end that it would have had', async () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  const round = () => {
    assert.equal(client.allocate(), 0);
    assert.equal(client.refresh(0), 0);
  };
  for (let index = 0; index < 500; index++) round();
  await assertGrowsLess(1_000_000, () => {
    for (let index = 0; index < 10_000; index++) round();
  });
  assert.deepEqual(lab.core.counts(), empty);
});
