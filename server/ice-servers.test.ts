import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { issueCredential } from '../turn/index.ts';
import { iceServersFor } from './ice-servers.ts';
import type { IceSettings } from './ice-servers.ts';

const nothing: IceSettings = {
  relayPort: undefined,
  relayTlsPort: undefined,
  turnHost: undefined,
  publicUrl: undefined,
  turnUrls: [],
  turnSecrets: [],
  turnCredentialTtl: 600,
  iceServers: [],
};
const now = 1_800_000_000_000;
const servers = (settings: Partial<IceSettings>, host: string | undefined = 'calls.example:3000') =>
  iceServersFor({ ...nothing, ...settings }, { host, participantId: 'ada' }, now);

describe('ICE servers', () => {
  it('are none when there is no relay', () => assert.deepEqual(servers({}), []));

  it('name the relay as the browser named us', () => {
    assert.deepEqual(servers({ relayPort: 3478 }), [{ urls: ['stun:calls.example:3478'] }]);
    assert.deepEqual(servers({ relayPort: 3478 }, '192.0.2.1'), [{ urls: ['stun:192.0.2.1:3478'] }]);
    assert.deepEqual(servers({ relayPort: 3478 }, '[2001:db8::1]:3000'), [{ urls: ['stun:[2001:db8::1]:3478'] }]);
  });

  it('name it as the operator says', () => {
    const publicUrl = new URL('https://public.example:8443/sub');
    assert.deepEqual(servers({ relayPort: 1, publicUrl }), [{ urls: ['stun:public.example:1'] }]);
    assert.deepEqual(servers({ relayPort: 1, publicUrl, turnHost: '2001:db8::1' }), [
      { urls: ['stun:[2001:db8::1]:1'] },
    ]);
  });

  it('leave the relay out when nobody knows its name', () => {
    assert.deepEqual(iceServersFor({ ...nothing, relayPort: 1 }, { host: undefined, participantId: 'ada' }, now), []);
  });

  it('name the relay for TURN too, with a fresh credential, where there is a secret', () => {
    const credential = issueCredential({ secret: 's', subject: 'ada', ttlSec: 600, now });
    const turn = ['turn:calls.example:3478?transport=udp', 'turn:calls.example:3478?transport=tcp'];
    const urls = ['stun:calls.example:3478', ...turn];
    assert.deepEqual(servers({ relayPort: 3478, turnSecrets: ['s'] }), [{ urls, ...credential }]);
  });

  it('name it under TLS last, by host name only, because Firefox gathers nothing from an address there', () => {
    const settings = { relayPort: 3478, relayTlsPort: 443, turnSecrets: ['s'] };
    const urlsFor = (host: string) => servers(settings, host).flatMap(({ urls }) => urls);
    const hosts = ['calls.example', '192.0.2.1', '[2001:db8::1]'];
    for (const host of hosts) {
      const plain = [`stun:${host}:3478`, `turn:${host}:3478?transport=udp`, `turn:${host}:3478?transport=tcp`];
      const secure = host === 'calls.example' ? ['turns:calls.example:443?transport=tcp'] : [];
      assert.deepEqual(urlsFor(`${host}:3000`), [...plain, ...secure]);
    }
  });

  it('hold no TURN URL without a credential, on which a browser throws', () => {
    assert.deepEqual(servers({ turnUrls: ['turn:relay.example'] }), []);
  });

  it('hold a fresh credential of the first secret for other relays', () => {
    const urls = ['turn:relay.example:3478?transport=udp', 'turns:relay.example:5349'];
    const credential = issueCredential({ secret: 'new', subject: 'ada', ttlSec: 600, now });
    assert.deepEqual(servers({ turnUrls: urls, turnSecrets: ['new', 'old'] }), [{ urls, ...credential }]);
  });

  it('hold those of others as they are, after ours', () => {
    const other = { urls: ['turn:other.example'], username: 'u', credential: 'c' };
    assert.deepEqual(servers({ relayPort: 3478, iceServers: [other] }), [{ urls: ['stun:calls.example:3478'] }, other]);
  });
});
