// What becomes of people with tokens at a running server, by their history there. The second table of docs/tokens.md is
// held to this list. For tests only.
import type { JoinRequest } from '../../protocol/events.ts';
import { ask, codeOf, join, joinRequest, newSecret } from './rig.ts';
import type { Rig } from './rig.ts';
import { signTestToken, testAuthSecret } from './token-cases.ts';

export const authEnvironment = { AUTH_SECRET: testAuthSecret };

export interface EntryCase {
  readonly what: string;
  readonly answer: string;
  /** Plays the history; resolves to the code of its last join. */
  readonly play: (rig: Rig) => Promise<string>;
}

/** A token of the rig's own time. */
export const tokenFor = (rig: Rig, claims: object = {}): string => signTestToken(rig.now(), claims);

/** Joins from a new connection; resolves to the code. */
export async function tryJoin(rig: Rig, change: Partial<JoinRequest> = {}): Promise<string> {
  return codeOf(await ask(await rig.connect(), 'join', joinRequest(change)));
}

/** Somebody enters and a host removes them; resolves to what they came with. */
async function removed(rig: Rig) {
  const [host, guest] = [await rig.connect(), await rig.connect()];
  await join(host, { token: tokenFor(rig, { role: 'host' }) });
  const shown = { secret: newSecret(), token: tokenFor(rig, { sub: 'eve', jti: 'once' }), guestKey: newSecret() };
  const { self } = await join(guest, shown);
  await ask(host, 'remove', { id: self });
  return shown;
}

async function lockedRoom(rig: Rig): Promise<void> {
  const host = await rig.connect();
  await join(host, { token: tokenFor(rig, { role: 'host' }) });
  await ask(host, 'lock', { locked: true });
}

export const entryCases: readonly EntryCase[] = [
  { what: 'shows none, where one is needed', answer: 'token-invalid', play: rig => tryJoin(rig) },
  {
    what: 'shows a `jti` again in the same tab, or in another one of the browser',
    answer: 'ok',
    play: async rig => {
      const token = tokenFor(rig, { jti: 'once' });
      const [secret, guestKey] = [newSecret(), newSecret()];
      await join(await rig.connect(), { token, secret, guestKey });
      await join(await rig.connect(), { token, secret });
      return tryJoin(rig, { token, guestKey });
    },
  },
  {
    what: 'shows a `jti` that somebody else showed first',
    answer: 'token-invalid',
    play: async rig => {
      const token = tokenFor(rig, { jti: 'once' });
      await join(await rig.connect(), { token, guestKey: newSecret() });
      return tryJoin(rig, { token, guestKey: newSecret() });
    },
  },
  {
    what: 'has a seat, and shows an expired token, a bad one or none',
    answer: 'ok',
    play: async rig => {
      const secret = newSecret();
      const token = tokenFor(rig);
      await join(await rig.connect(), { secret, token });
      rig.advance(3_600_000);
      await join(await rig.connect(), { secret, token });
      await join(await rig.connect(), { secret, token: 'bad' });
      return tryJoin(rig, { secret });
    },
  },
  {
    what: 'was removed by a host, and shows the same token',
    answer: 'removed',
    play: async rig => {
      const { token, guestKey } = await removed(rig);
      return tryJoin(rig, { token, guestKey });
    },
  },
  {
    what: 'was removed by a host, and shows another token of the same user',
    answer: 'removed',
    play: async rig => {
      await removed(rig);
      return tryJoin(rig, { token: tokenFor(rig, { sub: 'eve', jti: 'another' }) });
    },
  },
  {
    what: 'was removed by a host, and comes back with the secret of the seat',
    answer: 'removed',
    play: async rig => {
      const { secret } = await removed(rig);
      return tryJoin(rig, { secret, token: tokenFor(rig) });
    },
  },
  {
    what: 'comes to a locked room, and is no host',
    answer: 'room-locked',
    play: async rig => {
      await lockedRoom(rig);
      return tryJoin(rig, { token: tokenFor(rig, { role: 'member' }) });
    },
  },
  {
    what: 'comes to a locked room as a host',
    answer: 'ok',
    play: async rig => {
      await lockedRoom(rig);
      return tryJoin(rig, { token: tokenFor(rig, { role: 'host' }) });
    },
  },
  {
    what: 'shows ten wrong tokens within 30 minutes, from the eleventh on, however good',
    answer: 'rate-limited',
    play: async rig => {
      for (let count = 0; count < 10; count++) {
        const code = await tryJoin(rig, { token: `wrong-${count}` });
        if (code !== 'token-invalid') return code;
        rig.advance(170_000);
      }
      return tryJoin(rig, { token: tokenFor(rig) });
    },
  },
];
