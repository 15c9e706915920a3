import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classOf, encodeType, method, methodOf } from './methods.ts';

test('RFC 8489 §5: Binding has the four types that every STUN client knows', () => {
  assert.equal(encodeType(method.binding, 'request'), 0x0001);
  assert.equal(encodeType(method.binding, 'indication'), 0x0011);
  assert.equal(encodeType(method.binding, 'success'), 0x0101);
  assert.equal(encodeType(method.binding, 'error'), 0x0111);
});

test('RFC 8489 §5: each of 4096 methods in each class comes back from its type, below the two zero bits', () => {
  const types = new Set<number>();
  for (let number = 0; number <= 0xfff; number++) {
    for (const messageClass of ['request', 'indication', 'success', 'error'] as const) {
      const type = encodeType(number, messageClass);
      assert.deepEqual([methodOf(type), classOf(type)], [number, messageClass]);
      types.add(type);
    }
  }
  assert.equal(types.size, 0x4000);
  assert.ok(Math.max(...types) <= 0x3fff);
});
