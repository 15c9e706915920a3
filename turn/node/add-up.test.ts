import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp, zeroOf } from './add-up.ts';

const one = { a: 1, b: { c: 2 } };

test('figures are added up name by name, however deep', () => {
  assert.deepEqual(addUp([one, { a: 10, b: { c: 20 } }, one]), { a: 12, b: { c: 24 } });
  assert.deepEqual(addUp([one]), one);
});

test('nothing has the same names', () => assert.deepEqual(zeroOf(one), { a: 0, b: { c: 0 } }));
