import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import type { TransportAddress } from '../wire/address.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import type { TurnCoreSettings } from './settings.ts';

const ipv6 = write(attributes.requestedAddressFamily, 2);

const at = (address: string, port = 5000): TransportAddress => ({
  address,
  port,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
});

/** A client whose allocation has the family of the peer, so that only the policy stands between them. */
const start = (address: string, settings: Partial<TurnCoreSettings> = {}) => {
  const lab = new TurnLab(settings);
  const client = lab.client();
  assert.equal(client.allocate(address.includes(':') ? [ipv6] : []), 0);
  return { lab, client };
};

/** Every method that could reach a peer. */
const assertRefused = (address: string, settings?: Partial<TurnCoreSettings>) => {
  const { client } = start(address, settings);
  const peer = at(address);
  assert.equal(client.permit(peer), 403, `CreatePermission ${address}`);
  assert.equal(client.bind(0x4001, peer), 403, `ChannelBind ${address}`);
  assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing'], `Send ${address}`);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['channel-unbound'], `ChannelData ${address}`);
  assert.equal(client.hear('x', peer), undefined, `data from ${address}`);
};

const assertReached = (address: string, settings?: Partial<TurnCoreSettings>) => {
  const { client } = start(address, settings);
  const peer = at(address);
  assert.equal(client.permit(peer), 0, `CreatePermission ${address}`);
  assert.equal(client.bind(0x4001, peer), 0, `ChannelBind ${address}`);
  assert.deepEqual(client.send(peer, 'x').relayed[0]?.to, peer, `Send ${address}`);
  assert.deepEqual(client.channelData(0x4001, 'x').relayed[0]?.to, peer, `ChannelData ${address}`);
};

const scanned = [
  ...[
    '0.0.0.0',
    '10.0.0.1',
    '10.255.255.254',
    '100.64.0.1',
    '100.127.255.254',
    '127.0.0.1',
    '127.0.0.8',
    '127.255.255.254',
  ],
  ...['169.254.0.1', '169.254.169.254', '169.254.254.255', '172.16.0.1', '172.31.255.254', '192.0.0.1', '192.0.0.254'],
  ...['192.0.2.1', '192.0.2.254', '192.88.99.1', '192.168.0.1', '192.168.255.254', '198.18.0.1', '198.19.255.254'],
  ...['198.51.100.1', '198.51.100.254', '203.0.113.1', '203.0.113.254', '224.0.0.1', '224.0.0.254', '240.0.0.1'],
  ...['240.255.255.254', '255.255.255.254', '255.255.255.255'],
];

test('S1: each of the 32 special-purpose addresses that scanners try is refused through every method', () => {
  assert.equal(new Set(scanned).size, 32);
  for (const address of scanned) assertRefused(address);
});

test('S2, CVE-2020-26262: 0.0.0.0, :: and ::1 are refused, and all of ::/96 with them', () => {
  for (const address of ['0.0.0.0', '::', '::1', '::8.8.8.8']) assertRefused(address);
});

test('S3, CVE-2026-27624: IPv4-mapped IPv6 addresses are refused', () => {
  for (const ipv4 of ['127.0.0.1', '0.0.0.0', '10.0.0.1', '169.254.169.254', '8.8.8.8'])
    assertRefused(`::ffff:${ipv4}`);
});

test('S4: ::ffff:127.0.0.1 is refused where ::1 was allowed, and the other way round', () => {
  assertRefused('::ffff:127.0.0.1', { peerAllow: ['::1/128'] });
  assertRefused('::ffff:127.0.0.1', { peerAllow: ['127.0.0.1/32'] });
  assertRefused('::1', { peerAllow: ['::ffff:127.0.0.1/128', '127.0.0.1/32'] });
});

