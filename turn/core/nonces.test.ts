import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { nonceLifetimeSec } from './limits.ts';
import { createNonces } from './nonces.ts';

const now = 1_700_000_000_000;
const client = { address: '9.9.9.9', port: 20_000, family: 'IPv4' } as const;
const nonces = createNonces(randomBytes(32));

test('A4: a nonce holds for its lifetime and not a second longer', () => {
  const nonce = nonces.issue(client, now);
  assert.ok(nonces.holds(nonce, client, now));
  assert.ok(nonces.holds(nonce, client, now + (nonceLifetimeSec - 1) * 1000));
  assert.ok(!nonces.holds(nonce, client, now + nonceLifetimeSec * 1000));
});

test('A4: with any one character changed, cut or added it does not hold', () => {
  const nonce = nonces.issue(client, now);
  const changed = Array.from(nonce, (character, at) => {
    const other = character === '0' ? '1' : '0';
    return nonce.slice(0, at) + other + nonce.slice(at + 1);
  });
  for (const wrong of [
    ...changed,
    '',
    nonce.slice(1),
    `${nonce}0`,
    nonce.toUpperCase(),
    `${nonce}\n`,
    'z'.repeat(24),
  ]) {
    if (wrong !== nonce) assert.ok(!nonces.holds(wrong, client, now), wrong);
  }
});

test('A4: it holds for nobody else: another address, another port', () => {
  const nonce = nonces.issue(client, now);
  assert.ok(!nonces.holds(nonce, { ...client, address: '9.9.9.8' }, now));
  assert.ok(!nonces.holds(nonce, { ...client, port: 20_001 }, now));
  // Text that would be the same if address and port were merely joined.
  const joined = nonces.issue({ ...client, address: '9.9.9.91', port: 2000 }, now);
  assert.ok(!nonces.holds(joined, { ...client, address: '9.9.9.9', port: 12_000 }, now));
});

test('A4: a nonce of another process does not hold', () => {
  assert.ok(!createNonces(randomBytes(32)).holds(nonces.issue(client, now), client, now));
});

test('A6: names of Object.prototype are no nonces', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    assert.ok(!nonces.holds(name, client, now));
  }
});
