import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { authEnvironment, entryCases, tokenFor, tryJoin } from './testing/entry-cases.ts';
import { ask, codeOf, crowdLimits, join, newSecret, next, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';
import { tokenCases } from './testing/token-cases.ts';

describe('who', () => {
  for (const { what, answer, play } of entryCases) {
    it(`${what}: ${answer}`, async t => {
      assert.equal(await play(await startRig(t, authEnvironment)), answer);
    });
  }
});

describe('a join', () => {
  it('with each kind of token gets the answer of that kind', async t => {
    const rig = await startRig(t, authEnvironment, { limits: { ...crowdLimits, wrongTokens: 1_000 } });
    for (const { what, token, settings, answer } of tokenCases) {
      if (settings && Object.keys(settings).length > 0) continue;
      const text = token(rig.now());
      assert.equal(await tryJoin(rig, { token: text, room: 'support' }), answer, what);
    }
  });

  it('without a token is a guest’s where they are let in, who does not come to host by staying', async t => {
    const rig = await startRig(t, { ...authEnvironment, AUTH_REQUIRED: 'false' });
    const guest = await rig.connect();
    const { roster } = await join(guest);
    assert.equal(roster.participants[0]?.role, 'guest');
    assert.equal(codeOf(await ask(guest, 'lock', { locked: true })), 'host-only');
    const member = await join(await rig.connect(), { token: tokenFor(rig) });
    assert.deepEqual(
      member.roster.participants.map(({ role }) => role),
      ['guest', 'host'],
    );
  });

  it('with a token has the name and the role that the site gave, whatever else is said', async t => {
    const rig = await startRig(t, authEnvironment);
    const [host, ada] = [await rig.connect(), await rig.connect()];
    await join(host, { token: tokenFor(rig, { role: 'host' }) });
    const { roster } = await join(ada, { displayName: 'Root', token: tokenFor(rig, { name: 'Ada', role: 'guest' }) });
    const { displayName, role } = roster.participants[1]!;
    assert.deepEqual([displayName, role], ['Ada', 'guest']);
    const updated = next(host, 'participant-updated');
    await ask(ada, 'update', { displayName: 'Root', handRaised: true });
    const { participant } = await updated;
    assert.deepEqual([participant.displayName, participant.handRaised], ['Ada', true]);
  });

  for (const [wish, request] of [
    ['the word of the site', (rig: Rig) => ({ token: tokenFor(rig, { relayOnly: true }) })],
    ['their own wish', (rig: Rig) => ({ token: tokenFor(rig), relayOnly: true })],
  ] as const) {
    it(`that hides addresses by ${wish} says so, and candidates of the participant do not arrive`, async t => {
      const rig = await startRig(t, authEnvironment);
      const [ada, bo] = [await rig.connect(), await rig.connect()];
      const { relayOnly } = await join(ada, request(rig));
      assert.equal(relayOnly, true);
      const { self: to } = await join(bo, { token: tokenFor(rig) });
      const candidate = (line: string) => ({
        connectionId: 'connection',
        candidates: [{ candidate: line, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'a' }],
      });
      const heard = next(bo, 'signal');
      await ask(ada, 'signal', { to, signal: candidate('candidate:1 1 udp 1 198.51.100.3 9 typ host') });
      const relayed = candidate('candidate:1 1 udp 1 203.0.113.7 9 typ relay raddr 0.0.0.0 rport 0');
      await ask(ada, 'signal', { to, signal: relayed });
      assert.deepEqual((await heard).signal, relayed);
    });
  }

  it('with a seat works while the key server is down; without one it is answered with a code', async t => {
    const rig = await startRig(t, { ...authEnvironment, AUTH_JWKS_URL: 'http://127.0.0.1:9/keys' });
    const secret = newSecret();
    await join(await rig.connect(), { secret, token: tokenFor(rig) });
    const asymmetric = `${Buffer.from('{"alg":"ES256","kid":"a"}').toString('base64url')}.e30.AAAA`;
    assert.equal(await tryJoin(rig, { secret, token: asymmetric }), 'ok');
    assert.equal(await tryJoin(rig, { token: asymmetric }), 'internal');
  });

  it('that comes back before the seat is gone needs no fresh token; one that comes later does', async t => {
    const rig = await startRig(t, authEnvironment);
    const host = await rig.connect();
    await join(host, { token: tokenFor(rig, { role: 'host' }) });
    const shown = { secret: newSecret(), token: tokenFor(rig, { sub: 'ada' }) };
    const ada = await rig.connect();
    const { self } = await join(ada, shown);
    rig.advance(3_600_000);
    const again = await rig.connect();
    assert.equal((await join(again, shown)).self, self, 'in the same seat, with a token of an hour ago');

    const gone = next(host, 'participant-left');
    const isGone = new AbortController();
    void gone.then(() => isGone.abort());
    again.disconnect();
    // The server learns of a lost connection in its own time; from then on it holds the seat for 15 s.
    while (!isGone.signal.aborted) {
      rig.advance(15_000);
      await setImmediate();
    }
    assert.deepEqual([(await gone).id, (await gone).reason], [self, 'timeout']);
    assert.equal(await tryJoin(rig, shown), 'token-expired');
    assert.equal(await tryJoin(rig, { ...shown, token: tokenFor(rig, { sub: 'ada' }) }), 'ok');
  });

  it('means nothing by its token where no key is set', async t => {
    assert.equal(await tryJoin(await startRig(t), { token: 'of another server' }), 'ok');
  });

  it('logs why a token was refused for those who debug, and never the token', async t => {
    const rig = await startRig(t, { ...authEnvironment, LOG_LEVEL: 'debug' });
    const token = tokenFor(rig, { room: 'other' });
    await tryJoin(rig, { token });
    assert.ok(rig.logLines.some(line => line.includes('it is for another room')));
    assert.ok(rig.logLines.every(line => !line.includes(token)));
  });
});