test('S5: IPv4 within IPv6 is judged as what it stands for: compatible, translated, 6to4, NAT64, Teredo', () => {
  for (const address of [
    ...['::127.0.0.1', '::ffff:0:127.0.0.1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '64:ff9b::7f00:1', '64:ff9b::a00:1'],
    ...['64:ff9b:1::7f00:1', '2001:0:808:808::80ff:fffe', '2001::1'],
  ]) {
    assertRefused(address);
  }
});

test('S5: a form is not opened by opening its wrapping alone', () => {
  for (const [wrapping, address] of [
    ['2002::/16', '2002:7f00:1::'],
    ['::/0', '::ffff:127.0.0.1'],
    ['64:ff9b::/96', '64:ff9b::a00:1'],
    ['2001::/32', '2001:0:808:808::80ff:fffe'],
  ] as const) {
    const { client } = start(address, { peerAllow: [wrapping] });
    // Allowed as a whole, denied for what is inside.
    assert.equal(client.permit(at(address)), 403, address);
    assertReached(address, { peerAllow: [wrapping, '127.0.0.0/8', '10.0.0.0/8'] });
  }
  assertReached('2002:808:808::1', { peerAllow: ['2002::/16'] });
});

test('S5: NAT64 of a public address is public: an IPv6-only relay reaches IPv4 that way; a denied range stays denied', () => {
  assertReached('64:ff9b::808:808');
  assertRefused('64:ff9b::808:808', { peerDeny: ['8.8.8.0/24'] });
});

test('S6: ranges that end inside a byte hold what they should and not their neighbours', () => {
  for (const address of ['febf::1', 'fdff::1', 'fc00::1', '3fff:fff::1', '100.127.255.255', '172.31.0.1']) {
    assertRefused(address);
  }
  for (const address of ['2c0f::1', '2600::1', '100.128.0.1', '172.32.0.1', '11.0.0.1']) assertReached(address);
});

test('S7: our own listeners are no peers, though their IP address may be that of a relayed address', () => {
  const { lab, client } = start('5.6.7.8');
  const listener = listeners.ipv4;
  assert.equal(client.permit(listener), 0);
  assert.equal(client.bind(0x4001, listener), 403);
  assert.deepEqual(client.send(listener, 'x').dropped, ['peer-unreachable']);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['channel-unbound']);
  const opened = new TurnLab({ peerAllow: ['5.6.7.8/32'] }).client();
  opened.allocate();
  assert.equal(opened.bind(0x4001, listener), 403, 'nor if every port there was opened');
  assert.equal(opened.bind(0x4001, at('5.6.7.8', 3000)), 0);
  assert.equal(lab.open.size, 1);
});

test('S7: at one of our relay IPs only the port of a live allocation is reached: it may be asked for and no other', () => {
  const { lab, client } = start('5.6.7.8');
  const friend = lab.client();
  friend.allocate();
  const theirs = friend.relayed!;
  const nobody = { ...theirs, port: theirs.port === 65_535 ? 49_152 : theirs.port + 1 };
  const service = { ...theirs, port: 22 };
  assert.equal(client.permit(theirs), 0);
  for (const peer of [nobody, service]) {
    assert.equal(client.bind(0x4001, peer), 403);
    assert.deepEqual(client.send(peer, 'x').dropped, ['peer-unreachable']);
  }
  assert.equal(client.bind(0x4001, theirs), 0);
  friend.permit(client.relayed!);
  assert.equal(friend.heard(client.send(theirs, 'x'))?.payload.toString(), 'x');
  assert.equal(friend.heard(client.channelData(0x4001, 'x'))?.payload.toString(), 'x');

  // Freed: the port may be another program's the next moment.
  friend.refresh(0);
  assert.deepEqual(client.send(theirs, 'x').dropped, ['peer-unreachable']);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['peer-unreachable']);
  assert.equal(client.bind(0x4001, theirs), 403);
});

test('S7: an allocation that has expired is not live, before any sweep', () => {
  const { lab, client } = start('5.6.7.8');
  const friend = lab.client();
  friend.allocate();
  client.refresh(3600);
  lab.advance(500);
  client.bind(0x4001, friend.relayed!);
  lab.advance(100);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['peer-unreachable']);
});

test('S7: relay IPs may have a permission though they are private, announced or bound; their neighbours may not', () => {
  const settings = { relayIps: ['10.1.2.3'], externalIps: ['192.168.9.9'] };
  const { lab, client } = start('10.1.2.3', settings);
  const friend = lab.client();
  friend.allocate();
  assert.equal(friend.relayed?.address, '192.168.9.9');
  assert.equal(client.permit(at('10.1.2.3'), at('192.168.9.9')), 0);
  assert.equal(client.bind(0x4001, friend.relayed), 0);
  assert.equal(client.bind(0x4002, { ...friend.relayed, address: '10.1.2.3' }), 0);
  for (const address of ['10.1.2.4', '192.168.9.8']) assert.equal(client.permit(at(address)), 403);
});

