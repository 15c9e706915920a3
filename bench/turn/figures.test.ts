import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, medianRatio, rotated } from './figures.ts';

test('the median is the middle, or the mean of the two in the middle, whatever the order', () => {
  assert.equal(median([9, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 100]), 3);
  assert.equal(median([7]), 7);
  assert.ok(Number.isNaN(median([])));
});

test('a ratio is taken round by round: a round that was slow for both changes nothing', () => {
  assert.equal(medianRatio([2, 200, 2], [1, 100, 1]), 2);
});

test('each round begins with another, and leaves nobody out', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map(round => rotated(['a', 'b', 'c'], round).join('')),
    ['abc', 'bca', 'cab', 'abc'],
  );
});
