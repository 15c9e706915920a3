import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contender, Measured } from './contenders.ts';
import { measure, microseconds, ratio } from './measure.ts';

const run = { topology: 'peer', framing: 'channel', payloadBytes: 160, datagrams: 1000, perSecond: 1000 } as const;

const all: Measured = { sent: 1000, delivered: 1000, relayed: 2000, wrong: 0, elapsedMs: 1, cpuNs: 20_000_000 };

/** Gives these results one after the other, and the last one for ever. */
const contender = (name: string, ...results: Measured[]): Contender & { asked: number } => {
  const scripted = {
    name,
    pid: 0,
    asked: 0,
    open: () => Promise.resolve(),
    renew: () => Promise.resolve(),
    heapBytes: () => Promise.resolve(undefined),
    end: () => Promise.resolve(),
    run: () => Promise.resolve(results[Math.min(scripted.asked++, results.length - 1)] ?? all),
  };
  return scripted;
};

test('CPU time is counted for each datagram that was relayed, there and back', async () => {
  const cells = await measure([contender('a', all), contender('b', { ...all, cpuNs: 10_000_000 })], run, 3);
  assert.deepEqual(cells.get('a'), { type: 'done', rounds: [10, 10, 10], loss: 0 });
  assert.equal(microseconds(cells.get('b')), 5);
  assert.equal(ratio(cells.get('a'), cells.get('b')), 2);
});

test('a round that lost more than one of two hundred is repeated, and what it cost does not count', async () => {
  const lossy = { ...all, delivered: 994, cpuNs: 1 };
  const once = contender('a', all, all, lossy, all);
  const cells = await measure([once], run, 2);
  assert.deepEqual(cells.get('a'), { type: 'done', rounds: [10, 10], loss: 0 });
  assert.equal(once.asked, 5);
  assert.equal((await measure([contender('a', all, all, lossy)], run, 2)).get('a')?.type, 'invalid');
});

test('one wrong datagram spoils a round', async () => {
  const cells = await measure([contender('a', all, all, { ...all, wrong: 1 })], run, 1);
  assert.equal(cells.get('a')?.type, 'invalid');
});

test('who delivers nothing when it is tried cannot do the work, and is asked no more', async () => {
  const idle = contender('a', { ...all, sent: 64, delivered: 0, relayed: 0 });
  const cells = await measure([idle], run, 3);
  assert.deepEqual(cells.get('a'), { type: 'cannot', why: '0 of 64 came out' });
  assert.equal(idle.asked, 1);
});

test('who refused the flows is not asked at all', async () => {
  const refusing = contender('a', all);
  const cells = await measure([refusing], run, 1, new Map([['a', 'refused with 442']]));
  assert.deepEqual(cells.get('a'), { type: 'cannot', why: 'refused with 442' });
  assert.equal(refusing.asked, 0);
});
