import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { shortTermKey } from '../testing/packets.ts';
import {
  longTermCredential,
  sampleIpv4Response,
  sampleIpv6Response,
  sampleLongTermRequest,
  sampleRequest,
  sampleSha256Request,
  shortTermPassword,
} from '../testing/vectors.ts';
import { fingerprintHolds } from './fingerprint.ts';
import { integrityHolds, longTermKey } from './integrity.ts';
import { decodeMessage } from './message.ts';
import type { Message } from './message.ts';

const { username, realm, password } = longTermCredential;

const shortTerm = (message: Message) => integrityHolds(message, shortTermKey(shortTermPassword));
const longTerm = (message: Message) => integrityHolds(message, longTermKey(username, realm, password));

const cases = [
  { title: 'RFC 5769 §2.1: sample request', bytes: sampleRequest, holds: shortTerm, hasFingerprint: true },
  { title: 'RFC 5769 §2.2: IPv4 response', bytes: sampleIpv4Response, holds: shortTerm, hasFingerprint: true },
  { title: 'RFC 5769 §2.3: IPv6 response', bytes: sampleIpv6Response, holds: shortTerm, hasFingerprint: true },
  { title: 'RFC 5769 §2.4: long-term request', bytes: sampleLongTermRequest, holds: longTerm, hasFingerprint: false },
];

for (const { title, bytes, holds, hasFingerprint } of cases) {
  test(`C1, ${title} verifies, and with any one byte flipped it does not`, () => {
    const message = decodeMessage(bytes);
    assert.ok(message);
    assert.ok(holds(message));
    assert.equal(message.fingerprintAt !== undefined, hasFingerprint);
    assert.ok(fingerprintHolds(message));

    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      const wounded = decodeMessage(flipped);
      if (wounded === undefined) continue;
      const inFingerprint = hasFingerprint && at >= bytes.length - 8;
      assert.equal(holds(wounded), inFingerprint, `integrity, byte ${at}`);
      assert.ok(wounded.fingerprintAt === undefined || !fingerprintHolds(wounded), `fingerprint, byte ${at}`);
    }
  });
}

test('C1: integrity holds under no other key, and under none of a missing attribute', () => {
  const message = decodeMessage(sampleLongTermRequest);
  assert.ok(message);
  assert.equal(integrityHolds(message, longTermKey(username, realm, 'TheMatrix')), false);
  assert.equal(integrityHolds(message, longTermKey(username, 'example.com', password)), false);
  assert.equal(integrityHolds(message, shortTermKey(password)), false);
});

test('RFC 8489 §B.1: a request that MESSAGE-INTEGRITY-SHA256 signs is to us an unsigned one that ends there', () => {
  const message = decodeMessage(sampleSha256Request);
  assert.ok(message);
  assert.deepEqual([message.integrityAt, message.coveredEnd], [undefined, sampleSha256Request.length - 36]);
  assert.equal(integrityHolds(message, longTermKey(username, realm, password)), false);
});

test('A12: a signature is compared in constant time, whole, and by nothing else', t => {
  const compare = t.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const wrong = Buffer.from(sampleLongTermRequest);
  wrong[wrong.length - 20] = (wrong[wrong.length - 20] ?? 0) ^ 1;
  for (const bytes of [sampleLongTermRequest, wrong]) {
    const message = decodeMessage(bytes);
    assert.equal(message && longTerm(message), bytes === sampleLongTermRequest);
  }
  const lengths = compare.mock.calls.map(({ arguments: [a, b] }) => [a.byteLength, b.byteLength]);
  assert.deepEqual(lengths, [
    [20, 20],
    [20, 20],
  ]);
});