test('S7: where relayed addresses are bound elsewhere, the listeners’ own IP addresses are no peers at all', () => {
  const settings = { relayIps: ['10.1.2.3', '2a00:1::9'], externalIps: ['198.18.9.9'] };
  for (const { address } of Object.values(listeners)) {
    assertRefused(address, settings);
    const { client } = start(address, settings);
    for (const port of [22, 3478]) assert.equal(client.bind(0x4001, at(address, port)), 403, `${address} ${port}`);
  }
});

test('S7: an own IP address that was opened is open but for the port of the listeners, announced or bound', () => {
  const externalIps = ['198.18.9.9'];
  for (const settings of [
    { relayIps: ['10.1.2.3'], externalIps, peerAllow: ['5.6.7.8', '10.1.2.3', '198.18.9.9'] },
    { externalIps, peerAllow: ['5.6.7.8', '198.18.9.9'] },
  ]) {
    for (const address of settings.peerAllow) {
      const { client } = start(address, settings);
      assert.equal(client.bind(0x4001, at(address, 3478)), 403, address);
      assert.equal(client.bind(0x4001, at(address, 3000)), 0, address);
    }
  }
});

test('S7: no address of this machine is a peer, listened on or not, from the moment on that it is ours', () => {
  const { lab, client } = start('8.8.4.4', { peerAllow: ['9.9.9.10'] });
  const [service, opened] = [at('9.9.9.9', 22), at('9.9.9.10', 22)];
  assert.equal(client.bind(0x4001, service), 0);
  lab.core.setLocalIps(['9.9.9.9', '9.9.9.10', '2A00:1:0::9']);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['peer-unreachable'], 'a channel from before');
  assert.equal(client.permit(service), 403);
  assert.equal(client.bind(0x4002, { ...service, port: 23 }), 403);
  assert.equal(client.bind(0x4002, opened), 0, 'one that was allowed');
  assert.equal(client.bind(0x4003, { ...opened, port: listeners.ipv4.port }), 403);
  const other = lab.client();
  other.allocate([ipv6]);
  assert.equal(other.permit(at('2a00:1::9')), 403);

  lab.core.setLocalIps([]);
  assert.equal(client.channelData(0x4001, 'x').relayed.length, 1, 'it is somebody else’s now');
  assert.equal(client.bind(0x4003, listeners.ipv4), 403, 'listeners stay ours');
});

test('S7: no disguise of a relay IP gets past the question for its port', () => {
  for (const address of ['::ffff:5.6.7.8', '::5.6.7.8', '64:ff9b::506:708', '2002:506:708::1']) assertRefused(address);
});

test('S8: multicast and broadcast are refused', () => {
  for (const address of ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', 'ff0e::1'])
    assertRefused(address);
});

test('S9: metadata services of clouds are refused', () => {
  for (const address of ['169.254.169.254', 'fd00:ec2::254', 'fd20:ce::254', 'fe80::a9fe:a9fe']) assertRefused(address);
});

test('S10: a range that is none fails the start and is named', () => {
  assert.throws(() => new TurnLab({ peerAllow: ['10.0.0.0/8', '10.0.0.0/33'] }), /peerAllow.*10\.0\.0\.0\/33/);
  assert.throws(() => new TurnLab({ peerDeny: ['nonsense'] }), /peerDeny.*nonsense/);
});

test('S11: allow beats deny, by range, and by one address within a denied range', () => {
  assertReached('10.0.0.1', { peerAllow: ['10.0.0.0/8'] });
  assertReached('10.0.0.1', { peerAllow: ['10.0.0.1'] });
  assertRefused('10.0.0.2', { peerAllow: ['10.0.0.1'] });
  assertRefused('8.8.8.8', { peerDeny: ['8.8.0.0/16'] });
  assertReached('8.8.8.8', { peerDeny: ['8.8.0.0/16'], peerAllow: ['8.8.8.8/32'] });
  assertReached('fd00::7', { peerAllow: ['fd00::/8'] });
});

test('port 0 is nobody: no channel, no datagram, as a socket would throw', () => {
  const { client } = start('8.8.4.4');
  const nobody = at('8.8.4.4', 0);
  assert.equal(client.permit(nobody), 0);
  assert.equal(client.bind(0x4001, nobody), 403);
  assert.deepEqual(client.send(nobody, 'x').dropped, ['peer-unreachable']);
});
