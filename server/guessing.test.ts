import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressGuard } from './address-guard.ts';
import { serverLimits } from './limits.ts';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { ask, codeOf, crowdLimits, join, joinRequest, newSecret, noLimits, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const { guesses, credentials } = serverLimits;
const limits = { ...noLimits, guesses };

/** A server behind a proxy that says for whom it speaks, and which times its refusals took. */
async function startBehindProxy(t: Parameters<typeof startRig>[0], environment: Record<string, string> = {}) {
  const waits: number[] = [];
  const wait = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  const rig = await startRig(t, { TRUST_PROXY: 'loopback', ...environment }, { limits, wait });
  const from = (address: string) => rig.connect({ headers: { 'x-forwarded-for': address } });
  return { rig, waits, from };
}

const guess = async (client: Awaited<ReturnType<Rig['connect']>>, change: object): Promise<unknown> =>
  ask(client, 'join', joinRequest(change));

describe('1,000 guesses of a token from one address', () => {
  it('are slowed, then blocked, and say of no room whether it exists; others enter as ever', async t => {
    const { rig, waits, from } = await startBehindProxy(t, authEnvironment);
    const ada = await from('192.0.2.1');
    const secret = newSecret();
    await join(ada, { room: 'exists', secret, token: tokenFor(rig, { room: 'exists' }) });
    const answers = new Map([
      ['exists', [] as string[]],
      ['does-not', [] as string[]],
    ]);
    const eve = await from('198.51.100.7');
    for (let count = 0; count < 1_000; count++) {
      const [room, list] = [...answers][count % 2]!;
      list.push(JSON.stringify(await guess(eve, { room, token: tokenFor(rig, { room: 'elsewhere', n: count }) })));
    }
    assert.deepEqual(answers.get('exists'), answers.get('does-not'));
    assert.deepEqual(
      answers.get('exists')!.map(text => (JSON.parse(text) as { error: { code: string } }).error.code),
      [...Array<string>(5).fill('token-invalid'), ...Array<string>(495).fill('rate-limited')],
    );
    assert.deepEqual(waits.slice(0, 10), [100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000, 3_000, 3_000]);
    assert.ok(waits.every(ms => ms >= 100));

    // The guesser's neighbours in another network, and who has a seat behind the same address, notice nothing.
    assert.equal(
      codeOf(
        await ask(
          await from('198.51.100.8'),
          'join',
          joinRequest({ room: 'exists', token: tokenFor(rig, { room: 'exists' }) }),
        ),
      ),
      'ok',
    );
    assert.equal(codeOf(await ask(await from('198.51.100.7'), 'join', joinRequest({ room: 'exists', secret }))), 'ok');
    const good = { room: 'exists', token: tokenFor(rig, { room: 'exists' }) };
    assert.equal(codeOf(await ask(await from('198.51.100.7'), 'join', joinRequest(good))), 'rate-limited');
    rig.advance(1_800_000);
    const later = { room: 'exists', token: tokenFor(rig, { room: 'exists' }) };
    assert.equal(codeOf(await ask(await from('198.51.100.7'), 'join', joinRequest(later))), 'ok');
  });
});

describe('1,000 guesses of a room’s name from one address', () => {
  it('are blocked after 120, existing rooms included; others enter as ever', async t => {
    const { rig, from } = await startBehindProxy(t);
    await join(await from('192.0.2.1'), { room: 'exists' });
    const eve = await from('2001:db8:1:2::1');
    const codes: string[] = [];
    for (let count = 0; count < 1_000; count++) {
      codes.push(codeOf((await guess(eve, { room: `guess-${count}` })) as Parameters<typeof codeOf>[0]));
    }
    assert.equal(codes.indexOf('rate-limited'), guesses.burst);
    assert.ok(codes.slice(guesses.burst).every(code => code === 'rate-limited'));
    assert.equal(
      codeOf(await ask(await from('2001:db8:1:2:ffff::9'), 'join', joinRequest({ room: 'exists' }))),
      'rate-limited',
    );
    assert.equal(codeOf(await ask(await from('2001:db8:1:3::1'), 'join', joinRequest({ room: 'exists' }))), 'ok');
    rig.advance(1_000 / guesses.perSec);
    assert.equal(codeOf(await ask(await from('2001:db8:1:2::1'), 'join', joinRequest({ room: 'exists' }))), 'ok');
  });
});

describe('a refusal', () => {
  it('takes the same time, be the room full or locked, the token expired or missing', async t => {
    const { rig, waits, from } = await startBehindProxy(t, { ...authEnvironment, ROOM_CAPACITY: '1' });
    const full = await from('192.0.2.1');
    await join(full, { room: 'full', token: tokenFor(rig, { room: 'full' }) });
    const host = await from('192.0.2.1');
    await join(host, { room: 'locked', token: tokenFor(rig, { room: 'locked', role: 'host' }) });
    await ask(host, 'lock', { locked: true });
    const eve = await from('192.0.2.9');
    const old = { iat: rig.now() / 1000 - 500, exp: rig.now() / 1000 - 400 };
    const codes = [];
    for (const change of [
      { room: 'full', token: tokenFor(rig, { room: 'full' }) },
      { room: 'locked', token: tokenFor(rig, { room: 'locked' }) },
      { room: 'full', token: tokenFor(rig, { room: 'full', ...old }) },
      { room: 'full' },
      { room: 'nowhere' },
    ]) {
      codes.push(codeOf((await guess(eve, change)) as Parameters<typeof codeOf>[0]));
    }
    assert.deepEqual(codes, ['room-full', 'room-locked', 'token-expired', 'token-invalid', 'token-invalid']);
    assert.deepEqual(waits, [100, 100, 100, 100, 100]);
  });

  it('is held back by a real clock, too', async t => {
    const rig = await startRig(t, authEnvironment, { wait: undefined, now: undefined });
    const eve = await rig.connect();
    const startedAt = performance.now();
    assert.equal(codeOf(await ask(eve, 'join', joinRequest())), 'token-invalid');
    assert.ok(performance.now() - startedAt >= 95);
  });
});

describe('relay credentials', () => {
  const relay = { relayPort: 3478, limits: { ...crowdLimits, credentials } };

  it('go to one address 60 times a minute, joins included', async t => {
    const rig = await startRig(t, { TURN_SECRET: 'secret' }, relay);
    let codes: string[] = [];
    for (let visitor = 0; visitor < 11; visitor++) {
      const client = await rig.connect();
      codes.push(
        codeOf(await ask(client, 'join', joinRequest({ room: `room-${visitor % 2}`, guestKey: newSecret() }))),
      );
      for (let count = 0; count < 5; count++) codes.push(codeOf(await ask(client, 'ice-servers', {})));
      await ask(client, 'leave', {});
    }
    assert.equal(codes.indexOf('rate-limited'), 60);
    rig.advance(60_000);
    codes = [codeOf(await ask(await rig.connect(), 'join', joinRequest()))];
    assert.deepEqual(codes, ['ok']);
  });

  it('go to one connection 6 times a minute, joins included', async t => {
    const rig = await startRig(t, { TURN_SECRET: 'secret' }, relay);
    const client = await rig.connect();
    const codes: string[] = [];
    for (let count = 0; count < 4; count++) codes.push(codeOf(await ask(client, 'join', joinRequest())));
    for (let count = 0; count < 3; count++) codes.push(codeOf(await ask(client, 'ice-servers', {})));
    assert.deepEqual(codes, [...Array<string>(6).fill('ok'), 'rate-limited']);
  });
});

describe('what is remembered of addresses', () => {
  const from = (address: string) => ({ address, host: undefined });

  it('is bounded, and forgotten when they have been quiet', () => {
    const guard = new AddressGuard({ ...serverLimits, addresses: 100 });
    for (let count = 0; count < 1_000; count++) guard.wrongToken(from(`2001:db8:0:${count.toString(16)}::1`), 0);
    assert.equal(guard.size, 100);
    guard.sweep(1_799_999);
    assert.equal(guard.size, 100);
    guard.sweep(1_800_000);
    assert.equal(guard.size, 0);
  });

  it('is nothing for who only asked', () => {
    const guard = new AddressGuard(serverLimits);
    assert.equal(guard.isBlocked(from('192.0.2.1'), 0), false);
    assert.equal(guard.refusalMs(from('192.0.2.1'), 'room-full', 0), 100);
    assert.equal(guard.size, 0);
  });
});
