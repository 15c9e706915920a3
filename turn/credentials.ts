// Time-limited credentials: what issuing one takes, and what verifying one does (draft-uberti-behave-turn-rest-00). Knows no
// clock, store or message: that a client knows the password, its signature says.
import { createHmac } from 'node:crypto';
import { usernameMaxBytes } from './wire/limits.ts';

/** Input of {@link issueCredential}. */
export interface IssueCredentialOptions {
  /** The secret that the relay shares, not empty. */
  readonly secret: string;
  /** Whom the credential is for, a participant id. Not empty, without a colon. */
  readonly subject: string;
  /** Validity in whole seconds, counted from `now`. */
  readonly ttlSec: number;
  /** The time of issue, milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What `RTCIceServer` takes under the same two names. */
export interface TurnCredential {
  readonly username: string;
  readonly credential: string;
}

/** The two facts that a username states. They hold only once its password was verified. */
export interface UsernameClaims {
  readonly subject: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** 11 digits reach the year 5138; more would leave the range in which `expiresAt` counts exact milliseconds. */
const usernamePattern = /^([1-9][0-9]{0,10}):([^:]+)$/;

/**
 * Issues the credential of one subject: username `expiry:subject`, password base64(HMAC-SHA1(secret, username)).
 * The form is coturn's (`use-auth-secret`), so that a coturn fleet with the same secret accepts it.
 * @throws RangeError on an empty secret, on a subject that a username cannot carry, or on a time that is no expiry
 */
export const issueCredential = ({ secret, subject, ttlSec, now }: IssueCredentialOptions): TurnCredential => {
  if (secret === '') throw new RangeError('A TURN secret must not be empty: anybody could issue credentials.');
  // Rounded down: a credential never lives longer than it was asked to.
  const username = `${Math.floor(now / 1000) + ttlSec}:${subject}`;
  if (parseUsername(username) === undefined) throw new RangeError(`No TURN username can be made of: ${username}`);
  return { username, credential: passwordOf(username, secret) };
};

/** The password that belongs to a username under one secret; the relay derives the STUN long-term key from it. */
export const passwordOf = (username: string, secret: string): string =>
  createHmac('sha1', secret).update(username).digest('base64');

/** Reads `expiry:subject`. One spelling for each expiry: no sign, leading zero, fraction, exponent or white space. */
export const parseUsername = (username: string): UsernameClaims | undefined => {
  const [, expiry, subject] = usernamePattern.exec(username) ?? [];
  if (expiry === undefined || subject === undefined) return undefined;
  if (Buffer.byteLength(username) > usernameMaxBytes) return undefined;
  return { subject, expiresAt: Number(expiry) * 1000 };
};

/** Without leeway: the millisecond at which it expires is already too late. */
export const isExpired = ({ expiresAt }: UsernameClaims, now: number): boolean => expiresAt <= now;
