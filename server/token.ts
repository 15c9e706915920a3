// Mints tokens: the site's word for who may enter which room. It knows no server and no setting.
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { roomNamePattern } from '../protocol/limits.ts';
import type { Role } from '../protocol/events.ts';

/** What every token must be made for. */
export const tokenAudience = 'video-call';

/** Seconds after `iat` for which a token can be used to join, whatever its `exp` says. */
export const tokenMaxAgeSec = 600;

/** HS256 wants as many bits of secret as it has of output (RFC 7518 §3.2). */
export const authSecretMinBytes = 32;

/** Input of {@link mintToken}. */
export interface MintTokenOptions {
  /** The server's `AUTH_SECRET`, or the first of several. At least 32 bytes. */
  readonly secret: string;
  /** The room that may be entered; `*` is every room, where the operator allows it. */
  readonly room: string;
  /** Shown to the others; the participant cannot change it then. */
  readonly name?: string | undefined;
  /** Absent: `member`. */
  readonly role?: Role | undefined;
  /** The site's own id of this user: the same user in two tabs of a call is one participant. */
  readonly user?: string | undefined;
  /** Must be let in by a host. */
  readonly knock?: boolean | undefined;
  /** Hides this participant's addresses from the others: all media goes through a relay. */
  readonly relayOnly?: boolean | undefined;
  readonly issuer?: string | undefined;
  /** Seconds, 1–600. */
  readonly ttlSec?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: number | undefined;
}

/**
 * Mints an HS256 token. It belongs on the site's own server: who has the secret may be anybody.
 * @throws RangeError on a secret that is too short, a room that is none, or a life that is too long
 */
export async function mintToken(options: MintTokenOptions): Promise<string> {
  const { secret, room, ttlSec = tokenMaxAgeSec, now = Date.now() } = options;
  if (Buffer.byteLength(secret) < authSecretMinBytes) {
    throw new RangeError(`The secret has fewer than ${authSecretMinBytes} bytes.`);
  }
  if (room !== '*' && !roomNamePattern.test(room)) throw new RangeError('The room has no valid name.');
  if (!Number.isInteger(ttlSec) || ttlSec < 1 || ttlSec > tokenMaxAgeSec) {
    throw new RangeError(`A token lives for 1 to ${tokenMaxAgeSec} seconds.`);
  }
  const iat = Math.floor(now / 1000);
  const claims = {
    iss: options.issuer,
    aud: tokenAudience,
    sub: options.user,
    name: options.name,
    room,
    role: options.role,
    knock: options.knock,
    relayOnly: options.relayOnly,
    iat,
    exp: iat + ttlSec,
    jti: randomUUID(),
  };
  const given = Object.entries(claims).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(given))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.from(secret));
}
