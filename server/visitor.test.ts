import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trustedProxies } from './proxies.ts';
import { limitKeyOf, visitorOf } from './visitor.ts';

const visitor = (remoteAddress: string, headers: Record<string, string>, proxies: string[] = []) =>
  visitorOf({ headers, socket: { remoteAddress } }, trustedProxies(proxies));

describe('a visitor', () => {
  it('is who connects, whatever the headers claim', () => {
    const headers = { host: 'calls.example', 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'evil.example' };
    assert.deepEqual(visitor('198.51.100.1', headers), { address: '198.51.100.1', host: 'calls.example' });
  });

  it('is who a believed proxy says', () => {
    const headers = { host: 'inner', 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'Calls.example' };
    assert.deepEqual(visitor('::ffff:127.0.0.1', headers, ['loopback']), {
      address: '192.0.2.7',
      host: 'calls.example',
    });
  });

  it('is the last address before the believed proxies, not what was claimed before it', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.7, 10.0.0.2' };
    assert.equal(visitor('10.0.0.1', headers, ['10.0.0.0/8']).address, '192.0.2.7');
  });

  it('is the proxy itself when that says nothing sensible', () => {
    assert.equal(visitor('127.0.0.1', { 'x-forwarded-for': 'unknown' }, ['loopback']).address, '127.0.0.1');
    assert.equal(visitor('127.0.0.1', {}, ['loopback']).address, '127.0.0.1');
  });

  it('may come with a port, brackets or a zone', () => {
    assert.equal(visitor('::1', { 'x-forwarded-for': '192.0.2.7:5000' }, ['loopback']).address, '192.0.2.7');
    assert.equal(visitor('::1', { 'x-forwarded-for': '[2001:db8::7]:5000' }, ['loopback']).address, '2001:db8::7');
    assert.equal(visitor('fe80::1%eth0', {}).address, 'fe80::1');
  });

  for (const host of ['', 'a b', 'a/b', 'a;b', "a'b", 'user@a', 'a:99999', '[::1', 'x'.repeat(300)]) {
    it(`has no host when it is written ${JSON.stringify(host.slice(0, 12))}`, () => {
      assert.equal(visitor('192.0.2.1', { host }).host, undefined);
    });
  }
});

describe('limits', () => {
  it('count an IPv4 address', () => assert.equal(limitKeyOf('192.0.2.1'), '192.0.2.1'));

  it('count an IPv6 network of /64, however it is written', () => {
    assert.equal(limitKeyOf('2001:db8:0:7::1'), '2001:db8:0:7::/64');
    assert.equal(limitKeyOf('2001:0db8:0000:0007:ffff:ffff:ffff:ffff'), '2001:db8:0:7::/64');
    assert.equal(limitKeyOf('2001:db8::7:0:0:0:1'), '2001:db8:0:7::/64');
    assert.equal(limitKeyOf('::1'), '0:0:0:0::/64');
    assert.equal(limitKeyOf('64:ff9b::192.0.2.1'), '64:ff9b:0:0::/64');
  });
});
