import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { test } from 'node:test';
import { indication, request } from '../testing/packets.ts';
import { countUdpSockets } from '../testing/process.ts';
import { openUdpClient } from '../testing/udp-client.ts';
import { openUdpTurnClient } from '../testing/udp-turn-client.ts';
import { xorMappedAddress, xorPeerAddress } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { decodeMessage } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { localAddresses } from './local-addresses.ts';
import { createTurnServer } from './turn-server.ts';

const secrets = ['test'];

for (const address of ['127.0.0.1', '::1']) {
  test(`B1: Binding over a real socket tells the client its address and port, on ${address}`, async t => {
    const server = await createTurnServer({ port: 0, listen: [address], secrets });
    t.after(() => server.close());
    const [listening] = server.addresses;
    assert.ok(listening && listening.port > 0);
    const client = await openUdpClient(address);
    t.after(() => client.close());

    const response = decodeMessage(await client.ask(request(method.binding), listening));
    assert.ok(response);
    const family = address === '::1' ? 'IPv6' : 'IPv4';
    assert.deepEqual(read(response, xorMappedAddress), { address, port: client.port, family });
  });
}

test('B3, C4: an indication and garbage are not answered, and the next request is', async t => {
  const server = await createTurnServer({ port: 0, listen: ['127.0.0.1'], secrets });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);
  const client = await openUdpClient('127.0.0.1');
  t.after(() => client.close());

  for (const bytes of [Buffer.of(), Buffer.of(0), Buffer.alloc(1400, 0xa5), indication(method.binding)]) {
    client.tell(bytes, listening);
  }
  // Loopback keeps the order: had any of these been answered, that answer would come first.
  const first = decodeMessage(await client.ask(request(method.binding, [], { fingerprint: true }), listening));
  assert.equal(first?.class, 'success');
  assert.notEqual(first.fingerprintAt, undefined);
});

test('without `listen` each local address but link-local ones has a listener, all on one free port', async t => {
  const server = await createTurnServer({ port: 0, secrets });
  t.after(() => server.close());
  for (const transport of ['udp', 'tcp']) {
    const addresses = server.addresses.filter(each => each.transport === transport);
    assert.deepEqual(
      addresses.map(({ address }) => address),
      [...new Set(localAddresses())],
    );
  }
  assert.equal(new Set(server.addresses.map(({ port }) => port)).size, 1);
  assert.ok(server.addresses.every(({ address }) => !/^(fe[89ab]|169\.254)/i.test(address)));
});

test('a wildcard means a listener for each local address of its family, as allocations must know which was reached', async t => {
  const server = await createTurnServer({ port: 0, listen: ['0.0.0.0'], secrets });
  t.after(() => server.close());
  const ipv4 = localAddresses().filter(address => !address.includes(':'));
  const udp = server.addresses.filter(({ transport }) => transport === 'udp');
  assert.deepEqual(
    udp.map(({ address }) => address),
    [...new Set(ipv4)],
  );
});

test('however an address is spelled, it has one listener, and its clients reach each other', async t => {
  const server = await createTurnServer({ port: 0, listen: ['0:0:0:0:0:0:0:1', '::1', '0::01'], secrets });
  t.after(() => server.close());
  const [listening, ...others] = server.addresses.filter(({ transport }) => transport === 'udp');
  assert.ok(listening && others.length === 0);
  assert.equal(listening.address, '::1');
  const [one, other] = [await openUdpTurnClient(listening, 'test'), await openUdpTurnClient(listening, 'test')];
  t.after(() => Promise.all([one.close(), other.close()]));
  await one.bind(0x4000, other.relayed);
  await other.bind(0x4000, one.relayed);
  one.channelData(0x4000, Buffer.from('media'));
  assert.equal((await other.hear()).toString(), 'media');
});

test('a port in use is refused with its code and port, and the sockets opened before are closed', async t => {
  const first = await createTurnServer({ port: 0, listen: ['::1'], secrets });
  t.after(() => first.close());
  const port = first.addresses[0]?.port ?? 0;
  const before = await countUdpSockets();
  await assert.rejects(createTurnServer({ port, listen: ['127.0.0.1', '::1'], secrets }), {
    code: 'EADDRINUSE',
    port,
    address: '::1',
  });
  assert.equal(await countUdpSockets(), before);
});

test('an address that was named and is not ours is refused', async () => {
  await assert.rejects(createTurnServer({ port: 0, listen: ['192.0.2.1'], secrets }), { code: 'EADDRNOTAVAIL' });
});

