import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { StartError } from './start-error.ts';
import { spyOnThreads } from '../turn/testing/threads.ts';
import { relayPortsOf } from './relay.ts';
import { startServer } from './start.ts';
import { configOf } from './testing/rig.ts';

const local = { HOST: '127.0.0.1', PORT: '0', TURN_PORT: '0', TURN_LISTEN: '127.0.0.1' };
const openHandles = (): string =>
  process
    .getActiveResourcesInfo()
    .filter(name => /TCP|UDP|Timeout/.test(name))
    .sort()
    .join();

/** A closed handle is listed until its turn of the event loop ends; one that stays makes the test time out. */
async function untilNothingIsOpen(): Promise<void> {
  while (openHandles() !== '') await setImmediate();
}

describe('the whole server', () => {
  it('starts relay and signalling, and leaves no handle when it ends', async () => {
    const { app, relay, close } = await startServer(configOf(local));
    const { port } = app.server.address() as AddressInfo;
    assert.ok(port > 0);
    assert.ok((relay?.addresses[0]?.port ?? 0) > 0);
    const socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: PROTOCOL_VERSION },
    });
    await new Promise<void>(resolve => socket.once('connect', resolve));
    const closed = new Promise(resolve => socket.once('disconnect', resolve));
    await close();
    await closed;
    await untilNothingIsOpen();
  });

  it('logs what the relay says while it starts, though the log comes after it', async t => {
    const interfaces = os.networkInterfaces();
    const [example] = interfaces.lo ?? Object.values(interfaces).flatMap(each => each ?? []);
    assert.ok(example);
    // RFC 5737: an address that was listed and is gone.
    const listed = { lo: [example], gone: [{ ...example, address: '192.0.2.1', family: 'IPv4' as const }] };
    t.mock.method(os, 'networkInterfaces', () => listed);
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const lines: string[] = [];
    const config = configOf({ ...local, TURN_LISTEN: '', LOG_LEVEL: 'warn' });
    const { close } = await startServer(config, { logStream: { write: line => lines.push(line) } });
    await close();
    const said = lines.map(line => JSON.parse(line) as { msg: string; address?: string });
    const missing = said.filter(({ msg }) => msg.startsWith('turn: not listening on this address'));
    assert.deepEqual(
      missing.map(({ address }) => address),
      ['192.0.2.1'],
      lines.join(''),
    );
  });

  it('starts as many workers as TURN_WORKERS says, each on a port of its own, and ends them too', async t => {
    spyOnThreads(t);
    const { relay, close } = await startServer(configOf({ ...local, TURN_WORKERS: '2' }));
    const ports = relayPortsOf(relay).map(({ port }) => port);
    assert.equal(new Set(ports).size, 2);
    assert.ok(ports.every(port => port > 0));
    await close();
    await untilNothingIsOpen();
  });

  it('runs without a relay', async () => {
    const { relay, close } = await startServer(configOf({ ...local, TURN_PORT: 'off' }));
    assert.equal(relay, undefined);
    await close();
  });

  it('says in a sentence that a port is in use, and keeps nothing open', async t => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    await assert.rejects(startServer(configOf({ ...local, PORT: String(port) })), (error: Error) => {
      assert.ok(error instanceof StartError);
      assert.equal(error.message, `Port ${port} is in use, so HTTP cannot start: set PORT to another one.`);
      return true;
    });
    other.close();
    await untilNothingIsOpen();
  });

  it('says in a sentence that the port of the relay is in use, and in another that its own is too', async () => {
    const first = await startServer(configOf(local));
    const relayPort = first.relay?.addresses[0]?.port;
    const { port } = first.app.server.address() as AddressInfo;
    const relay = `Port ${relayPort} is in use, so the relay cannot start: set TURN_PORT to another one.`;
    const http = `Port ${port} is in use, so HTTP cannot start: set PORT to another one.`;
    await assert.rejects(startServer(configOf({ ...local, TURN_PORT: String(relayPort) })), {
      name: 'StartError',
      message: relay,
    });
    await assert.rejects(startServer(configOf({ ...local, PORT: String(port), TURN_PORT: String(relayPort) })), {
      name: 'StartError',
      message: `${relay}\n${http}`,
    });
    await first.close();
    await untilNothingIsOpen();
  });

  for (const workers of ['1', '2']) {
    it(`says in a sentence that TURN_RELAY_IP is not an address of this machine, with ${workers} of workers`, async t => {
      spyOnThreads(t);
      // RFC 5737, RFC 3849: nobody's.
      for (const address of ['192.0.2.9', '2001:db8::9']) {
        const config = configOf({ ...local, TURN_RELAY_IP: address, TURN_WORKERS: workers });
        const started = startServer(config).then(({ close }) => close());
        await assert.rejects(started, {
          name: 'StartError',
          message: `TURN_RELAY_IP: ${address} is not an address of this machine; the one that a NAT has for it goes into TURN_EXTERNAL_IP.`,
        });
      }
      await untilNothingIsOpen();
    });
  }

  it('says in a sentence that a certificate cannot be read', async () => {
    const config = configOf({ ...local, TLS_CERT: '/nowhere/cert.pem', TLS_KEY: '/nowhere/key.pem' });
    await assert.rejects(startServer(config), /TLS_CERT: \/nowhere\/cert\.pem cannot be read \(ENOENT\)\./);
  });

  it('says in a sentence that a certificate is none', async () => {
    const config = configOf({ ...local, TLS_CERT: import.meta.filename, TLS_KEY: import.meta.filename });
    await assert.rejects(startServer(config), /^StartError: TLS_CERT, TLS_KEY: these are not a certificate .*\.$/);
  });

  it('speaks HTTPS with a certificate', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'video-call-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [TLS_KEY, TLS_CERT] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt'];
    const files = ['ec_paramgen_curve:prime256v1', '-keyout', TLS_KEY, '-out', TLS_CERT];
    execFileSync('openssl', ['req', '-x509', ...subject, ...files], { stdio: 'ignore' });
    const { app, close } = await startServer(configOf({ ...local, TLS_CERT, TLS_KEY, TURN_TLS_PORT: '0' }));
    t.after(close);
    const { port } = app.server.address() as AddressInfo;
    const status = await new Promise(resolve =>
      get(`https://127.0.0.1:${port}/healthz`, { rejectUnauthorized: false, agent: false }, response => {
        response.resume();
        resolve(response.statusCode);
      }),
    );
    assert.equal(status, 200);
  });
});
