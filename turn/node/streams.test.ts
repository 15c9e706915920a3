import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { makeCertificate } from '../testing/certificate.ts';
import { stopClock } from '../testing/clock.ts';
import { openEchoPeer } from '../testing/echo-peer.ts';
import { request } from '../testing/packets.ts';
import { assertGrowsLess, countTcpSockets, countUdpSockets, usedBytes } from '../testing/process.ts';
import { seededRandom } from '../testing/random.ts';
import type { RandomInt } from '../testing/random.ts';
import { openStream, openStreamTurnClient } from '../testing/stream-turn-client.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeChannelHeader } from '../wire/channel-data.ts';
import { write } from '../wire/encode.ts';
import { decodeMessage } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { framed } from '../wire/stream-frames.ts';
import { streamLimits } from './stream-limits.ts';
import type { ListeningAddress } from '../options.ts';
import { createTurnServer } from './turn-server.ts';

const secret = 'stream test';
const certificate = makeCertificate();
const transports = ['tcp', 'tls'] as const;
type Transport = (typeof transports)[number];

const startServer = async (t: TestContext, transport: Transport, address = '127.0.0.1', more = {}) => {
  const logged: string[] = [];
  const log = (level: string) => (_fields: object, text: string) => logged.push(`${level} ${text}`);
  const server = await createTurnServer({
    port: 0,
    tls: { port: 0, certificate },
    listen: [address],
    secrets: [secret],
    peerAllow: [address],
    logger: { debug: () => undefined, warn: log('warn'), error: log('error') },
    ...more,
  });
  t.after(() => server.close());
  const listening = server.addresses.find(each => each.transport === transport);
  assert.ok(listening);
  // What an outsider sends is not worth a line above debug.
  t.after(() => assert.deepEqual(logged, []));
  return { server, listening };
};

/** A relay, a peer and a client with channel 0x4000 to it. */
const startCall = async (t: TestContext, transport: Transport, address = '127.0.0.1') => {
  const { server, listening } = await startServer(t, transport, address);
  const peer = await openEchoPeer(address);
  t.after(() => peer.close());
  const client = await openStreamTurnClient(listening, secret);
  t.after(() => client.close());
  await client.bind(0x4000, peer.address);
  return { server, listening, peer, client };
};

/** A TCP connection to whatever listens there. */
const openPlain = (listening: ListeningAddress): Promise<Socket> => openStream({ ...listening, transport: 'tcp' });

/** Connects, sends a few bytes that are neither STUN nor TLS, and goes. */
const visit = async (listening: ListeningAddress, random: RandomInt): Promise<void> => {
  const socket = await openPlain(listening);
  socket.end(Buffer.from(Array.from({ length: 1 + random(30) }, (_, at) => (at === 0 ? 0x80 : 0) + random(128))));
  await closed(socket);
};

const alpnOf = (socket: Socket) => socket instanceof TLSSocket && socket.alpnProtocol;
const fingerprintOf = (socket: Socket) =>
  socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;

const closed = async (socket: Socket): Promise<void> => {
  socket.resume();
  // Cut off is closed, too.
  if (!socket.closed) await new Promise(resolve => socket.once('error', () => undefined).once('close', resolve));
};

/** Until what the test waits for has happened; the runner's own limit ends a test for which it never does. */
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await setImmediate();
};

