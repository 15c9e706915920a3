import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JoinRequest, Signal } from '../protocol/events.ts';
import { packetMaxBytes } from '../protocol/limits.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { MemoryRoomStore } from './room-store.ts';
import type { Claim } from './room-store.ts';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { member, namesOf, post } from './testing/post.ts';
import type { PostOptions } from './testing/post.ts';
import {
  ask,
  codeOf,
  crowdLimits,
  join,
  joinRequest,
  listen,
  newSecret,
  next,
  settle,
  startRig,
} from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const offer = {
  connectionId: 'spare-0001',
  generation: 1,
  sdp: 'v=0\r\na=candidate:1 1 udp 1 192.0.2.7 5 typ host\r\n',
};
const answerTo = (connectionId: string): Signal => ({
  connectionId: 'theirs-001',
  remoteConnectionId: connectionId,
  generation: 1,
  description: { type: 'answer', sdp: 'v=0\r\n' },
});

/** Tells that a join by HTTP has looked for itself. */
class WatchedStore extends MemoryRoomStore {
  wasAsked = false;

  override isPresent(claim: Claim): Promise<boolean> {
    this.wasAsked = true;
    return super.isPresent(claim);
  }
}

describe('a join by HTTP', () => {
  it('takes a seat, hands over its offer, and hears the answer before there is a socket', async t => {
    const rig = await startRig(t);
    const { client, self } = await member(rig);
    const offered = next(client, 'signal');
    const posted = await post(rig, { offer });
    const answer = await posted.entered();
    assert.ok(answer.ok && 'roster' in answer);
    assert.equal(answer.offeredTo, self);
    assert.equal((await offered).from, answer.self);
    assert.equal(codeOf(await ask(client, 'signal', { to: answer.self, signal: answerTo('spare-0001') })), 'ok');
    assert.deepEqual(await posted.line(), ['signal', { from: self, signal: answerTo('spare-0001') }]);
  });

  it('is gone on with by the socket of the same secret: one seat, the same offer, the stream ends', async t => {
    const rig = await startRig(t);
    const { client, self, heard } = await member(rig);
    const posted = await post(rig, { offer });
    await posted.entered();
    const socket = rig.open({ join: { ...posted.request } });
    const entered = await next(socket, 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    assert.equal(entered.offeredTo, self);
    assert.equal(entered.roster.participants.length, 2);
    assert.equal(await posted.line(), undefined);
    await settle(client, socket);
    assert.deepEqual(namesOf(heard), ['participant-joined', 'signal', 'participant-updated']);
    assert.equal(codeOf(await ask(client, 'signal', { to: entered.self, signal: answerTo('spare-0001') })), 'ok');
    assert.ok(socket.connected);
  });

  it('whose stream a proxy holds back hears everything again over the socket, after the answer', async t => {
    const rig = await startRig(t);
    const { client, self } = await member(rig);
    const posted = await post(rig, { offer });
    const answer = await posted.entered();
    assert.ok(answer.ok);
    await ask(client, 'signal', { to: answer.self, signal: answerTo('spare-0001') });
    const socket = rig.open({ join: posted.request });
    const heard = listen(socket);
    await next(socket, 'signal');
    assert.deepEqual(namesOf(heard), ['entered', 'signal']);
    assert.deepEqual(heard[1]!.message, { from: self, signal: answerTo('spare-0001') });
  });

  it('that comes after the socket takes nothing from it', async t => {
    const rig = await startRig(t);
    const secret = newSecret();
    const client = await rig.connect();
    await join(client, { secret });
    const posted = await post(rig, { secret });
    assert.equal(codeOf(await posted.entered()), 'rate-limited');
    assert.equal(codeOf(await ask(client, 'sync', {})), 'ok');
  });

  for (const [what, claims] of [
    ['a seat', {}],
    ['a place in line', { knock: true }],
  ] as const) {
    it(`takes ${what} from no socket whose token is looked at meanwhile, nor the other way round`, async t => {
      let publish!: (keys: string) => void;
      const published = new Promise<string>(resolve => (publish = resolve));
      const asked = { count: 0 };
      const keyServer = createServer((_request, response) => {
        asked.count += 1;
        void published.then(keys => response.end(keys));
      }).listen(0, '127.0.0.1');
      await once(keyServer, 'listening');
      t.after(() => keyServer.close());
      const url = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`;
      const store = new WatchedStore();
      const rig = await startRig(t, { ...authEnvironment, AUTH_JWKS_URL: url }, { store });
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const iat = rig.now() / 1000;
      const token = await new SignJWT({ aud: 'video-call', room: 'support', iat, exp: iat + 60, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey);
      const [host, client] = [await rig.connect(), await rig.connect()];
      await join(host, { token: tokenFor(rig, { role: 'host' }) });
      const heard = listen(host);
      const ends: unknown[] = [];
      client.on('ended', how => ends.push(how));

      const shown = { secret: newSecret(), token };
      const bySocket = ask(client, 'join', joinRequest(shown));
      while (asked.count === 0) await setImmediate();
      const posted = post(rig, shown);
      // Neither finds the other there, and both wait for the key.
      while (!store.wasAsked) await setImmediate();
      await settle(host);
      publish(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
      assert.equal(codeOf(await bySocket), 'ok');
      await (await posted).entered();
      await settle(host, client);
      assert.deepEqual(ends, []);
      // Whichever came first, the other one has the same seat.
      assert.deepEqual(
        heard.map(({ name }) => name).filter(name => name !== 'participant-updated'),
        'knock' in claims ? ['knocking'] : ['participant-joined'],
      );
    });
  }

  it('that comes twice takes one seat', async t => {
    const rig = await startRig(t);
    const secret = newSecret();
    const answers = await Promise.all([1, 2].map(async () => (await post(rig, { secret })).entered()));
    assert.deepEqual(answers.map(codeOf).sort(), ['ok', 'rate-limited']);
  });

  it('of a page that is gone before its socket came leaves at once', async t => {
    const rig = await startRig(t);
    const { client } = await member(rig);
    const posted = await post(rig);
    const answer = await posted.entered();
    assert.ok(answer.ok);
    const left = next(client, 'participant-left');
    posted.abort();
    const { id, reason } = await left;
    assert.deepEqual({ id, reason }, { id: answer.self, reason: 'left' });
  });

  it('comes back to the seat that waits for a reload', async t => {
    const rig = await startRig(t);
    const secret = newSecret();
    const { client, self } = await member(rig);
    const socket = await rig.connect();
    await join(socket, { secret });
    socket.emit('leaving');
    socket.disconnect();
    await next(client, 'participant-left');
    const posted = await post(rig, { secret, offer });
    const answer = await posted.entered();
    assert.ok(answer.ok && 'roster' in answer);
    assert.equal(answer.offeredTo, self);
    assert.equal(answer.roster.participants.length, 2);
  });

  it('leaves nothing behind when the server ends', async t => {
    const rig = await startRig(t);
    const posted = await post(rig);
    await posted.entered();
    await rig.close();
    await posted.line().then(
      line => assert.equal(line, undefined),
      () => undefined,
    );
  });
});

describe('the gates of a join by HTTP', () => {
  const refusal = async (rig: Rig, change: Partial<JoinRequest> = {}, options: PostOptions = {}) => {
    const posted = await post(rig, change, options);
    const code = codeOf(await posted.entered());
    assert.equal(await posted.line(), undefined);
    return code;
  };

  it('are those of a socket: the origin', async t => {
    const rig = await startRig(t, { ALLOWED_ORIGINS: 'https://good.example' });
    assert.equal(await refusal(rig, {}, { headers: { origin: 'https://evil.example' } }), 'origin-not-allowed');
    assert.equal(await refusal(rig), 'origin-not-allowed');
    const posted = await post(rig, {}, { headers: { origin: 'https://good.example' } });
    assert.equal(codeOf(await posted.entered()), 'ok');
    assert.equal(posted.response.headers.get('access-control-allow-origin'), '*');
  });

  it('count it among the connections of its address', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, handshakes: { burst: 2, perSec: 0.001 } } });
    assert.equal(codeOf(await (await post(rig)).entered()), 'ok');
    assert.equal(codeOf(await (await post(rig)).entered()), 'ok');
    assert.equal(await refusal(rig), 'rate-limited');
  });

  it('know how many are open at once', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, connectionsPerAddress: 1 } });
    const first = await post(rig);
    await first.entered();
    assert.equal(await refusal(rig), 'rate-limited');
  });

  it('count its relay credential', async t => {
    const rig = await startRig(t, {}, { limits: { ...crowdLimits, credentials: { burst: 1, perSec: 0.001 } } });
    assert.equal(codeOf(await (await post(rig)).entered()), 'ok');
    assert.equal(await refusal(rig), 'rate-limited');
  });

  it('want a token where a socket needs one', async t => {
    const rig = await startRig(t, authEnvironment);
    assert.equal(await refusal(rig), 'token-invalid');
    const token = tokenFor(rig);
    assert.equal(codeOf(await (await post(rig, { token })).entered()), 'ok');
  });

  for (const [what, code, change, options] of [
    ['a protocol of another time', 'version-unsupported', {}, { protocol: 99 }],
    ['no JSON', 'version-unsupported', {}, { body: '{' }],
    ['nothing', 'version-unsupported', {}, { body: 'null' }],
    ['no join', 'payload-invalid', {}, { body: JSON.stringify({ protocol: PROTOCOL_VERSION }) }],
    ['brackets without end', 'version-unsupported', {}, { body: '['.repeat(5_000) + ']'.repeat(5_000) }],
    ['a secret that is none', 'payload-invalid', { secret: 'short' }, {}],
    ['a room that no name can be', 'room-invalid', { room: '*' }, {}],
    ['a full room', 'room-full', {}, {}],
  ] as const) {
    it(`refuse ${what}`, async t => {
      const rig = await startRig(t, { ROOM_CAPACITY: '1' });
      await member(rig);
      assert.equal(await refusal(rig, change, options), code);
    });
  }

  it('hear no more than one packet of a socket, and text only', async t => {
    const rig = await startRig(t);
    const send = (body: string, type: string) =>
      fetch(`${rig.url}/join`, { method: 'POST', body, headers: { 'content-type': type } });
    assert.equal((await send('x'.repeat(packetMaxBytes + 1), 'text/plain')).status, 413);
    assert.equal((await send('{}', 'application/json')).status, 415);
    assert.equal((await send('{}', 'application/octet-stream')).status, 415);
  });
});
