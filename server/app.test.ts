import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { buildApp } from './app.ts';
import type { AppDependencies } from './app.ts';
import { serverLimits } from './limits.ts';
import { ask, codeOf, configOf, join, startRig } from './testing/rig.ts';

/** A built widget and a demo, as far as a server can tell. */
function makeFolders(t: TestContext) {
  const root = mkdtempSync(joinPath(tmpdir(), 'video-call-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folders = { widget: joinPath(root, 'widget'), demo: joinPath(root, 'demo') };
  mkdirSync(joinPath(folders.widget, 'chunks'), { recursive: true });
  mkdirSync(folders.demo);
  writeFileSync(joinPath(folders.widget, 'video-call.js'), 'import "./chunks/a-1.js"');
  writeFileSync(joinPath(folders.widget, 'chunks', 'a-1.js'), '1');
  writeFileSync(joinPath(folders.widget, 'chunks', 'a-1.js.br'), 'brotli');
  writeFileSync(joinPath(folders.widget, '.secret'), '');
  writeFileSync(joinPath(folders.demo, 'index.html'), '<!doctype html>');
  writeFileSync(joinPath(root, 'outside.txt'), 'outside');
  return folders;
}

async function makeApp(t: TestContext, environment: Record<string, string> = {}, more: AppDependencies = {}) {
  const app = await buildApp(configOf(environment), { folders: makeFolders(t), ...more });
  t.after(() => app.close());
  return app;
}

describe('the element', () => {
  it('may be loaded by every site and is asked for anew each time', async t => {
    const app = await makeApp(t, { ALLOWED_ORIGINS: 'https://a.example' });
    const { statusCode, headers } = await app.inject('/video-call.js');
    assert.equal(statusCode, 200);
    assert.match(String(headers['content-type']), /javascript/);
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    const again = await app.inject({ url: '/video-call.js', headers: { 'if-none-match': headers.etag ?? '' } });
    assert.equal(again.statusCode, 304);
  });

  it('has chunks that are kept for ever, compressed where the build did so', async t => {
    const app = await makeApp(t);
    const plain = await app.inject('/chunks/a-1.js');
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.body, '1');
    const small = await app.inject({ url: '/chunks/a-1.js', headers: { 'accept-encoding': 'br' } });
    assert.deepEqual([small.headers['content-encoding'], small.body], ['br', 'brotli']);
    assert.match(String(small.headers['content-type']), /javascript/);
  });
});

describe('the demo', () => {
  it('lives under a strict policy', async t => {
    const app = await makeApp(t);
    const { headers, statusCode } = await app.inject({ url: '/', headers: { host: 'calls.example:3000' } });
    assert.equal(statusCode, 200);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.match(policy, /connect-src 'self' ws:\/\/calls\.example:3000 wss:\/\/calls\.example:3000;/);
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types lit-html 'allow-duplicates'$/);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['referrer-policy'], 'no-referrer');
  });

  it('is found at / also where compressed files are looked for first', async t => {
    const app = await makeApp(t);
    const { statusCode, headers } = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(statusCode, 200);
    assert.match(String(headers['content-type']), /text\/html/);
  });

  it('keeps a hostile Host out of its policy', async t => {
    const app = await makeApp(t);
    const { headers } = await app.inject({ url: '/', headers: { host: "a; script-src 'unsafe-inline'" } });
    assert.match(String(headers['content-security-policy']), /connect-src 'self';/);
  });
});

describe('other paths', () => {
  for (const url of ['/nothing', '/.secret', '/..%2foutside.txt', '/%2e%2e/outside.txt', '/chunks/../../outside.txt']) {
    it(`${url} is not found or forbidden`, async t => {
      const { statusCode, body } = await (await makeApp(t)).inject(url);
      assert.ok([403, 404].includes(statusCode), `${statusCode}`);
      assert.doesNotMatch(body, /^outside/);
    });
  }

  it('tell that the server lives and is ready', async t => {
    const app = await makeApp(t);
    assert.deepEqual((await app.inject('/healthz')).json(), { ok: true });
    assert.deepEqual((await app.inject('/readyz')).json(), { ok: true });
  });
});

describe('the reason of a refused handshake', () => {
  it('can be read by the page of a refused origin', async t => {
    const app = await makeApp(t, { ALLOWED_ORIGINS: 'https://a.example' });
    const answer = await app.inject({ url: '/handshake', headers: { origin: 'https://b.example', host: 'c.example' } });
    assert.deepEqual(answer.json(), { ok: false, error: { code: 'origin-not-allowed' } });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    const allowed = await app.inject({ url: '/handshake', headers: { origin: 'https://a.example' } });
    assert.deepEqual(allowed.json(), { ok: true, protocol: 1, iceServers: [] });
  });

  it('is the same that closed the socket', async t => {
    const limits = { ...serverLimits, handshakes: { burst: 1, perSec: 0 } };
    const rig = await startRig(t, {}, { limits });
    await rig.connect();
    await assert.rejects(rig.connect());
    assert.deepEqual(await (await fetch(`${rig.url}/handshake`)).json(), {
      ok: false,
      error: { code: 'rate-limited' },
    });
  });
});

describe('a connection', () => {
  it('is opened from listed origins and our own alone', async t => {
    const rig = await startRig(t, { ALLOWED_ORIGINS: 'https://a.example' });
    await rig.connect({ origin: 'https://a.example' });
    await rig.connect({ origin: rig.url });
    for (const origin of ['https://b.example', 'null', undefined]) {
      await assert.rejects(rig.connect(origin === undefined ? {} : { origin }), `${origin}`);
    }
  });

  for (const protocol of [0, 2, '1', null, undefined]) {
    it(`of protocol version ${protocol} is refused with a code`, async t => {
      const rig = await startRig(t);
      const client = rig.open(protocol === undefined ? { protocol: NaN } : { protocol });
      const error = await new Promise<Error & { data?: unknown }>(resolve => client.once('connect_error', resolve));
      assert.deepEqual(error.data, { code: 'version-unsupported' });
    });
  }

  it('works below a path, stripped by a proxy or not', async t => {
    const rig = await startRig(t, { PUBLIC_URL: 'https://calls.example/sub' });
    await join(await rig.connect());
    await join(await rig.connect({ path: '/sub/socket.io' }));
    await join(await rig.connect({ path: '/socket.io/anything-4' }));
    assert.deepEqual(await (await fetch(`${rig.url}/sub/healthz`)).json(), { ok: true });
    const slashless = await fetch(`${rig.url}/sub`, { redirect: 'manual' });
    assert.deepEqual([slashless.status, slashless.headers.get('location')], [308, '/sub/']);
  });

  it('that asks too often is refused, then shown out', async t => {
    const rig = await startRig(t);
    const client = await rig.connect();
    await join(client);
    const gone = new Promise(resolve => client.once('disconnect', resolve));
    const codes = new Set<string>();
    for (let count = 0; count < 5; count++) codes.add(codeOf(await ask(client, 'ice-servers', {})));
    assert.deepEqual([...codes], ['ok']);
    assert.equal(codeOf(await ask(client, 'ice-servers', {})), 'rate-limited');
    for (let count = 0; count < 50; count++) client.emit('ice-servers', {}, () => undefined);
    await gone;
  });
});
