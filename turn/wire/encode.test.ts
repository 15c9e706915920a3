import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, request, transactionId, shortTermKey } from '../testing/packets.ts';
import { longTermCredential, sampleLongTermRequest } from '../testing/vectors.ts';
import { attributeType } from './attribute-types.ts';
import { nonce, realm, username } from './attributes.ts';
import { encodeMessage, write } from './encode.ts';
import { fingerprintHolds } from './fingerprint.ts';
import { integrityHolds, longTermKey } from './integrity.ts';
import { decodeMessage } from './message.ts';
import { method } from './methods.ts';

test('RFC 5769 §2.4: writing the same values gives the same bytes', () => {
  const { username: user, realm: ourRealm, password } = longTermCredential;
  const bytes = encodeMessage(
    {
      method: method.binding,
      class: 'request',
      transactionId: Buffer.from('78ad3433c6ad72c029da412e', 'hex'),
    },
    [write(username, user), write(nonce, 'f//499k954d6OL34oL9FSTvy64sA'), write(realm, ourRealm)],
    { integrityKey: longTermKey(user, ourRealm, password) },
  );
  assert.deepEqual(bytes, sampleLongTermRequest);
});

test('RFC 8489 §14.5, §14.7: integrity and fingerprint that we write hold, together and apart', () => {
  const integrityKey = shortTermKey('secret');
  for (const trailer of [{ integrityKey }, { fingerprint: true }, { integrityKey, fingerprint: true }]) {
    const message = decodeMessage(request(method.binding, [raw(attributeType.software, 'abc')], trailer));
    assert.ok(message);
    assert.equal(integrityHolds(message, integrityKey), 'integrityKey' in trailer);
    assert.equal(message.fingerprintAt !== undefined, 'fingerprint' in trailer);
    assert.ok(fingerprintHolds(message));
  }
});

test('CVE-2020-4067: padding is zero, whatever the memory held before', () => {
  for (let length = 0; length <= 8; length++) {
    Buffer.allocUnsafe(4096).fill(0xee);
    const head = { method: method.data, class: 'indication', transactionId } as const;
    const bytes = encodeMessage(head, [raw(attributeType.data, Buffer.alloc(length, 0x11))]);
    assert.equal(bytes.readUInt16BE(22), length, 'the length leaves out the padding');
    assert.equal(bytes.length % 4, 0);
    assert.deepEqual(bytes.subarray(24 + length), Buffer.alloc(bytes.length - 24 - length));
  }
});
