import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bannerText, selfCheckText, turnBannerText } from './banner.ts';
import type { BannerFacts } from './banner.ts';

const facts: BannerFacts = {
  version: '1.2.3',
  secure: false,
  port: 3000,
  hosts: ['::'],
  localAddresses: ['192.0.2.1'],
  publicUrl: undefined,
  relays: [{ port: 3478, tlsPort: undefined }],
  metricsUrl: undefined,
  openToAll: true,
};

describe('the banner', () => {
  it('says where it listens, what to paste and what is missing for the internet', () => {
    const text = bannerText(facts);
    assert.match(text, /http:\/\/localhost:3000\/ {2}http:\/\/192\.0\.2\.1:3000\//);
    assert.match(text, /STUN, TURN +port 3478, UDP and TCP\n/);
    assert.match(text, /<script type="module" src="http:\/\/localhost:3000\/video-call\.js"><\/script>/);
    assert.match(text, /caddy reverse-proxy --from example\.com --to :3000/);
    assert.match(text, /ALLOWED_ORIGINS/);
  });

  it('pastes the public address, sub-path included, and has nothing to complain of then', () => {
    const publicUrl = new URL('https://example.com/calls');
    const text = bannerText({ ...facts, publicUrl, openToAll: false });
    assert.match(text, /src="https:\/\/example\.com\/calls\/video-call\.js"/);
    assert.doesNotMatch(text, /caddy|ALLOWED_ORIGINS/);
  });

  it('writes IPv6 addresses in brackets and says when the relay is off', () => {
    const text = bannerText({ ...facts, hosts: ['::1'], secure: true, relays: [] });
    assert.match(text, /https:\/\/\[::1\]:3000\//);
    assert.match(text, /STUN, TURN +off/);
  });

  it('names the port under TLS and that of the metrics', () => {
    const relays = [{ port: 3478, tlsPort: 443 }];
    const metricsUrl = 'http://127.0.0.1:9464/metrics';
    for (const text of [
      bannerText({ ...facts, relays, metricsUrl }),
      turnBannerText({ version: '1.2.3', relays, addresses: ['192.0.2.1'], metricsUrl }),
    ]) {
      assert.match(text, /STUN, TURN +port 3478, UDP and TCP; port 443, TLS/);
      assert.match(text, /Metrics +http:\/\/127\.0\.0\.1:9464\/metrics/);
    }
  });

  it('says of each listener what is wrong with it, or that all is well', () => {
    const listener = { address: '::1', port: 5349, family: 'IPv6', transport: 'tls' } as const;
    assert.match(selfCheckText([{ listener, ok: true }]), /works\.$/);
    const text = selfCheckText([
      { listener, ok: false, reason: 'the certificate has expired' },
      { listener, ok: true },
    ]);
    assert.equal(text, '  The relay at [::1]:5349 (TLS): the certificate has expired.');
  });
});
