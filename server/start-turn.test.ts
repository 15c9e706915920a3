import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startServer } from './start.ts';
import { startTurn } from './start-turn.ts';
import { makeCertificate } from '../test/support/certificate.ts';
import { configOf } from './testing/rig.ts';

const local = {
  ...{ HOST: '127.0.0.1', PORT: '0', TURN_PORT: '0', TURN_LISTEN: '127.0.0.1', TURN_SECRET: 's' },
  METRICS_LISTEN: '127.0.0.1:0',
};

const openHandles = (): string[] =>
  process.getActiveResourcesInfo().filter(name => /TCP|UDP|Timeout/.test(name) && name !== 'TCPSocketWrap');

describe('the relay alone', () => {
  it('starts, finds itself well, tells its metrics and leaves no handle', async () => {
    const { relay, metrics, checkRelay, close } = await startTurn(configOf(local));
    const findings = await checkRelay();
    assert.deepEqual([findings.length, findings.every(({ ok }) => ok)], [2, true]);
    assert.ok(metrics);
    const response = await fetch(metrics.url, { headers: { connection: 'close' } });
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    assert.match(text, /^turn_allocations\{transport="tcp"\} 0$/m);
    assert.match(text, /^turn_relayed_datagrams_total\{direction="client_to_client"\} 2$/m);
    assert.match(text, /^turn_relayed_bytes_total\{direction="client_to_client"\} 10$/m);
    // Four clients are asked for their name; whoever is late is asked again.
    assert.ok(Number(/^turn_refusals_total\{code="401"\} (\d+)$/m.exec(text)?.[1]) >= 4);
    assert.match(text, /^turn_drops_total\{reason="slow-reader"\} 0$/m);
    assert.match(text, /^turn_drops_total\{reason="slow-network"\} 0$/m);
    // No user name and no address, of anybody.
    assert.doesNotMatch(text, /self-check|127\.0\.0\.1/);
    const elsewhere = await fetch(new URL('/', metrics.url), { headers: { connection: 'close' } });
    assert.equal(elsewhere.status, 404);
    assert.equal(relay.counts().allocations, 0);
    await close();
    while (openHandles().length > 0) await setImmediate();
  });

  it('needs a secret, and something to run, and says so in a sentence', async () => {
    await assert.rejects(
      startTurn(configOf({ ...local, TURN_SECRET: '' })),
      /^StartError: TURN_SECRET is missing: .+\.$/,
    );
    await assert.rejects(startTurn(configOf({ ...local, TURN_PORT: 'off' })), /^StartError: TURN_PORT is off, .+\.$/);
  });

  it('says in a sentence which port is in use, and keeps nothing open', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'video-call-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [TLS_KEY, TLS_CERT] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const { cert, key } = makeCertificate();
    writeFileSync(TLS_CERT, cert);
    writeFileSync(TLS_KEY, key);
    const first = await startTurn(configOf({ ...local, TLS_CERT, TLS_KEY, TURN_TLS_PORT: '0' }));
    const portOf = (transport: string) =>
      String(first.relay.addresses.find(each => each.transport === transport)?.port);
    const metricsPort = new URL(first.metrics?.url ?? '').host;
    const taken = { TLS_CERT, TLS_KEY, TURN_TLS_PORT: portOf('tls') };
    await assert.rejects(startTurn(configOf({ ...local, ...taken })), /in use.*set TURN_TLS_PORT/);
    await assert.rejects(startTurn(configOf({ ...local, TURN_PORT: portOf('tcp') })), /in use.*set TURN_PORT/);
    await assert.rejects(startTurn(configOf({ ...local, METRICS_LISTEN: metricsPort })), /in use.*set METRICS_LISTEN/);
    await first.close();
    while (openHandles().length > 0) await setImmediate();
  });

  it('ends at once when it drains and holds nothing, or when the limit of DRAIN is over', async t => {
    const turn = await startTurn(configOf({ ...local, DRAIN: '0' }));
    t.after(turn.close);
    await turn.drain();
  });
});

describe('the whole server', () => {
  it('obeys METRICS_LISTEN too', async () => {
    const { metrics, close } = await startServer(configOf(local));
    const response = await fetch(metrics?.url ?? '', { headers: { connection: 'close' } });
    assert.match(await response.text(), /^turn_connections\{transport="tls"\} 0$/m);
    await close();
  });
});