test('D9: close() leaves no handle, and may be called twice', async () => {
  const before = await countUdpSockets();
  const server = await createTurnServer({ port: 0, listen: ['127.0.0.1', '::1'], secrets });
  assert.equal(await countUdpSockets(), before + 2);
  await Promise.all([server.close(), server.close()]);
  await server.close();
  assert.equal(await countUdpSockets(), before);
});

test('the port is free again after close()', async () => {
  const first = await createTurnServer({ port: 0, listen: ['127.0.0.1'], secrets });
  const port = first.addresses[0]?.port ?? 0;
  await first.close();
  const second = await createTurnServer({ port, listen: ['127.0.0.1'], secrets });
  await second.close();
});

test('options that no relay can run on are refused before anything is opened, and no secret is repeated', async () => {
  const good = { port: 0, listen: ['127.0.0.1'], secrets };
  for (const wrong of [
    { port: -1 },
    { port: 65_536 },
    { port: 0.5 },
    { port: Number.NaN },
    { listen: [] },
    { listen: ['localhost'] },
    { secrets: [] },
    { secrets: ['hush', ''] },
    { realm: '' },
    { realm: 'r'.repeat(128) },
    { relayIp: 'relay.example.com' },
    { relayIp: '0.0.0.0' },
    { relayIp: '0:0::0' },
    { relayIp: 'fe80::1%lo' },
    { externalIp: ['5.5.5.5', '6.6.6.6'] },
    { relayPorts: { min: 0, max: 10 } },
    { relayPorts: { min: 50_001, max: 50_000 } },
    { relayPorts: { min: 50_000, max: 65_536 } },
    { peerAllow: ['10.0.0.0/33'] },
    { peerDeny: ['10.0.0.1/8'] },
    { userQuota: 0 },
    { totalQuota: 1.5 },
    { maxBps: 0 },
    { maxBps: Number.NaN },
  ]) {
    await assert.rejects(createTurnServer({ ...good, ...wrong }), error => {
      assert.ok(error instanceof TypeError || error instanceof RangeError);
      assert.doesNotMatch(error.message, /hush/);
      return true;
    });
  }
});

test('an address to relay from that is not of this machine is found out at the start, and nothing is left open', async () => {
  const before = await countUdpSockets();
  const options = { port: 0, listen: ['127.0.0.1'], secrets, relayIp: ['127.0.0.1', '2001:db8::9'] };
  const started = createTurnServer(options).then(server => server.close());
  await assert.rejects(started, { code: 'EADDRNOTAVAIL', address: '2001:db8::9' });
  assert.equal(await countUdpSockets(), before);
});

test('S7: an address of this machine that it does not listen on is no peer, nor one that it was given meanwhile', async t => {
  const [example] = Object.values(os.networkInterfaces()).flatMap(each => each ?? []);
  assert.ok(example);
  const addresses = ['8.8.8.1'];
  t.mock.method(os, 'networkInterfaces', () => ({
    test: addresses.map(address => ({ ...example, address, family: 'IPv4' as const })),
  }));
  syncBuiltinESMExports();
  t.mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const server = await createTurnServer({ port: 0, listen: ['127.0.0.1'], secrets });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);
  const client = await openUdpTurnClient(listening, 'test');
  t.after(() => client.close());
  const permit = (address: string) =>
    client.code(method.createPermission, [write(xorPeerAddress, { address, port: 22, family: 'IPv4' })]);
  assert.deepEqual([await permit('8.8.8.1'), await permit('8.8.8.2')], [403, 0]);
  addresses.push('8.8.8.2');
  t.mock.timers.tick(60_000);
  assert.deepEqual([await permit('8.8.8.1'), await permit('8.8.8.2')], [403, 403]);
});

test('a call goes on when the time of day is set, and a credential counts by the new one', async t => {
  const server = await createTurnServer({ port: 0, listen: ['127.0.0.1'], secrets });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);
  const open = () => openUdpTurnClient(listening, 'test');
  const [one, other] = [await open(), await open()];
  t.after(() => Promise.all([one.close(), other.close()]));
  await one.bind(0x4000, other.relayed);
  await other.bind(0x4000, one.relayed);
  const { now } = Date;
  for (const hours of [1, -1]) {
    t.mock.method(Date, 'now', () => now() + hours * 3_600_000);
    one.channelData(0x4000, Buffer.from(`${hours} h`));
    assert.equal((await other.hear()).toString(), `${hours} h`);
    assert.equal(await one.code(method.refresh), 0);
    await (await open()).close();
  }
});
