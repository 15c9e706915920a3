// Whether a token is genuine and good for a room. It knows no socket, and not who has used the token before.
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import type { Role } from '../protocol/events.ts';
import { tokenMaxChars } from '../protocol/limits.ts';
import { displayName, roomName } from '../protocol/schemas.ts';
import { tokenAudience, tokenMaxAgeSec } from './token.ts';

/** How far the clocks of site and server may be apart, seconds. */
export const tokenLeewaySec = 60;

/** How long a site's key server is waited for, and left alone after it failed. */
const jwksTimeoutMs = 3_000;
const jwksRetryMs = 5_000;
/** Keys are fetched anew after this, and for an unknown key at most once in the time below. */
const jwksCacheMs = 600_000;
const jwksCoolDownMs = 30_000;

export interface AuthSettings {
  /** HS256; each of them verifies. */
  readonly authSecret: readonly string[] | undefined;
  /** RS256, ES256, EdDSA. */
  readonly authJwksUrl: URL | undefined;
  readonly authIssuer: string | undefined;
  /** Whether `room: "*"` is a room. */
  readonly authAnyRoom: boolean;
}

/** What a token says of its bearer. */
export interface Claims {
  readonly userId: string | undefined;
  readonly displayName: string | undefined;
  readonly role: Role;
  readonly knock: boolean;
  readonly relayOnly: boolean;
  /** Told apart by issuer. */
  readonly tokenId: string | undefined;
  /** When no server takes it any more, milliseconds since the epoch. */
  readonly endsAt: number;
}

/** `why` is for the log: the visitor is told no more than the code. `internal`: the keys could not be fetched. */
export type TokenVerdict =
  | { readonly claims: Claims }
  | { readonly refused: 'token-invalid' | 'token-expired' | 'internal'; readonly why: string };

/** `now`: milliseconds since the epoch. Never rejects. */
export type TokenVerifier = (token: string, room: string, now: number) => Promise<TokenVerdict>;

const asymmetric = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

const claimsSchema = z.object({
  iss: z.string().max(256).optional(),
  sub: z.string().min(1).max(256).optional(),
  jti: z.string().min(1).max(256).optional(),
  name: displayName.optional(),
  room: z.union([roomName, z.literal('*')]),
  role: z.enum(['host', 'member', 'guest']).default('member'),
  knock: z.boolean().default(false),
  relayOnly: z.boolean().default(false),
  iat: z.number().max(1e11),
  exp: z.number().max(1e11),
});

const invalid = (why: string) => ({ refused: 'token-invalid' as const, why });

export function createTokenVerifier(settings: AuthSettings): TokenVerifier {
  const { authSecret = [], authJwksUrl, authIssuer, authAnyRoom } = settings;
  const secrets = authSecret.map(secret => new TextEncoder().encode(secret));
  const remoteKeys = authJwksUrl && createKeySet(authJwksUrl);

  const payloadOf = async (token: string, options: JWTVerifyOptions, now: number): Promise<JWTPayload> => {
    const { alg = '' } = decodeProtectedHeader(token);
    // Each algorithm has its own keys: a public key is never a secret, and `none` has none.
    if (alg === 'HS256' && secrets.length > 0) {
      return firstOf(secrets.map(key => jwtVerify(token, key, { ...options, algorithms: ['HS256'] })));
    }
    if (asymmetric.includes(alg) && remoteKeys) {
      return (await jwtVerify(token, remoteKeys.at(now), { ...options, algorithms: asymmetric })).payload;
    }
    throw new errors.JOSEAlgNotAllowed(`the algorithm ${JSON.stringify(alg).slice(0, 32)} is not allowed`);
  };

  return async (token, room, now) => {
    if (token.length > tokenMaxChars) return invalid('it is too long');
    const options: JWTVerifyOptions = {
      audience: tokenAudience,
      clockTolerance: tokenLeewaySec,
      currentDate: new Date(now),
      maxTokenAge: tokenMaxAgeSec,
      requiredClaims: ['exp', 'iat', 'room'],
      ...(authIssuer !== undefined && { issuer: authIssuer }),
    };
    try {
      const read = claimsSchema.safeParse(await payloadOf(token, options, now));
      if (!read.success) return invalid(`the claim ${String(read.error.issues[0]?.path[0])} is not what it should be`);
      if (read.data.room === '*' && !authAnyRoom) return invalid('it is for every room, which is not allowed here');
      if (read.data.room !== '*' && read.data.room !== room) return invalid('it is for another room');
      return { claims: claimsOf(read.data) };
    } catch (error) {
      return verdictOn(error);
    }
  };
}

/** Remembers for a moment that the key server is down: nobody waits for it twice. */
function createKeySet(url: URL): { at: (now: number) => JWTVerifyGetKey } {
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: jwksTimeoutMs,
    cacheMaxAge: jwksCacheMs,
    cooldownDuration: jwksCoolDownMs,
  });
  let failure: { error: KeysUnavailable; until: number } | undefined;
  const at =
    (now: number): JWTVerifyGetKey =>
    async (header, token) => {
      if (failure && now < failure.until) throw failure.error;
      try {
        return await keys(header, token);
      } catch (error) {
        // Keys were there, and none of them fits: that is the token's fault.
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
        if (error instanceof errors.JOSENotSupported) throw error;
        failure = { error: new KeysUnavailable(String(error)), until: now + jwksRetryMs };
        throw failure.error;
      }
    };
  return { at };
}

class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The first that verifies; else why the last one did not, save that a right signature says more than a wrong one. */
async function firstOf(attempts: readonly ReturnType<typeof jwtVerify>[]): Promise<JWTPayload> {
  const results = await Promise.allSettled(attempts);
  let reason: unknown;
  for (const result of results) {
    if (result.status === 'fulfilled') return result.value.payload;
    if (reason === undefined || !(result.reason instanceof errors.JWSSignatureVerificationFailed)) {
      reason = result.reason;
    }
  }
  throw reason;
}

function verdictOn(error: unknown): TokenVerdict {
  if (error instanceof KeysUnavailable) return { refused: 'internal', why: `no keys: ${error.message}` };
  if (error instanceof errors.JWTExpired) return { refused: 'token-expired', why: error.message };
  return invalid(error instanceof Error ? error.message : 'it is no token');
}

function claimsOf({ iss, sub, jti, name, role, knock, relayOnly, iat, exp }: z.output<typeof claimsSchema>): Claims {
  const issuer = iss ?? '';
  return {
    userId: sub === undefined ? undefined : JSON.stringify([issuer, sub]),
    displayName: name === '' ? undefined : name,
    role,
    knock,
    relayOnly,
    tokenId: jti === undefined ? undefined : JSON.stringify([issuer, jti]),
    endsAt: (Math.min(exp, iat + tokenMaxAgeSec) + tokenLeewaySec) * 1000,
  };
}
