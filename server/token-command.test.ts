import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTokenVerifier } from './auth.ts';
import { tokenCommand } from './token-command.ts';
import { mintToken } from './token.ts';
import { testAuthSecret } from './testing/token-cases.ts';

const now = 1_800_000_000_000;
const environment = { AUTH_SECRET: `${testAuthSecret}, an older one that nobody signs with any more` };
const verify = createTokenVerifier({
  authSecret: [testAuthSecret],
  authJwksUrl: undefined,
  authIssuer: undefined,
  authAnyRoom: false,
});

describe('the command that mints a token', () => {
  it('makes one that the server takes', async () => {
    const args = ['--room', 'support', '--name', 'Ada', '--role', 'host', '--user', 'ada-7', '--knock', '--relay-only'];
    const outcome = await tokenCommand(environment, args, now);
    assert.ok('token' in outcome);
    const verdict = await verify(outcome.token, 'support', now);
    assert.ok('claims' in verdict);
    const { tokenId, ...claims } = verdict.claims;
    assert.ok(tokenId !== undefined);
    assert.deepEqual(claims, {
      userId: '["","ada-7"]',
      displayName: 'Ada',
      role: 'host',
      knock: true,
      relayOnly: true,
      endsAt: now + 660_000,
    });
  });

  it('names everything that is wrong at once', async () => {
    const outcome = await tokenCommand({ AUTH_SECRET: 'short' }, ['--role', 'king', '--ttl', '601'], now);
    assert.ok('problems' in outcome);
    assert.deepEqual(
      outcome.problems.map(problem => problem.split(':')[0]),
      ['AUTH_SECRET', '--room', '--role', '--ttl'],
    );
  });

  it('knows no other option', async () => {
    const outcome = await tokenCommand(environment, ['--room', 'a', '--admin'], now);
    assert.ok('problems' in outcome && outcome.problems[0]?.includes('--admin'));
  });
});

describe('minting', () => {
  it('refuses what no server would take', async () => {
    const good = { secret: testAuthSecret, room: 'support' };
    await assert.rejects(mintToken({ ...good, secret: 'short' }), RangeError);
    await assert.rejects(mintToken({ ...good, room: 'a b' }), RangeError);
    for (const ttlSec of [0, -1, 601, 1.5, NaN]) await assert.rejects(mintToken({ ...good, ttlSec }), RangeError);
    assert.equal((await mintToken(good)).split('.').length, 3);
  });

  it('makes no two tokens alike', async () => {
    const wish = { secret: testAuthSecret, room: 'support', now };
    assert.notEqual(await mintToken(wish), await mintToken(wish));
  });
});
