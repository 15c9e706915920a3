import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { createTokenVerifier } from './auth.ts';
import type { AuthSettings, TokenVerdict } from './auth.ts';
import { signTestToken, testAuthSecret, tokenCases } from './testing/token-cases.ts';

const now = 1_800_000_000_000;
const settings: AuthSettings = {
  authSecret: [testAuthSecret],
  authJwksUrl: undefined,
  authIssuer: undefined,
  authAnyRoom: false,
};
const codeOf = (verdict: TokenVerdict): string => ('claims' in verdict ? 'ok' : verdict.refused);
const verify = (token: string, change: Partial<AuthSettings> = {}) =>
  createTokenVerifier({ ...settings, ...change })(token, 'support', now);

describe('a token', () => {
  for (const { what, token, settings: change, answer } of tokenCases) {
    it(`${what}: ${answer}`, async () => {
      assert.equal(codeOf(await verify(token(now), change)), answer);
    });
  }

  it('of any of several secrets is good, so that secrets can be rotated', async () => {
    const authSecret = ['n'.repeat(32), testAuthSecret];
    assert.equal(codeOf(await verify(signTestToken(now), { authSecret })), 'ok');
    assert.equal(codeOf(await verify(signTestToken(now), { authSecret: ['n'.repeat(32)] })), 'token-invalid');
    const expired = signTestToken(now, { exp: now / 1000 - 61, iat: now / 1000 - 100 });
    assert.equal(codeOf(await verify(expired, { authSecret })), 'token-expired');
  });

  it('says who its bearer is', async () => {
    const token = signTestToken(now, {
      iss: 'site',
      sub: 'ada-7',
      name: ' Ada\u202e ',
      role: 'host',
      jti: 'one',
      knock: true,
      relayOnly: true,
    });
    assert.deepEqual(await verify(token), {
      claims: {
        userId: '["site","ada-7"]',
        displayName: 'Ada',
        role: 'host',
        knock: true,
        relayOnly: true,
        tokenId: '["site","one"]',
        endsAt: now + 660_000,
      },
    });
  });

  it('without a role is a member’s, and its use ends 10 minutes after its issue however long it lives', async () => {
    const verdict = await verify(signTestToken(now, { exp: now / 1000 + 86_400 }));
    assert.ok('claims' in verdict);
    assert.equal(verdict.claims.role, 'member');
    assert.equal(verdict.claims.endsAt, now + 660_000);
  });
});

/** A site's key server, whose answer the test chooses. */
async function startKeyServer(t: TestContext) {
  const state = {
    requests: 0,
    answer: (_request: IncomingMessage, response: ServerResponse): unknown => response.end('{"keys":[]}'),
  };
  const server = createServer((request, response) => {
    state.requests += 1;
    state.answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const publish = async (...keys: { kid: string; publicKey: CryptoKey }[]) => {
    const list = await Promise.all(keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid })));
    state.answer = (_request, response) => response.end(JSON.stringify({ keys: list }));
  };
  const authJwksUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  return { state, publish, authJwksUrl };
}

const claims: JWTPayload = { aud: 'video-call', room: 'support', iat: now / 1000, exp: now / 1000 + 60 };
const signWith = (privateKey: CryptoKey, alg: string, kid: string) =>
  new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);