for (const transport of transports) {
  for (const address of ['127.0.0.1', '::1']) {
    test(`B1, H1 over ${transport} on ${address}: the client learns its address, data goes both ways`, async t => {
      const { client, peer, listening } = await startCall(t, transport, address);
      assert.equal(client.relayed.address, address);
      for (const length of [0, 1, 2, 3, 4, 5, 1200, 60_000]) {
        client.channelData(0x4000, Buffer.alloc(length, length));
        assert.deepEqual(await client.hear(), Buffer.alloc(length, length));
      }
      const second = await openEchoPeer(address);
      t.after(() => second.close());
      client.send(second.address, Buffer.from('by indication'));
      assert.equal((await client.hear()).toString(), 'by indication');
      peer.tell(Buffer.from('unasked'), client.relayed);
      assert.equal((await client.hear()).toString(), 'unasked');

      const socket = await openStream(listening);
      t.after(() => socket.destroy());
      socket.write(request(method.binding));
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      const family = address === '::1' ? 'IPv6' : 'IPv4';
      const mapped = read(decodeMessage(chunk)!, attributes.xorMappedAddress);
      assert.deepEqual(mapped, { address, port: socket.localPort, family });
    });
  }

  test(`T1 over ${transport}: byte by byte and many at once, each message is heard`, async t => {
    const { client } = await startCall(t, transport);
    const texts = ['a', 'bc', 'def', ''];
    const stream = Buffer.concat(
      texts.map(text => framed([encodeChannelHeader(0x4000, text.length), Buffer.from(text)])),
    );
    for (const byte of stream) client.socket.write(Buffer.of(byte));
    client.socket.write(stream);
    for (const text of [...texts, ...texts]) assert.equal((await client.hear()).toString(), text);
  });

  test(`T2, T8, CVE-2020-6061 over ${transport}: garbage, HTTP and ChannelData of a stranger close the connection`, async t => {
    const { listening } = await startServer(t, transport);
    const before = await countTcpSockets();
    for (const bytes of ['\x80', '\xff'.repeat(100), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x40\x00\x00\x00']) {
      const socket = await openStream(listening);
      socket.write(Buffer.from(bytes, 'latin1'));
      await closed(socket);
    }
    await until(async () => (await countTcpSockets()) === before);
  });

  test(`T3 over ${transport}: half a header, nothing at all and no allocation end with time, an allocation does not`, async t => {
    const clock = stopClock(t);
    const { client, listening } = await startCall(t, transport);
    const [half, silent, stranger] = await Promise.all([1, 2, 3].map(() => openStream(listening)));
    half!.write(request(method.binding).subarray(0, 10));
    stranger!.write(request(method.binding));
    await once(stranger!, 'data');
    clock.tick(streamLimits.firstMessageMs - 1000);
    client.channelData(0x4000, Buffer.from('first'));
    assert.equal((await client.hear()).toString(), 'first');
    assert.deepEqual([half!.closed, silent!.closed, stranger!.closed], [false, false, false]);
    clock.tick(2000);
    await Promise.all([closed(half!), closed(silent!)]);
    assert.equal(stranger!.closed, false);
    clock.tick(streamLimits.withoutAllocationMs - streamLimits.firstMessageMs);
    await closed(stranger!);
    clock.tick(4 * streamLimits.withoutAllocationMs);
    client.channelData(0x4000, Buffer.from('still here'));
    assert.equal((await client.hear()).toString(), 'still here');
    // Once it is given up, it is a stranger again.
    assert.equal(await client.code(method.refresh, [write(attributes.lifetime, 0)]), 0);
    clock.tick(1000);
    clock.tick(streamLimits.withoutAllocationMs);
    await closed(client.socket);
  });

  test(`L12 over ${transport}: closing the connection frees the allocation and its socket at once`, async t => {
    const { client, server } = await startCall(t, transport);
    const before = await countUdpSockets();
    await client.close();
    await until(async () => (await countUdpSockets()) === before - 1);
    // Nothing is left to wait for.
    await server.drain();
  });

  test(`T4 over ${transport}: media that a client does not read is dropped, what waits stays bounded, then all is well`, async t => {
    const { server, client, peer, listening } = await startCall(t, transport);
    const second = await openStreamTurnClient(listening, secret);
    t.after(() => second.close());
    await second.bind(0x4000, peer.address);
    client.socket.pause();
    const payload = Buffer.alloc(1200, 0x55);
    const before = await usedBytes();
    let mostBytes = 0;
    for (let round = 0; round < 300; round++) {
      for (let one = 0; one < 100; one++) peer.tell(payload, client.relayed);
      // A turn for the relay, and proof that others are served meanwhile.
      second.channelData(0x4000, Buffer.from('ping'));
      await second.hear();
      if (round % 50 === 0) mostBytes = Math.max(mostBytes, (await usedBytes()) - before);
    }
    // 36 MB were sent. TLS holds what waits twice, once as ciphertext; the rest is the engine's own noise.
    const bound = 2 * streamLimits.mediaQueueMaxBytes + 2_000_000;
    assert.ok(mostBytes < bound, `grown by ${mostBytes} bytes`);

    assert.ok(server.transports().slowReaderDrops > 1000);
    client.socket.resume();
    let heard = 0;
    const heardAll = (async () => {
      while ((await client.hear()).toString() !== 'last') heard++;
    })();
    // Whatever was written is read in order; the answer to a request comes behind it all.
    assert.equal(await client.code(method.refresh), 0);
    peer.tell(Buffer.from('last'), client.relayed);
    await heardAll;
    assert.ok(heard > 0 && heard < 30_000, `${heard} were heard`);
  });

  test(`T4 over ${transport}: a client that asks and asks and reads no answer is cut off`, async t => {
    const { listening } = await startServer(t, transport);
    const socket = await openStream(listening);
    socket.pause();
    const bytes = Buffer.concat(Array.from({ length: 500 }, () => request(method.binding)));
    for (let sent = 0; !socket.closed; sent += bytes.length) {
      assert.ok(sent < 500_000_000, 'it is never cut off');
      socket.write(bytes);
      await until(() => socket.closed || socket.writableLength < 1_000_000);
    }
  });

  test(`T7 over ${transport}: a source with too many connections gets no more until one of them has shown a credential`, async t => {
    const clock = stopClock(t);
    const { server, listening } = await startServer(t, transport);
    const client = await openStreamTurnClient(listening, secret);
    t.after(() => client.close());
    const sockets = await Promise.all(
      Array.from({ length: streamLimits.strangersPerSource - 1 }, () => openStream(listening)),
    );
    t.after(() => sockets.forEach(socket => socket.destroy()));
    const refusedSocket = await openPlain(listening);
    await closed(refusedSocket);
    const { allocations, connections, refusedConnections } = server.transports();
    assert.equal(allocations[transport], 1);
    assert.equal(connections[transport], streamLimits.strangersPerSource);
    assert.equal(refusedConnections, 1);
    clock.tick(1000);
    const welcome = await openStream(listening);
    t.after(() => welcome.destroy());
    welcome.write(request(method.binding));
    await once(welcome, 'data');
  });

  test(`D1 over ${transport}: 10,000 connections with garbage leave handles and heap as they were, and a call goes on`, async t => {
    const { client, listening } = await startCall(t, transport);
    const random = seededRandom(10_000);
    const flood = async (count: number) => {
      for (let done = 0; done < count; done += 50) {
        await Promise.all(Array.from({ length: 50 }, () => visit(listening, random)));
        client.channelData(0x4000, Buffer.from(`${done}`));
        assert.equal((await client.hear()).toString(), `${done}`);
      }
    };
    await flood(500);
    const handles = await countTcpSockets();
    await assertGrowsLess(2_000_000, async () => {
      await flood(10_000);
      await until(async () => (await countTcpSockets()) === handles);
    });
  });

  test(`D9 over ${transport}: close() ends listeners, calls and strangers alike, and leaves no handle`, async t => {
    const { server, client, listening } = await startCall(t, transport);
    const stranger = await openStream(listening);
    await Promise.all([server.close(), server.close()]);
    await Promise.all([closed(client.socket), closed(stranger)]);
    await until(async () => (await countTcpSockets()) === 0);
  });
}

test('T3: that the time of day is set ends no connection, and holds none open', async t => {
  const clock = stopClock(t);
  const { listening } = await startServer(t, 'tcp');
  const [first, second] = [await openStream(listening), await openStream(listening)];
  for (const socket of [first, second]) {
    socket.write(request(method.binding));
    await once(socket, 'data');
  }
  const { now } = Date;
  for (const hours of [1, -1]) {
    t.mock.method(Date, 'now', () => now() + hours * 3_600_000);
    clock.tick(streamLimits.withoutAllocationMs / 2 - 1000);
    first.write(request(method.binding));
    await Promise.race([once(first, 'data'), closed(first)]);
    assert.deepEqual([first.closed, second.closed], [false, false], `${hours} h later`);
  }
  clock.tick(2000);
  await Promise.all([closed(first), closed(second)]);
});

test('T5: a TLS handshake that was begun and not ended is closed with time, and costs no one else', async t => {
  const clock = stopClock(t);
  const { client, listening } = await startCall(t, 'tls');
  const [half, silent] = await Promise.all([openPlain(listening), openPlain(listening)]);
  // The head of a ClientHello that promises more.
  half.write(Buffer.from('160301020001', 'hex'));
  client.channelData(0x4000, Buffer.from('meanwhile'));
  assert.equal((await client.hear()).toString(), 'meanwhile');
  clock.tick(streamLimits.firstMessageMs + 1000);
  await Promise.all([closed(half), closed(silent)]);
});

test('T6, RFC 7443 §3: ALPN stun.turn is agreed on, none is fine, and other protocols only are refused', async t => {
  const { listening } = await startServer(t, 'tls');
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [offered, agreed] of [
      [undefined, false],
      [['stun.turn'], 'stun.turn'],
      [['h2', 'stun.turn'], 'stun.turn'],
    ] as const) {
      const options = { maxVersion, ...(offered && { ALPNProtocols: [...offered] }) };
      const client = await openStreamTurnClient(listening, secret, options);
      assert.equal(alpnOf(client.socket), agreed);
      await client.close();
    }
    await assert.rejects(openStream(listening, { maxVersion, ALPNProtocols: ['h2', 'http/1.1'] }), {
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    });
  }
});

