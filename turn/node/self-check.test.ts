import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TurnServerOptions } from '../options.ts';
import { makeCertificate } from '../testing/certificate.ts';
import { countTcpSockets, countUdpSockets } from '../testing/process.ts';
import { method } from '../wire/methods.ts';
import { checkRelay } from './self-check.ts';
import { createTurnServer } from './turn-server.ts';

const secret = 'self-check test';
const certificate = makeCertificate('turn.example', 30);
const now = Date.now();

const start = async (t: TestContext, options: Partial<TurnServerOptions> = {}) => {
  const server = await createTurnServer({
    port: 0,
    tls: { port: 0, certificate },
    listen: ['127.0.0.1', '::1'],
    secrets: [secret],
    ...options,
  });
  t.after(() => server.close());
  return server;
};

test('all is well: each listener is tried, and nothing is left of it', async t => {
  const server = await start(t, { userQuota: 2, totalQuota: 2, externalIp: ['192.0.2.1', '2001:db8::1'] });
  const before = [await countUdpSockets(), await countTcpSockets()];
  const findings = await checkRelay(server, { secret, certificate, hostName: 'turn.example', now });
  assert.deepEqual(
    findings,
    server.addresses.map(listener => ({ listener, ok: true })),
  );
  assert.equal(findings.length, 6);
  assert.equal(server.counts().allocations, 0);
  assert.ok(server.counters().relayed.hairpin.datagrams === 6);
  // Both ends of a connection are in this process, and the far one closes a turn later.
  while ((await countTcpSockets()) !== before[1]) await new Promise(resolve => setImmediate(resolve));
  assert.equal(await countUdpSockets(), before[0]);
});

const reasons = async (...args: Parameters<typeof checkRelay>): Promise<string[]> => [
  ...new Set((await checkRelay(...args)).map(({ reason = 'fine' }) => reason)),
];

test('a range that is used up, a quota that is too small and another secret are said in words', async t => {
  const [busy, none] = [createSocket('udp4'), createSocket('udp4')];
  t.after(() => [busy, none].forEach(socket => socket.close()));
  busy.bind(0, '127.0.0.1');
  await once(busy, 'listening');
  const { port } = busy.address();
  const [listen, tls] = [['127.0.0.1'], undefined];
  const exhausted = await start(t, { relayPorts: { min: port, max: port }, listen, tls });
  assert.match(
    (await reasons(exhausted, { secret, now })).join(),
    /^no relay socket can be opened: see TURN_RELAY_PORTS/,
  );
  const small = await start(t, { userQuota: 1, listen, tls });
  assert.match((await reasons(small, { secret, now })).join(), /TURN_USER_QUOTA/);
  const other = await start(t, { listen, tls });
  assert.deepEqual(await reasons(other, { secret: 'another', now }), [
    'it does not accept a credential of its own secret',
  ]);
});

test('a listener that is gone and one that is silent are said in words, in bounded time', async t => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  t.after(() => silent.close());
  const at = { address: '127.0.0.1', port, family: 'IPv4' } as const;
  const options = { secret, now, timeoutMs: 200 };
  assert.match(
    (await reasons({ addresses: [{ ...at, transport: 'tcp' }] }, options)).join(),
    /no answer within 0\.2 s/,
  );
  assert.match(
    (await reasons({ addresses: [{ ...at, transport: 'tls' }] }, options)).join(),
    /no answer within 0\.2 s/,
  );
  assert.match(
    (await reasons({ addresses: [{ ...at, transport: 'udp' }] }, options)).join(),
    /no answer within 0\.2 s/,
  );
  silent.close();
  assert.match(
    (await reasons({ addresses: [{ ...at, port: 1, transport: 'tcp' }] }, options)).join(),
    /cannot be reached: .*ECONNREFUSED/,
  );
});

test('nothing is left allocated either when the relay falls silent in the middle of it', async t => {
  const server = await start(t, { listen: ['127.0.0.1'] });
  const [listening] = server.addresses;
  assert.ok(listening);
  // Stands in between and lets no CreatePermission through; a socket towards the relay for each client.
  const front = createSocket('udp4').bind(0, '127.0.0.1');
  await once(front, 'listening');
  const backs = new Map<number, Socket>();
  t.after(() => [front, ...backs.values()].forEach(socket => socket.close()));
  front.on('message', (bytes, client) => {
    if (bytes.readUInt16BE(0) === method.createPermission) return;
    const back = backs.get(client.port) ?? createSocket('udp4');
    if (!backs.has(client.port)) back.on('message', answer => front.send(answer, client.port, client.address));
    backs.set(client.port, back);
    back.send(bytes, listening.port, listening.address);
  });
  const addresses = [{ ...listening, port: front.address().port }];
  assert.match((await reasons({ addresses }, { secret, now, timeoutMs: 200 })).join(), /no answer within 0\.2 s/);
  assert.deepEqual([server.counters().refusals[437], server.counts().allocations], [0, 0]);
});

test('a certificate that has expired, will soon, is not yet valid or is for another name is said in words', async t => {
  const server = await start(t, { listen: ['127.0.0.1'] });
  const addresses = server.addresses.filter(({ transport }) => transport === 'tls');
  const dayMs = 86_400_000;
  const check = async (at: number, hostName?: string) => {
    // Only the certificate is looked at with another clock: a credential of that time would be no good now.
    const options = { secret, certificate, hostName, now, certificateNow: at };
    return (await reasons({ addresses }, options)).join();
  };
  assert.equal(await check(now), 'fine');
  assert.match(await check(now + 31 * dayMs), /has expired on/);
  assert.match(await check(now + 25 * dayMs), /expires soon/);
  assert.match(await check(now - 2 * dayMs), /valid only from/);
  assert.match(await check(now, 'other.example'), /is not for other\.example/);
});
