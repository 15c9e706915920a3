// Who may enter, as one decision for every way in: what a request shows → a visa, or why not. It knows no socket, no
// address and no room's state: whether there is a seat, the room says.
import { createHash } from 'node:crypto';
import type { JoinRequest } from '../protocol/events.ts';
import type { Claims, TokenVerifier } from './auth.ts';
import type { Visa } from './rooms.ts';
import type { Log } from './signaling-types.ts';
import type { TokenMemory } from './token-memory.ts';

export type EntryRequest = Pick<JoinRequest, 'room' | 'displayName' | 'token' | 'guestKey' | 'relayOnly'> & {
  participantId: string;
};

/**
 * `vouched`: a token was shown, so the room's name is not what was guessed. `wrongToken`: one was shown that no site could
 * have meant for this; having none, or an old one, is no try at anything.
 */
export type EntryDecision =
  | { readonly visa: Visa; readonly displayName: string; readonly vouched: boolean }
  | { readonly refused: EntryRefusal; readonly wrongToken: boolean };

type EntryRefusal = 'token-invalid' | 'token-expired' | 'internal';

export interface EntryOptions {
  /** Undefined: no key is set, tokens mean nothing. */
  readonly verify: TokenVerifier | undefined;
  /** Whether nobody enters without a token. */
  readonly required: boolean;
  readonly tokens: TokenMemory;
  readonly log: Log;
}

/** Never rejects. `now`: milliseconds since the epoch. */
export type DecideEntry = (request: EntryRequest, now: number) => Promise<EntryDecision>;

export function createEntry({ verify, required, tokens, log }: EntryOptions): DecideEntry {
  const refuse = (refused: EntryRefusal, why: string, wrongToken = false): EntryDecision => {
    // The visitor is told the code alone; whoever builds the site finds the reason here.
    if (refused === 'internal') log.error({ why }, 'entry: tokens cannot be checked');
    else log.debug({ code: refused, why }, 'entry: token refused');
    return { refused, wrongToken };
  };

  return async (request, now) => {
    const { room, token } = request;
    if (!verify) return guest(request, 'member');
    if (token === undefined) return required ? refuse('token-invalid', 'there is none') : guest(request, 'guest');
    const verdict = await verify(token, room, now);
    if ('refused' in verdict) return refuse(verdict.refused, verdict.why, verdict.refused === 'token-invalid');
    const { claims } = verdict;
    // A token that fell into other hands opens nothing: it belongs to who showed it first.
    const holders = [request.participantId, ...(request.guestKey === undefined ? [] : [hash(request.guestKey)])];
    if (claims.tokenId !== undefined && !(await tokens.belongsTo(claims.tokenId, holders, claims.endsAt, now))) {
      return refuse('token-invalid', 'somebody else used it before', true);
    }
    return vouched(request, claims);
  };
}

/** Without a token one is a user by the key that all tabs of the browser share, else by the secret of this tab. */
function guest(request: EntryRequest, role: 'member' | 'guest'): EntryDecision {
  const { participantId, displayName, guestKey, relayOnly = false } = request;
  const userId = `guest:${guestKey === undefined ? participantId : hash(guestKey)}`;
  const visa = { userId, role, named: false, mustKnock: false, relayOnly, marks: [userId], markedUntil: 0 };
  return { visa, displayName, vouched: false };
}

function vouched(request: EntryRequest, claims: Claims): EntryDecision {
  const { userId: subject, role, knock, relayOnly, tokenId, endsAt } = claims;
  const userId = subject === undefined ? `holder:${request.participantId}` : `user:${subject}`;
  const visa: Visa = {
    userId,
    role,
    named: claims.displayName !== undefined,
    mustKnock: knock,
    relayOnly: relayOnly || request.relayOnly === true,
    marks: [userId, ...(tokenId === undefined ? [] : [`token:${tokenId}`])],
    markedUntil: endsAt,
  };
  return { visa, displayName: claims.displayName ?? request.displayName, vouched: true };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
