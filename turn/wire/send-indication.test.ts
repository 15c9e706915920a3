import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indication, raw } from '../testing/packets.ts';
import { attributeType } from './attribute-types.ts';
import { data, dontFragment, software, xorPeerAddress } from './attributes.ts';
import { write } from './encode.ts';
import type { AttributeToWrite } from './encode.ts';
import { decodeMessage } from './message.ts';
import { method } from './methods.ts';
import { readSendIndication } from './send-indication.ts';

const peers = {
  ipv4: { address: '198.51.100.7', port: 50_000, family: 'IPv4' },
  ipv6: { address: '2001:db8::7', port: 1, family: 'IPv6' },
} as const;
const payload = Buffer.from('media');

const reading = (...toWrite: AttributeToWrite[]) => {
  const message = decodeMessage(indication(method.send, toWrite));
  assert.ok(message);
  return readSendIndication(message);
};

for (const [family, peer] of Object.entries(peers)) {
  test(`RFC 8656 §11.1: address and payload are read in either order, ${family}`, () => {
    const both = [write(xorPeerAddress, peer), write(data, payload)];
    assert.deepEqual(reading(...both), { peer, payload, isUnderstood: true });
    assert.deepEqual(reading(...both.reverse(), write(software, 'x')), { peer, payload, isUnderstood: true });
  });
}

test('RFC 8656 §11.2: without an address or a payload it is none, and neither with an address that is none', () => {
  assert.equal(reading(write(data, payload)), undefined);
  assert.equal(reading(write(xorPeerAddress, peers.ipv4)), undefined);
  assert.equal(reading(raw(attributeType.xorPeerAddress, 'too short'), write(data, payload)), undefined);
});

test('C6, RFC 8489 §14: of two addresses and of two payloads the first counts', () => {
  const second = [write(xorPeerAddress, peers.ipv6), write(data, Buffer.from('more'))];
  const first = [write(xorPeerAddress, peers.ipv4), write(data, payload)];
  assert.deepEqual(reading(...first, ...second), { peer: peers.ipv4, payload, isUnderstood: true });
});

test('RFC 8489 §6.3.2: what must be understood and is not is told; DONT-FRAGMENT is such, a hint is not', () => {
  const both = [write(xorPeerAddress, peers.ipv4), write(data, payload)];
  assert.equal(reading(raw(0x7ffe), ...both)?.isUnderstood, false);
  assert.equal(reading(...both, write(dontFragment, Buffer.alloc(0)))?.isUnderstood, false);
  assert.equal(reading(...both, raw(0xc057))?.isUnderstood, true);
});

test('P7: an empty payload is one', () => {
  assert.equal(reading(write(xorPeerAddress, peers.ipv4), write(data, Buffer.alloc(0)))?.payload.length, 0);
});
