import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bannerText } from './banner.ts';
import type { BannerFacts } from './banner.ts';

const facts: BannerFacts = {
  version: '1.2.3',
  secure: false,
  port: 3000,
  hosts: ['::'],
  localAddresses: ['192.0.2.1'],
  publicUrl: undefined,
  relayPort: 3478,
  openToAll: true,
};

describe('the banner', () => {
  it('says where it listens, what to paste and what is missing for the internet', () => {
    const text = bannerText(facts);
    assert.match(text, /http:\/\/localhost:3000\/ {2}http:\/\/192\.0\.2\.1:3000\//);
    assert.match(text, /STUN, TURN +port 3478/);
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
    const text = bannerText({ ...facts, hosts: ['::1'], secure: true, relayPort: undefined });
    assert.match(text, /https:\/\/\[::1\]:3000\//);
    assert.match(text, /STUN, TURN +off/);
  });
});
