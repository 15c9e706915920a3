import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { makeCertificate } from '../testing/certificate.ts';
import { openStream, openStreamTurnClient } from '../testing/stream-turn-client.ts';
import { spyOnThreads } from '../testing/threads.ts';
import { openUdpTurnClient } from '../testing/udp-turn-client.ts';
import type { TurnClient } from '../testing/turn-client.ts';
import type { ListeningAddress, TurnServerOptions } from '../options.ts';
import type { TransportAddress } from '../wire/address.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { createTurnWorkers } from './workers.ts';

const secret = 'test';
/** One of its own where there are several: on 127.0.0.1 any client of another test may take a port that was given up. */
const loopback = process.platform === 'linux' ? '127.0.0.3' : '127.0.0.1';
const options = {
  port: 0,
  listen: [loopback],
  secrets: [secret],
  relayPorts: { min: 51_000, max: 51_099 },
} as const satisfies TurnServerOptions;

const start = async (t: TestContext, change: Partial<TurnServerOptions> = {}) => {
  const made = spyOnThreads(t);
  const relay = await createTurnWorkers({ ...options, ...change }, 2);
  t.after(() => relay.close());
  const [first, second] = relay.addressesByWorker.map(([address]) => address);
  assert.ok(first && second);
  return { relay, first, second, made };
};

/** Two clients of one worker with a channel to each other. */
const openPair = async (t: TestContext, at: ListeningAddress): Promise<[TurnClient, TurnClient]> => {
  const [one, other] = [await openUdpTurnClient(at, secret), await openUdpTurnClient(at, secret)];
  t.after(() => Promise.all([one.close(), other.close()]));
  await one.bind(0x4000, other.relayed);
  await other.bind(0x4000, one.relayed);
  return [one, other];
};

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await setTimeout(10);
};

/** The word to a thread may be slower than a datagram, which then is granted what it asks for. */
const untilRefused = (at: TransportAddress, why: RegExp): Promise<void> =>
  until(async () => {
    const late = await openUdpTurnClient(at, secret).catch((error: unknown) => assert.match(String(error), why));
    await late?.code(method.refresh, [write(attributes.lifetime, 0)]);
    await late?.close();
    return !late;
  });

test('each worker relays on a port of its own and takes relayed ports that no other takes', async t => {
  const { relay, first, second } = await start(t);
  assert.notEqual(first.port, second.port);
  assert.deepEqual(relay.addresses, relay.addressesByWorker.flat());
  assert.deepEqual(
    relay.addresses.map(({ port, transport }) => [port, transport]),
    [first, second].flatMap(({ port }) => ['udp', 'tcp'].map(transport => [port, transport])),
  );
  for (const [at, min, max] of [
    [first, 51_000, 51_049],
    [second, 51_050, 51_099],
  ] as const) {
    const [one, other] = await openPair(t, at);
    for (const { relayed } of [one, other]) assert.ok(relayed.port >= min && relayed.port <= max, String(relayed.port));
    one.channelData(0x4000, Buffer.from('media'));
    assert.equal((await other.hear()).toString(), 'media');
  }
  await until(() => relay.counts().allocations === 4 && relay.counters().relayed.hairpin.datagrams === 2);
});

test('S7: neither the listener of another worker nor what is relayed there is a peer', async t => {
  const { first, second } = await start(t);
  const [stranger] = await openPair(t, second);
  const client = await openUdpTurnClient(first, secret);
  t.after(() => client.close());
  for (const peer of [second, stranger.relayed]) {
    const toWrite = [write(attributes.channelNumber, 0x4000), write(attributes.xorPeerAddress, peer)];
    assert.equal(await client.code(method.channelBind, toWrite), 403);
  }
});

test('S7: where an own address was opened, the listener of another worker is closed all the same', async t => {
  spyOnThreads(t);
  // Two free ports in a row: those of a relay that is there no more.
  const before = await createTurnWorkers(options, 1);
  const port = before.addresses[0]?.port ?? 0;
  await before.close();
  const relay = await createTurnWorkers({ ...options, port, peerAllow: [loopback] }, 2);
  t.after(() => relay.close());
  const [first, second] = relay.addressesByWorker.map(([address]) => address);
  assert.ok(first && second);
  const client = await openUdpTurnClient(first, secret);
  t.after(() => client.close());
  const bind = (number: number, peer: TransportAddress) =>
    client.code(method.channelBind, [write(attributes.channelNumber, number), write(attributes.xorPeerAddress, peer)]);
  assert.equal(await bind(0x4000, second), 403);
  assert.equal(await bind(0x4001, { ...second, port: second.port + 1 }), 0);
});

test('a worker that is killed comes back on its port; the other loses nothing, and what was counted stays', async t => {
  const errors: string[] = [];
  const silent = () => undefined;
  const logger = { debug: silent, warn: silent, error: (_: object, text: string) => errors.push(text) };
  const { relay, first, second, made } = await start(t, { logger });
  const [one, other] = await openPair(t, second);
  const [lost, alsoLost] = await openPair(t, first);
  lost.channelData(0x4000, Buffer.from('before'));
  await alsoLost.hear();
  await until(() => relay.counters().relayed.hairpin.datagrams === 1 && relay.counts().allocations === 4);

  const [victim] = made;
  assert.ok(victim);
  const heard: string[] = [];
  const comeback = new AbortController();
  const beating = (async () => {
    for (let beat = 0; !comeback.signal.aborted; beat++) {
      one.channelData(0x4000, Buffer.from(String(beat)));
      heard.push((await other.hear()).toString());
    }
  })();
  await victim.terminate();
  await until(() => made.length === 3);
  await made[2]!.listens;
  comeback.abort();
  await beating;
  assert.deepEqual(
    heard,
    heard.map((_, beat) => String(beat)),
  );

  // The same address as before, and it grants allocations.
  const [again] = await openPair(t, first);
  assert.ok(again.relayed.port < 51_050);
  assert.equal(again.relayed.address, first.address);
  assert.deepEqual(errors, ['turn: a worker ended and is started anew']);
  await until(() => relay.counts().allocations === 4 && relay.counters().relayed.hairpin.datagrams > heard.length);
});