test('RFC 9325 §3.1.1, §3.5: TLS 1.1 is refused, and so is a renegotiation', async t => {
  const { listening } = await startServer(t, 'tls');
  await assert.rejects(
    openStream(listening, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
  );
  const socket = await openStream(listening, { maxVersion: 'TLSv1.2' });
  assert.ok(socket instanceof TLSSocket);
  t.after(() => socket.destroy());
  const refused = new Promise<Error | null>(resolve => socket.renegotiate({ rejectUnauthorized: false }, resolve));
  assert.ok(await Promise.race([refused, once(socket, 'error').then(([error]) => error as Error)]));
});

test('a new certificate is seen by new connections, and drops nobody', async t => {
  const { server, client, listening } = await startCall(t, 'tls');
  const renewed = makeCertificate();
  server.setCertificate(renewed);
  const late = await openStream(listening);
  t.after(() => late.destroy());
  assert.equal(fingerprintOf(client.socket), new X509Certificate(certificate.cert).fingerprint256);
  assert.equal(fingerprintOf(late), new X509Certificate(renewed.cert).fingerprint256);
  client.channelData(0x4000, Buffer.from('as ever'));
  assert.equal((await client.hear()).toString(), 'as ever');

  // One that is no good changes nothing.
  assert.throws(() => server.setCertificate({ cert: renewed.cert, key: certificate.key }), /key values mismatch/);
  assert.throws(() => server.setCertificate({ cert: 'nonsense', key: renewed.key }));
  const later = await openStream(listening);
  t.after(() => later.destroy());
  assert.equal(fingerprintOf(later), new X509Certificate(renewed.cert).fingerprint256);
});

test('a certificate that is no good keeps the relay from starting, and a relay without TLS takes none', async t => {
  const before = await countTcpSockets();
  const options = { port: 0, listen: ['127.0.0.1'], secrets: [secret] };
  const wrong = { cert: certificate.cert, key: makeCertificate().key };
  await assert.rejects(createTurnServer({ ...options, tls: { port: 0, certificate: wrong } }), /key values mismatch/);
  assert.equal(await countTcpSockets(), before);
  const server = await createTurnServer(options);
  t.after(() => server.close());
  assert.throws(() => server.setCertificate(certificate), TypeError);
});

test('a TCP or TLS port in use is refused with its code and port, and nothing stays open', async t => {
  const { server } = await startServer(t, 'tcp');
  const [tcp, tls] = transports.map(transport => server.addresses.find(each => each.transport === transport)!.port);
  const [udpSockets, tcpSockets] = [await countUdpSockets(), await countTcpSockets()];
  const options = { listen: ['127.0.0.1'], secrets: [secret] };
  for (const [port, tlsPort, taken] of [
    [tls, 0, tls],
    [0, tcp, tcp],
  ] as [number, number, number][]) {
    await assert.rejects(createTurnServer({ ...options, port, tls: { port: tlsPort, certificate } }), {
      code: 'EADDRINUSE',
      port: taken,
    });
  }
  assert.deepEqual([await countUdpSockets(), await countTcpSockets()], [udpSockets, tcpSockets]);
});

test('drain() waits for the allocations that are, and grants no more', async t => {
  const clock = stopClock(t);
  const { server, client, listening } = await startCall(t, 'tcp');
  let isDrained = false;
  const drained = server.drain().then(() => (isDrained = true));
  await assert.rejects(openStreamTurnClient(listening, secret), /Allocate: 508/);
  client.channelData(0x4000, Buffer.from('still here'));
  assert.equal((await client.hear()).toString(), 'still here');
  clock.tick(1000);
  await setImmediate();
  assert.equal(isDrained, false);
  assert.equal(await client.code(method.refresh, [write(attributes.lifetime, 0)]), 0);
  clock.tick(1000);
  await drained;
});
