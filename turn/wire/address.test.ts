import assert from 'node:assert/strict';
import { isIP, SocketAddress } from 'node:net';
import { test } from 'node:test';
import { seededRandom } from '../testing/random.ts';
import { ipFromBytes, ipToBytes } from './address.ts';

test('IPv4 and IPv6 text becomes bytes in network order', () => {
  assert.deepEqual(ipToBytes('192.0.2.1'), Buffer.from('c0000201', 'hex'));
  assert.deepEqual(ipToBytes('2001:db8::1'), Buffer.from('20010db8000000000000000000000001', 'hex'));
  assert.deepEqual(ipToBytes('2001:db8:1::1'), Buffer.from('20010db8000100000000000000000001', 'hex'));
  assert.deepEqual(ipToBytes('::'), Buffer.alloc(16));
  assert.deepEqual(ipToBytes('1::'), Buffer.from('0001'.padEnd(32, '0'), 'hex'));
  assert.deepEqual(ipToBytes('::ffff:10.0.0.1'), Buffer.from('00000000000000000000ffff0a000001', 'hex'));
});

test('a zone is left out: it means something on this machine only', () => {
  assert.deepEqual(ipToBytes('fe80::1%eth0'), ipToBytes('fe80::1'));
});

test('text that is no IP address gives no bytes, also where a lenient reader would guess', () => {
  const wrong = [
    ...[
      '',
      'abc',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '999.999.999.999',
      '01.2.3.4',
      '0x1.2.3.4',
      ' 1.2.3.4',
      '1.2.3.4%1',
    ],
    ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', 'g::', '::1 '],
    ...['1.2.3.4::', '::1.2.3', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5', '1:', ':1', '%eth0'],
  ];
  for (const text of wrong) {
    assert.equal(ipToBytes(text), undefined, text);
    assert.equal(isIP(text), 0, `Node agrees on ${text}`);
  }
});

test('RFC 5952 §4: bytes are spelled as a socket spells them, over 20,000 seeded addresses with many zeros', () => {
  const random = seededRandom(5952);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.alloc(round % 4 === 0 ? 4 : 16);
    for (let at = 0; at < bytes.length; at += 2) {
      bytes.writeUInt16BE([0, 0, 0, 0xffff, 1, random(0x10000)][random(6)] ?? 0, at);
    }
    const text = ipFromBytes(bytes);
    const family = bytes.length === 4 ? 'ipv4' : 'ipv6';
    assert.equal(text, new SocketAddress({ address: text, family }).address);
    assert.deepEqual(ipToBytes(text), bytes, text);
  }
});
