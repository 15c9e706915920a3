import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transactionId } from '../testing/packets.ts';
import { ipToBytes } from './address.ts';
import { data, xorPeerAddress } from './attributes.ts';
import { encodeDataIndication } from './data-indication.ts';
import { encodeMessage, write } from './encode.ts';
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
