import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { ask, codeOf, crowdLimits, join, noLimits, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const websocket = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const path = '/socket.io/?EIO=4&transport=websocket';

interface Knock {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
}

/** The answer to a request that asks for a WebSocket: its status, 101 included. */
async function knock({ url }: Rig, { headers = {}, ...more }: Knock = {}): Promise<IncomingMessage> {
  const asking = request(url, { path, headers: { ...websocket, ...headers }, ...more });
  asking.end();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once('response', resolve).once('error', reject);
    asking.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
  });
  answer.resume();
  return answer;
}

describe('a handshake', () => {
  const strange: Record<string, Knock> = {
    'of an unknown transport': { path: '/socket.io/?EIO=4&transport=carrier-pigeon' },
    'of the transport __proto__': { path: '/socket.io/?EIO=4&transport=__proto__' },
    'of the transport constructor': { path: '/socket.io/?EIO=4&transport=constructor' },
    'of no transport': { path: '/socket.io/?EIO=4' },
    'by long-polling': { path: '/socket.io/?EIO=4&transport=polling' },
    'of an unknown session': { path: `${path}&sid=nobody` },
    'of the session __proto__': { path: `${path}&sid=__proto__` },
    'by POST': { method: 'POST' },
    'without a key': { headers: { 'sec-websocket-key': '' } },
    'of an older WebSocket': { headers: { 'sec-websocket-version': '7' } },
  };
  for (const [what, how] of Object.entries(strange)) {
    it(`${what} is refused, and the server goes on`, async t => {
      const rig = await startRig(t);
      const { statusCode = 0 } = await knock(rig, how);
      assert.ok(statusCode >= 400 && statusCode < 500, `${statusCode}`);
      await join(await rig.connect());
    });
  }

  it('of an older protocol is closed at once', async t => {
    const rig = await startRig(t);
    const socket = new WebSocket(`${rig.url.replace('http', 'ws')}/socket.io/?EIO=3&transport=websocket`);
    socket.on('error', () => undefined);
    await new Promise(resolve => socket.once('close', resolve));
    await join(await rig.connect());
  });

  it('with a header of 100 kB is refused', async t => {
    const rig = await startRig(t);
    assert.equal((await knock(rig, { headers: { cookie: 'x'.repeat(100_000) } })).statusCode, 431);
  });

  it('from a page that may not is 403, be its origin another, null or missing', async t => {
    const rig = await startRig(t, { ALLOWED_ORIGINS: 'https://a.example' });
    for (const headers of [{ origin: 'https://b.example' }, { origin: 'null' }, {}]) {
      assert.equal((await knock(rig, { headers })).statusCode, 403);
    }
    assert.equal((await knock(rig, { headers: { origin: 'https://a.example' } })).statusCode, 101);
  });

  it('that is one too many is told when to come again, and who is connected notices nothing', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, connections: 2 } });
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    for (let count = 0; count < 20; count++) {
      const { statusCode, headers } = await knock(rig);
      assert.deepEqual([statusCode, headers['retry-after']], [503, '5']);
    }
    await join(bo);
    assert.equal(codeOf(await ask(ada, 'sync', {})), 'ok');
    bo.disconnect();
    while ((await knock(rig)).statusCode !== 101);
  });

  it('that is never followed by a CONNECT is closed after 5 seconds', async t => {
    const rig = await startRig(t);
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
    socket.resume();
    t.after(() => socket.destroy());
    const head = Object.entries({ host: 'a', ...websocket }).map(([name, value]) => `${name}: ${value}`);
    socket.write([`GET ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'));
    const closed = new AbortController();
    socket.once('close', () => closed.abort());
    // It does not answer the WebSocket's farewell either; the sweep ends that.
    while (!closed.signal.aborted) {
      rig.advance(2_000);
      await setTimeout(100);
    }
  });
});

describe('a visitor whose clock is a day off', () => {
  for (const offMs of [-86_400_000, 86_400_000]) {
    it(`(${offMs / 3_600_000} h) enters, and gets credentials by the server’s clock`, async t => {
      const environment = { ...authEnvironment, TURN_SECRET: 'secret' };
      const rig = await startRig(t, environment, { relays: [{ port: 3478, tlsPort: undefined }], limits: noLimits });
      t.mock.timers.enable({ apis: ['Date'], now: rig.now() + offMs });
      const client = await rig.connect();
      const { iceServers } = await join(client, { token: tokenFor(rig) });
      const expiry = Number(iceServers[0]?.username?.split(':')[0]);
      assert.equal(expiry, Math.floor(rig.now() / 1000) + 600);
    });
  }
});
