// Who sent a request: the long-term credential mechanism (RFC 8489 §9.2.4) with time-limited credentials. Knows no
// allocation, and not whether the user may do what was asked.
import { parseUsername, passwordOf } from '../credentials.ts';
import type { UsernameClaims } from '../credentials.ts';
import { nonce, realm, username } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { integrityHolds, longTermKey } from '../wire/integrity.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { drop } from './actions.ts';
import type { DropAction, SendAction } from './actions.ts';
import type { ChallengeLimiter } from './challenge-limiter.ts';
import type { Nonces } from './nonces.ts';
import { refuse } from './respond.ts';
import type { Exchange } from './respond.ts';

/** A request whose sender proved to know a password. */
export interface Login extends UsernameClaims {
  /** The exchange with its key: every response to it is signed. */
  readonly exchange: Exchange;
  readonly username: string;
}

export type Authentication = { readonly login: Login } | { readonly refusal: SendAction | DropAction };

export interface Authenticator {
  /** Looks at the credential but not at its expiry: that counts for Allocate only. */
  readonly authenticate: (exchange: Exchange, now: number) => Authentication;
  /** 401 with what a client needs for its next attempt. */
  readonly challenge: (exchange: Exchange, now: number, code?: 401 | 438) => SendAction;
  /** Whether a stranger may be answered: over UDP the source may be forged, and then the answer hits somebody else. */
  readonly mayAnswer: (exchange: Exchange, now: number) => boolean;
}

export interface AuthenticatorSettings {
  readonly realm: string;
  readonly secrets: readonly string[];
  readonly nonces: Nonces;
  readonly limiter: ChallengeLimiter;
}

export const createAuthenticator = (settings: AuthenticatorSettings): Authenticator => {
  const { realm: ourRealm, secrets, nonces, limiter } = settings;

  // RFC 8489 §9.2.5: unsigned, as there is no key that both sides know.
  const challenge: Authenticator['challenge'] = ({ request, from }, now, code = 401) =>
    refuse({ request, from }, code, [write(realm, ourRealm), write(nonce, nonces.issue(from.client, now))]);

  const mayAnswer: Authenticator['mayAnswer'] = ({ from: { transport, client } }, now) =>
    transport !== 'udp' || limiter.allows(client.address, now);

  const refuseStranger = (exchange: Exchange, now: number, code: 400 | 401 | 438): Authentication => {
    // Asked first: under a flood no nonce is made for nothing.
    if (!mayAnswer(exchange, now)) return { refusal: drop('challenge-suppressed') };
    return { refusal: code === 400 ? refuse(exchange, code) : challenge(exchange, now, code) };
  };

  const keyOf = ({ request }: Exchange, name: string): Buffer | undefined => {
    let key: Buffer | undefined;
    // Every secret is tried, also after a match: time must not tell which one is in use.
    for (const secret of secrets) {
      const candidate = longTermKey(name, ourRealm, passwordOf(name, secret));
      if (integrityHolds(request, candidate)) key = candidate;
    }
    return key;
  };

  const authenticate: Authenticator['authenticate'] = (exchange, now) => {
    const { request, from } = exchange;
    // RFC 8489 §9.2.4, first: without MESSAGE-INTEGRITY, a challenge.
    if (request.integrityAt === undefined) return refuseStranger(exchange, now, 401);
    const name = read(request, username);
    const theirRealm = read(request, realm);
    const theirNonce = read(request, nonce);
    if (name === undefined || theirRealm === undefined || theirNonce === undefined) {
      return refuseStranger(exchange, now, 400);
    }
    if (!nonces.holds(theirNonce, from.client, now)) return refuseStranger(exchange, now, 438);
    const claims = theirRealm === ourRealm ? parseUsername(name) : undefined;
    const key = claims && keyOf(exchange, name);
    if (claims === undefined || key === undefined) return refuseStranger(exchange, now, 401);
    // Each login gives back the challenge that it took, so that people behind one NAT do not wait for each other.
    if (request.method === method.allocate) limiter.forgive(from.client.address);
    return { login: { ...claims, username: name, exchange: { ...exchange, key } } };
  };

  return { authenticate, challenge, mayAnswer };
};
