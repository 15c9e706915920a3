import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { connect } from 'node:tls';
import { io } from 'socket.io-client';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { makeCertificate } from '../test/support/certificate.ts';
import type { Certificate } from './certificate.ts';
import { startServer } from './start.ts';
import { configOf } from './testing/rig.ts';

/** What a new connection is shown. */
const shownAt = (port: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });

it('HTTPS shows a new certificate to who comes, and whoever is there stays', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'video-call-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [TLS_KEY, TLS_CERT] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const write = ({ cert, key }: Certificate) => {
    writeFileSync(TLS_CERT, cert);
    writeFileSync(TLS_KEY, key);
  };
  const [first, second] = [makeCertificate(), makeCertificate()];
  write(first);
  let isRead = (): void => undefined;
  const read = new Promise<void>(resolve => (isRead = resolve));
  const logStream = { write: (line: string) => line.includes('the new certificate is in use') && isRead() };
  // The files are looked at by an interval; the relay's ticks too, and nothing else that is waited for here.
  t.mock.timers.enable({ apis: ['setInterval'] });
  const local = { HOST: '127.0.0.1', PORT: '0', TURN_PORT: 'off', TLS_CERT, TLS_KEY };
  const { app, close } = await startServer(configOf(local), { logStream });
  t.after(close);
  const { port } = app.server.address() as AddressInfo;
  assert.equal(await shownAt(port), first.cert);

  const socket = io(`https://127.0.0.1:${port}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    rejectUnauthorized: false,
    auth: { protocol: PROTOCOL_VERSION },
  });
  t.after(() => socket.close());
  await new Promise((resolve, reject) =>
    socket.once('connect', () => resolve(undefined)).once('connect_error', reject),
  );
  const { id } = socket;

  write(second);
  assert.equal(await shownAt(port), first.cert);
  t.mock.timers.tick(10_000);
  await read;
  assert.equal(await shownAt(port), second.cert);

  // Who was there is heard still, on the same connection.
  const answer = (await socket.timeout(10_000).emitWithAck('sync', { roomVersion: 0 })) as { ok: boolean };
  assert.equal(typeof answer.ok, 'boolean');
  assert.deepEqual([socket.connected, socket.id], [true, id]);
});
