import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, transactionId } from '../testing/packets.ts';
import { ipToBytes } from './address.ts';
import { data, dontFragment, software, xorPeerAddress } from './attributes.ts';
import { encodeDataIndication, turnIntoDataIndication } from './data-indication.ts';
import { encodeMessage, write } from './encode.ts';
import type { AttributeToWrite } from './encode.ts';
import { method } from './methods.ts';

const ipOf = (address: string): Buffer => ipToBytes(address) ?? assert.fail(address);

test('RFC 8656 §11.3: the parts are, one behind the other, the message that the attributes make', () => {
  for (const address of ['198.51.100.7', '2001:db8::7']) {
    for (const length of [0, 1, 2, 3, 4, 5, 1200]) {
      const payload = Buffer.alloc(length, 0x41);
      const family = address.includes(':') ? 'IPv6' : 'IPv4';
      const parts = encodeDataIndication(ipOf(address), 50_000, payload, transactionId);
      const message = encodeMessage({ method: method.data, class: 'indication', transactionId }, [
        write(xorPeerAddress, { address, port: 50_000, family }),
        write(data, payload),
      ]);
      assert.deepEqual(Buffer.concat(parts ?? []), message);
    }
  }
});

test('the payload is not copied', () => {
  const payload = Buffer.from('media');
  assert.equal(encodeDataIndication(ipOf('198.51.100.7'), 1, payload, transactionId)?.[1], payload);
});

test('H12, RFC 768: what no datagram can carry is not written: 65,507 bytes less the 36 or 48 in front', () => {
  for (const [address, most] of [
    ['198.51.100.7', 65_468],
    ['2001:db8::7', 65_456],
  ] as const) {
    const bytes = (length: number) =>
      encodeDataIndication(ipOf(address), 1, Buffer.alloc(length), transactionId)?.reduce(
        (sum, part) => sum + part.length,
        0,
      );
    assert.ok((bytes(most) ?? Infinity) <= 65_507);
    assert.equal(bytes(most + 1), undefined);
  }
});

const sendIndication = (...attributes: readonly AttributeToWrite[]): Buffer =>
  encodeMessage({ method: method.send, class: 'indication', transactionId: Buffer.alloc(12, 0x5e) }, attributes);

const to = { address: '203.0.113.9', port: 40_000, family: 'IPv4' } as const;
const to6 = { address: '2001:db8::9', port: 40_000, family: 'IPv6' } as const;

test('RFC 8656 §11.3: a Send indication becomes in place what would have been made anew, its padding zero too', () => {
  for (const [peer, from] of [
    [to, '198.51.100.7'],
    [to6, '2001:db8::7'],
  ] as const) {
    for (const length of [0, 1, 2, 3, 4, 5, 1200]) {
      const payload = Buffer.alloc(length, 0x41);
      const bytes = sendIndication(write(xorPeerAddress, peer), write(data, payload));
      // CVE-2020-4067: what its client left there is not for others.
      bytes.fill(0xee, bytes.length - ((4 - (length % 4)) % 4));
      const anew = Buffer.concat(encodeDataIndication(ipOf(from), 50_000, payload, transactionId) ?? []);
      assert.equal(turnIntoDataIndication(bytes, ipOf(from), 50_000, transactionId), true);
      assert.deepEqual(bytes, anew, `${length} bytes from ${from}`);
    }
  }
});

test('a Send indication with anything else in it is left as it is: that is not for others', () => {
  const [peer, payload] = [write(xorPeerAddress, to), write(data, Buffer.from('media'))];
  const fingerprinted = encodeMessage({ method: method.send, class: 'indication', transactionId }, [peer, payload], {
    fingerprint: true,
  });
  for (const bytes of [
    sendIndication(payload, peer),
    sendIndication(peer, payload, write(software, 'x')),
    sendIndication(peer, write(software, 'x'), payload),
    sendIndication(peer, write(dontFragment, Buffer.of()), payload),
    sendIndication(peer, payload, payload),
    sendIndication(peer, peer, payload),
    sendIndication(write(xorPeerAddress, to6), payload),
    sendIndication(peer),
    sendIndication(raw(0x8100, Buffer.alloc(8)), payload),
    sendIndication(peer, write(data, Buffer.alloc(65_469))),
    fingerprinted,
  ]) {
    const before = Buffer.from(bytes);
    assert.equal(turnIntoDataIndication(bytes, ipOf('198.51.100.7'), 50_000, transactionId), false);
    assert.deepEqual(bytes, before);
  }
});
