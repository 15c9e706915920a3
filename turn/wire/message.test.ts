import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, request, transactionId } from '../testing/packets.ts';
import { sampleLongTermRequest, sampleRequest, vectors } from '../testing/vectors.ts';
import { attributeType } from './attribute-types.ts';
import { lifetime, xorPeerAddress } from './attributes.ts';
import { encodeMessage, write } from './encode.ts';
import { decodeMessage, findAttribute, listAttributes } from './message.ts';
import { method } from './methods.ts';
import { read, readAll } from './read.ts';

const decode = (bytes: Buffer) => {
  const message = decodeMessage(bytes);
  assert.ok(message);
  return message;
};

/** A message with these bytes after the header, and a true length. */
const withBody = (...parts: readonly (string | Buffer)[]): Buffer => {
  const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
  const header = request(method.binding);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
};

test('C1, RFC 5769 §2.1: header and attributes of the sample request', () => {
  const message = decode(sampleRequest);
  assert.equal(message.method, method.binding);
  assert.equal(message.class, 'request');
  assert.equal(message.transactionId.toString('hex'), 'b7e7a701bc34d686fa87dfae');
  assert.equal(findAttribute(message, attributeType.software)?.toString(), 'STUN test client');
  assert.equal(findAttribute(message, attributeType.username)?.toString(), 'evtj:h6vY');
  assert.deepEqual(findAttribute(message, attributeType.priority), Buffer.from('6e0001ff', 'hex'));
});

test('C2, RFC 8489 §5: no prefix of a message is a message', () => {
  for (const { bytes } of vectors) {
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeMessage(bytes.subarray(0, length)), undefined, `${length} bytes`);
    }
  }
});

test('C2, RFC 8489 §5: a length that is no multiple of 4, or not the length of the datagram, is no message', () => {
  for (const length of [1, 2, 3, 4, 0xffff, 0xfffc]) {
    const bytes = request(method.binding);
    bytes.writeUInt16BE(length, 2);
    assert.equal(decodeMessage(bytes), undefined, `length ${length}`);
  }
  for (let extra = 1; extra <= 8; extra++) {
    assert.equal(decodeMessage(Buffer.concat([sampleRequest, Buffer.alloc(extra)])), undefined, `${extra} more bytes`);
    const odd = Buffer.concat([request(method.binding), Buffer.alloc(extra)]);
    odd.writeUInt16BE(extra, 2);
    assert.equal(decodeMessage(odd) === undefined, extra % 4 !== 0, `length ${extra}, true`);
  }
});

test('RFC 8489 §5: one of the first two bits set is no message', () => {
  for (const bit of [0x80, 0x40]) {
    const bytes = request(method.binding);
    bytes[0] = bit;
    assert.equal(decodeMessage(bytes), undefined);
  }
});

test('C8, RFC 8489 §5: without the magic cookie (RFC 3489) it is no message', () => {
  const bytes = request(method.binding);
  bytes.writeUInt32BE(0x12345678, 4);
  assert.equal(decodeMessage(bytes), undefined);
});

test('C3, RFC 8489 §14: an attribute that runs over the end makes the whole no message', () => {
  assert.equal(decodeMessage(withBody('00240005', '00000000')), undefined);
  assert.equal(decodeMessage(withBody('0024ffff', '00000000')), undefined);
  assert.equal(decodeMessage(withBody('00240004', '6e0001ff', '80220004')), undefined);
});

test('C3: an attribute of 65,515 bytes, the most that a message can hold, is read', () => {
  const bytes = encodeMessage({ method: method.send, class: 'indication', transactionId }, [
    raw(attributeType.data, Buffer.alloc(65_512, 7)),
  ]);
  assert.equal(findAttribute(decode(bytes), attributeType.data)?.length, 65_512);
});

test('C3: no known attribute of zero length stops the walk or throws', () => {
  const mayNotBeEmpty: number[] = [
    attributeType.messageIntegrity,
    attributeType.messageIntegritySha256,
    attributeType.fingerprint,
  ];
  for (const type of Object.values(attributeType)) {
    const message = decodeMessage(request(method.binding, [raw(type), raw(0x7ffe, 'after')]));
    if (mayNotBeEmpty.includes(type)) assert.equal(message, undefined);
    else assert.equal(message && findAttribute(message, 0x7ffe)?.toString(), 'after');
  }
});

test('C6, RFC 8489 §14: of duplicates the first counts', () => {
  const message = decode(request(method.refresh, [write(lifetime, 600), write(lifetime, 0)]));
  assert.equal(read(message, lifetime), 600);
});

test('RFC 8656 §10.1: all peers of a CreatePermission are read, in order', () => {
  const peers = [1, 2, 3].map(port => ({ address: '198.51.100.7', port, family: 'IPv4' as const }));
  const message = decode(
    request(
      method.createPermission,
      peers.map(peer => write(xorPeerAddress, peer)),
    ),
  );
  assert.deepEqual(readAll(message, xorPeerAddress), peers);
});

test('A11, RFC 8489 §14.5: attributes after MESSAGE-INTEGRITY are not heard, wanted or unwanted', () => {
  const after = request(method.refresh, [write(lifetime, 0), raw(0x7ffe, 'unknown')]).subarray(20);
  const bytes = Buffer.concat([sampleLongTermRequest, after]);
  bytes.writeUInt16BE(bytes.length - 20, 2);
  const message = decode(bytes);
  assert.equal(read(message, lifetime), undefined);
  assert.equal(message.integrityAt, sampleLongTermRequest.length - 24);
  assert.equal(listAttributes(message).length, listAttributes(decode(sampleLongTermRequest)).length);
});

test('RFC 8489 §14.5–14.6: MESSAGE-INTEGRITY after MESSAGE-INTEGRITY-SHA256 is not heard, the other order is', () => {
  const sha1 = raw(attributeType.messageIntegrity, Buffer.alloc(20));
  const sha256 = raw(attributeType.messageIntegritySha256, Buffer.alloc(32));
  const wrongOrder = decode(request(method.binding, [sha256, sha1]));
  assert.deepEqual([wrongOrder.integrityAt, wrongOrder.coveredEnd], [undefined, 20]);
  const rightOrder = decode(request(method.binding, [sha1, sha256]));
  assert.deepEqual([rightOrder.integrityAt, rightOrder.coveredEnd], [20, 20]);
});

test('RFC 8489 §14.6: a truncated MESSAGE-INTEGRITY-SHA256 is refused, as TURN asks for no truncation', () => {
  for (const length of [0, 4, 16, 28, 36]) {
    const sha256 = raw(attributeType.messageIntegritySha256, Buffer.alloc(length));
    assert.equal(decodeMessage(request(method.binding, [sha256])), undefined, `${length} bytes`);
  }
});

test('C9, RFC 8489 §14.7: FINGERPRINT anywhere but last makes the whole no message', () => {
  const fingerprint = raw(attributeType.fingerprint, Buffer.alloc(4));
  assert.ok(decodeMessage(request(method.binding, [fingerprint])));
  assert.equal(decodeMessage(request(method.binding, [fingerprint, raw(attributeType.software, 'x')])), undefined);
  assert.equal(decodeMessage(request(method.binding, [fingerprint, fingerprint])), undefined);
});
