import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StrangerSeats } from './stranger-seats.ts';

const seats = (strangersPerSource: number, strangersInAll: number) =>
  new StrangerSeats({ strangersPerSource, strangersInAll });

test('T7: a source has so many connections and no more, another source its own', () => {
  const all = seats(2, 10);
  const first = all.take('192.0.2.1');
  assert.ok(first && all.take('192.0.2.1'));
  assert.equal(all.take('192.0.2.1'), undefined);
  assert.ok(all.take('192.0.2.2'));
  first.release();
  assert.ok(all.take('192.0.2.1'));
});

test('T7: an IPv6 source is a /64, however its address is spelled', () => {
  const all = seats(2, 10);
  assert.ok(all.take('2001:db8::1') && all.take('2001:DB8:0:0:ffff::2'));
  assert.equal(all.take('2001:db8::3'), undefined);
  assert.ok(all.take('2001:db8:0:1::1'));
});

test('T7: all together have so many and no more', () => {
  const all = seats(2, 3);
  assert.ok(all.take('192.0.2.1') && all.take('192.0.2.2') && all.take('192.0.2.3'));
  assert.equal(all.take('192.0.2.4'), undefined);
});

test('a seat is given back once, and nothing is left of a source that has gone', () => {
  const all = seats(2, 3);
  const [first, second] = [all.take('192.0.2.1'), all.take('192.0.2.1')];
  first?.release();
  first?.release();
  assert.deepEqual(all.counts, { total: 1, sources: 1 });
  second?.release();
  assert.deepEqual(all.counts, { total: 0, sources: 0 });
});
