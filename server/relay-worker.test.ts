import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { workerOf } from './relay-worker.ts';

const rooms = Array.from({ length: 1_000 }, () => randomBytes(9).toString('base64url'));

describe('the worker of a room', () => {
  it('is the same each time, on every machine and in every version', () => {
    assert.deepEqual(
      ['support', 'a', 'b', 'c'].map(room => workerOf(room, 4)),
      ['support', 'a', 'b', 'c'].map(room => workerOf(room, 4)),
    );
    // The first four bytes of SHA-256('abc') are ba 78 16 bf: RFC 6234, FIPS 180.
    assert.equal(workerOf('abc', 1000), 0xba7816bf % 1000);
  });

  for (const count of [2, 3, 8]) {
    it(`spreads 1,000 random rooms over ${count} so that none has far more than its part`, () => {
      const loads = Array.from({ length: count }, () => 0);
      for (const room of rooms) loads[workerOf(room, count)]!++;
      // Of two workers 600 of 1,000 is 6 standard deviations away; the same share of the deviation for more of them.
      const deviation = Math.sqrt((rooms.length * (count - 1)) / count ** 2);
      for (const load of loads) assert.ok(Math.abs(load - rooms.length / count) < 6.4 * deviation, loads.join());
    });
  }

  it('is none where there are none', () => assert.ok(Number.isNaN(workerOf('abc', 0))));
});