test('whoever is revoked is so at every worker, also at one that died and came back', async t => {
  const { relay, first, second, made } = await start(t);
  const client = await openUdpTurnClient(second, secret);
  t.after(() => client.close());
  relay.revoke('ada', 600);
  let code = 0;
  while (code === 0) code = await client.code(method.refresh);
  assert.equal(code, 437);
  for (const at of [first, second]) await untilRefused(at, /Allocate: 401/);
  await made[0]?.terminate();
  await until(() => made.length === 3);
  await made[2]!.listens;
  await untilRefused(first, /Allocate: 401/);
});

test('a certificate reaches every worker, also one that died and came back on its port of TLS', async t => {
  const [old, renewed] = [makeCertificate('old.test'), makeCertificate('renewed.test')];
  const { relay, made } = await start(t, { tls: { port: 0, certificate: old } });
  const secure = relay.addresses.filter(({ transport }) => transport === 'tls');
  assert.equal(new Set(secure.map(({ port }) => port)).size, 2);
  const namesOf = async (): Promise<string> => {
    const sockets = await Promise.all(secure.map(listener => openStream(listener)));
    const names = sockets.map(socket => socket instanceof TLSSocket && socket.getPeerCertificate().subject.CN);
    for (const socket of sockets) socket.destroy();
    return names.join();
  };
  assert.equal(await namesOf(), 'old.test,old.test');
  relay.setCertificate(renewed);
  while ((await namesOf()) !== 'renewed.test,renewed.test') await setTimeout(10);
  await made[1]?.terminate();
  await until(() => made.length === 3);
  await made[2]!.listens;
  assert.equal(await namesOf(), 'renewed.test,renewed.test');
  const client = await openStreamTurnClient(secure[1]!, secret);
  t.after(() => client.close());
  assert.ok(client.relayed.port >= 51_050);
});

test('a worker that dies again and again is started later and later', async t => {
  const delays: unknown[] = [];
  const silent = () => undefined;
  const error = (fields: object) => delays.push('delayMs' in fields && fields.delayMs);
  const { made } = await start(t, { logger: { debug: silent, warn: silent, error } });
  for (let death = 1; death <= 3; death++) {
    const victim = made.at(death === 1 ? 0 : -1);
    assert.ok(victim);
    await victim.terminate();
    await until(() => made.length === 2 + death);
    await made.at(-1)!.listens;
  }
  assert.deepEqual(delays, [100, 200, 400]);
});

test('D9: close() ends every thread, also one that waits to be started anew, and may be called twice', async t => {
  const { relay, made } = await start(t);
  const exits = made.map(thread => once(thread, 'exit'));
  await made[0]?.terminate();
  await Promise.all([relay.close(), relay.close()]);
  await relay.close();
  await Promise.all(exits);
  await setTimeout(300);
  assert.equal(made.length, 2);
  assert.deepEqual(
    process.getActiveResourcesInfo().filter(name => /Worker|MessagePort|UDP/.test(name)),
    [],
  );
});

test('a drain reaches every worker: nothing new is allocated, and it ends with the last allocation', async t => {
  const { relay, first, second } = await start(t);
  const client = await openUdpTurnClient(second, secret);
  t.after(() => client.close());
  let isDrained = false;
  const drained = relay.drain().then(() => (isDrained = true));
  for (const at of [first, second]) await untilRefused(at, /508/);
  assert.equal(isDrained, false);
  assert.equal(await client.code(method.refresh, [write(attributes.lifetime, 0)]), 0);
  await drained;
  assert.throws(() => relay.setCertificate({ cert: '', key: '' }), TypeError);
});

test('the ports are free again after close()', async t => {
  spyOnThreads(t);
  const first = await createTurnWorkers(options, 2);
  const port = first.addresses[0]?.port ?? 0;
  await first.close();
  const second = await createTurnWorkers({ ...options, port }, 1);
  await second.close();
});

test('a port in use is refused with its code and port, and no worker is left', async t => {
  const { first, made } = await start(t);
  const [busy] = await Promise.allSettled([createTurnWorkers({ ...options, port: first.port - 1 }, 2)]);
  assert.equal(busy.status, 'rejected');
  const { code, port, message } = busy.reason as NodeJS.ErrnoException & { port: number };
  assert.equal(code, 'EADDRINUSE');
  // Another program may have the port before it.
  assert.ok([first.port - 1, first.port].includes(port), `${port}`);
  assert.match(message, /EADDRINUSE/);
  await until(() => made.slice(2).every(thread => thread.threadId === -1));
  assert.equal(made.length, 4);
});

test('options that no relay can run on are refused before a thread is started', async t => {
  const made = spyOnThreads(t);
  await assert.rejects(createTurnWorkers({ ...options, secrets: [] }, 2), RangeError);
  await assert.rejects(createTurnWorkers(options, 0), RangeError);
  assert.equal(made.length, 0);
});
