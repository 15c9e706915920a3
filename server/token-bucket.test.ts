import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('gives its burst at once and then its rate', () => {
    const bucket = new TokenBucket({ burst: 2, perSec: 1 }, 0);
    assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [true, true, false]);
    assert.equal(bucket.take(999), false);
    assert.equal(bucket.take(1_000), true);
  });

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket({ burst: 2, perSec: 1 }, 0);
    assert.equal(bucket.left(3_600_000), 2);
    assert.equal(bucket.isFull(3_600_000), true);
  });

  it('takes nothing when there is not enough', () => {
    const bucket = new TokenBucket({ burst: 5, perSec: 1 }, 0);
    assert.equal(bucket.take(0, 6), false);
    assert.equal(bucket.left(0), 5);
  });

  it('survives a clock that is set back', () => {
    const bucket = new TokenBucket({ burst: 1, perSec: 1 }, 10_000);
    bucket.take(10_000);
    assert.equal(bucket.left(0), 0);
    assert.equal(bucket.left(1_000), 1);
  });
});
