import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { issueCredential } from '../turn/index.ts';
import { iceServersFor } from './ice-servers.ts';
import type { IceSettings } from './ice-servers.ts';

const nothing: IceSettings = {
  relays: [],
  turnHost: undefined,
  publicUrl: undefined,
  turnUrls: [],
  turnSecrets: [],
  turnCredentialTtl: 600,
  iceServers: [],
};
const now = 1_800_000_000_000;
const servers = (settings: Partial<IceSettings>, host: string | undefined = 'calls.example:3000') =>
  iceServersFor({ ...nothing, ...settings }, { host, participantId: 'ada', room: 'support' }, now);

describe('ICE servers', () => {
  it('are none when there is no relay', () => assert.deepEqual(servers({}), []));

  it('name the relay as the browser named us', () => {
    assert.deepEqual(servers({ relays: [{ port: 3478, tlsPort: undefined }] }), [
      { urls: ['stun:calls.example:3478'] },
    ]);
    assert.deepEqual(servers({ relays: [{ port: 3478, tlsPort: undefined }] }, '192.0.2.1'), [
      { urls: ['stun:192.0.2.1:3478'] },
    ]);
    assert.deepEqual(servers({ relays: [{ port: 3478, tlsPort: undefined }] }, '[2001:db8::1]:3000'), [
      { urls: ['stun:[2001:db8::1]:3478'] },
    ]);
  });

  it('name it as the operator says', () => {
    const publicUrl = new URL('https://public.example:8443/sub');
    assert.deepEqual(servers({ relays: [{ port: 1, tlsPort: undefined }], publicUrl }), [
      { urls: ['stun:public.example:1'] },
    ]);
    assert.deepEqual(servers({ relays: [{ port: 1, tlsPort: undefined }], publicUrl, turnHost: '2001:db8::1' }), [
      { urls: ['stun:[2001:db8::1]:1'] },
    ]);
  });

  it('name the same worker of the relay for all of one room, and not always the same for other rooms', () => {
    const relays = [3478, 3479].map(port => ({ port, tlsPort: port + 2000 }));
    const urlsFor = (participantId: string, room: string) =>
      iceServersFor(
        { ...nothing, relays, turnSecrets: ['s'] },
        { host: 'calls.example', participantId, room },
        now,
      ).flatMap(({ urls }) => urls);
    const rooms = Array.from({ length: 40 }, (_, index) => `room-${index}`);
    for (const room of rooms) assert.deepEqual(urlsFor('ada', room), urlsFor('bob', room));
    const secure = new Set(rooms.map(room => urlsFor('ada', room).at(-1)));
    assert.deepEqual(
      secure,
      new Set(['turns:calls.example:5478?transport=tcp', 'turns:calls.example:5479?transport=tcp']),
    );
  });

  it('leave the relay out when nobody knows its name', () => {
    assert.deepEqual(
      iceServersFor(
        { ...nothing, relays: [{ port: 1, tlsPort: undefined }] },
        { host: undefined, participantId: 'ada', room: 'support' },
        now,
      ),
      [],
    );
  });

  it('name the relay for TURN too, with a fresh credential, where there is a secret', () => {
    const credential = issueCredential({ secret: 's', subject: 'ada', ttlSec: 600, now });
    const turn = ['turn:calls.example:3478?transport=udp', 'turn:calls.example:3478?transport=tcp'];
    const urls = ['stun:calls.example:3478', ...turn];
    assert.deepEqual(servers({ relays: [{ port: 3478, tlsPort: undefined }], turnSecrets: ['s'] }), [
      { urls, ...credential },
    ]);
  });

  it('name it under TLS last, by host name only, because Firefox gathers nothing from an address there', () => {
    const settings = { relays: [{ port: 3478, tlsPort: 443 }], turnSecrets: ['s'] };
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
    assert.deepEqual(servers({ relays: [{ port: 3478, tlsPort: undefined }], iceServers: [other] }), [
      { urls: ['stun:calls.example:3478'] },
      other,
    ]);
  });
});