describe('a token of a site with public keys', () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    it(`signed by ${alg} is good`, async t => {
      const { publish, authJwksUrl } = await startKeyServer(t);
      const { publicKey, privateKey } = await generateKeyPair(alg);
      await publish({ kid: 'one', publicKey });
      const verdict = await verify(await signWith(privateKey, alg, 'one'), { authSecret: undefined, authJwksUrl });
      assert.equal(codeOf(verdict), 'ok');
    });
  }

  it('fetches the keys once, and again for a new key', async t => {
    const { state, publish, authJwksUrl } = await startKeyServer(t);
    const [old, young] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    await publish({ kid: 'old', publicKey: old.publicKey });
    t.mock.timers.enable({ apis: ['Date'], now });
    const check = createTokenVerifier({ ...settings, authJwksUrl });
    for (let count = 0; count < 3; count++) {
      assert.equal(codeOf(await check(await signWith(old.privateKey, 'ES256', 'old'), 'support', now)), 'ok');
    }
    assert.equal(state.requests, 1);
    await publish({ kid: 'old', publicKey: old.publicKey }, { kid: 'young', publicKey: young.publicKey });
    const token = await signWith(young.privateKey, 'ES256', 'young');
    // Whoever makes up key ids cannot make us ask for each of them.
    assert.equal(codeOf(await check(token, 'support', now)), 'token-invalid');
    assert.equal(state.requests, 1);
    t.mock.timers.tick(31_000);
    assert.equal(codeOf(await check(token, 'support', now)), 'ok');
    assert.equal(state.requests, 2);
  });

  it('that names an unknown key is invalid', async t => {
    const { publish, authJwksUrl } = await startKeyServer(t);
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    await publish({ kid: 'one', publicKey });
    assert.equal(codeOf(await verify(await signWith(privateKey, 'ES256', 'two'), { authJwksUrl })), 'token-invalid');
  });

  it('whose HS256 key is the public key is invalid, with a secret set or not', async t => {
    const { publish, authJwksUrl } = await startKeyServer(t);
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    await publish({ kid: 'one', publicKey });
    const head = Buffer.from('{"alg":"HS256","kid":"one"}').toString('base64url');
    const body = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const jwk = JSON.stringify(await exportJWK(publicKey));
    for (const key of [await exportSPKI(publicKey), (await exportSPKI(publicKey)).trim(), jwk]) {
      const token = `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
      assert.equal(codeOf(await verify(token, { authJwksUrl })), 'token-invalid');
      assert.equal(codeOf(await verify(token, { authJwksUrl, authSecret: undefined })), 'token-invalid');
    }
  });

  it('whose key server publishes a symmetric key is invalid', async t => {
    const { state, authJwksUrl } = await startKeyServer(t);
    const k = Buffer.from(testAuthSecret).toString('base64url');
    state.answer = (_request, response) => response.end(JSON.stringify({ keys: [{ kty: 'oct', k, alg: 'HS256' }] }));
    const verdict = await verify(signTestToken(now), { authJwksUrl, authSecret: undefined });
    assert.equal(codeOf(verdict), 'token-invalid');
  });

  it('of a weak RSA key is invalid', async t => {
    const { state, authJwksUrl } = await startKeyServer(t);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'weak' };
    state.answer = (_request, response) => response.end(JSON.stringify({ keys: [jwk] }));
    const head = Buffer.from('{"alg":"RS256","kid":"weak"}').toString('base64url');
    const body = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const { sign } = await import('node:crypto');
    const token = `${body}.${sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
    assert.notEqual(codeOf(await verify(token, { authJwksUrl })), 'ok');
  });

  it('is answered with a code when the key server fails, which is then left alone for a while', async t => {
    const { state, authJwksUrl } = await startKeyServer(t);
    state.answer = (_request, response) => response.writeHead(500).end();
    const { privateKey } = await generateKeyPair('ES256');
    const token = await signWith(privateKey, 'ES256', 'one');
    const check = createTokenVerifier({ ...settings, authJwksUrl });
    assert.equal(codeOf(await check(token, 'support', now)), 'internal');
    assert.equal(codeOf(await check(token, 'support', now + 4_999)), 'internal');
    assert.equal(state.requests, 1);
    assert.equal(codeOf(await check(token, 'support', now + 5_000)), 'internal');
    assert.equal(state.requests, 2);
  });

  it('is answered with a code when the key server never answers', async t => {
    const { state, authJwksUrl } = await startKeyServer(t);
    state.answer = () => undefined;
    const { privateKey } = await generateKeyPair('ES256');
    const verdict = await verify(await signWith(privateKey, 'ES256', 'one'), { authJwksUrl });
    assert.equal(codeOf(verdict), 'internal');
  });
});
