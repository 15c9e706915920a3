// Tokens, good and bad, each with its answer: group Room/token of signalling.md §9. The table of docs/tokens.md is held
// to this list. For tests only.
import { createHmac } from 'node:crypto';
import type { AuthSettings } from '../auth.ts';

export const testAuthSecret = 'a secret of at least thirty-two bytes';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Signing {
  secret?: string;
  header?: object;
}

/** An HS256 token for the room `support`, made by hand so that nothing stops it from being wrong. `now` in ms. */
export function signTestToken(
  now: number,
  claims: object = {},
  { secret = testAuthSecret, header }: Signing = {},
): string {
  const iat = Math.floor(now / 1000);
  const head = part({ alg: 'HS256', typ: 'JWT', ...header });
  const body = `${head}.${part({ aud: 'video-call', room: 'support', iat, exp: iat + 600, ...claims })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

export interface TokenCase {
  readonly what: string;
  /** `now` in milliseconds. */
  readonly token: (now: number) => string;
  readonly settings?: Partial<AuthSettings>;
  readonly answer: 'ok' | 'token-invalid' | 'token-expired';
}

const sec = (now: number): number => Math.floor(now / 1000);
const withClaims = (
  what: string,
  answer: TokenCase['answer'],
  claims: (now: number) => object,
  settings: Partial<AuthSettings> = {},
): TokenCase => ({ what, answer, settings, token: now => signTestToken(now, claims(now)) });

const tampered = (token: string, index: number): string => {
  const parts = token.split('.');
  const text = parts[index] ?? '';
  const at = Math.floor(text.length / 2);
  parts[index] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  return parts.join('.');
};

export const tokenCases: readonly TokenCase[] = [
  withClaims('a good one', 'ok', () => ({})),
  withClaims('expired', 'token-expired', now => ({ iat: sec(now) - 200, exp: sec(now) - 100 })),
  withClaims('expired within the leeway of 60 s', 'ok', now => ({ iat: sec(now) - 200, exp: sec(now) - 59 })),
  withClaims('expired 60 s ago', 'token-expired', now => ({ iat: sec(now) - 200, exp: sec(now) - 60 })),
  withClaims('issued 10 minutes ago, within the leeway', 'ok', now => ({ iat: sec(now) - 660, exp: sec(now) + 9_000 })),
  withClaims('issued more than 10 minutes ago, whatever `exp` says', 'token-expired', now => ({
    iat: sec(now) - 661,
    exp: sec(now) + 9_000,
  })),
  withClaims('`nbf` in the future', 'token-invalid', now => ({ nbf: sec(now) + 61 })),
  withClaims('`nbf` in the future, within the leeway', 'ok', now => ({ nbf: sec(now) + 60 })),
  withClaims('`iat` in the future', 'token-invalid', now => ({ iat: sec(now) + 61, exp: sec(now) + 600 })),
  withClaims('`iat` in the future, within the leeway', 'ok', now => ({ iat: sec(now) + 60, exp: sec(now) + 600 })),
  withClaims('no `exp`', 'token-invalid', () => ({ exp: undefined })),
  withClaims('no `iat`', 'token-invalid', () => ({ iat: undefined })),
  withClaims('no `room`', 'token-invalid', () => ({ room: undefined })),
  withClaims('`exp` that is no number', 'token-invalid', now => ({ exp: String(sec(now) + 60) })),
  withClaims('`exp` at the end of time', 'token-invalid', () => ({ exp: 1e300 })),
  withClaims('another room', 'token-invalid', () => ({ room: 'other' })),
  withClaims('another room in capitals', 'token-invalid', () => ({ room: 'SUPPORT' })),
  withClaims('a list of rooms', 'token-invalid', () => ({ room: ['support'] })),
  withClaims('every room, where that is not allowed', 'token-invalid', () => ({ room: '*' })),
  withClaims('every room, where that is allowed', 'ok', () => ({ room: '*' }), { authAnyRoom: true }),
  withClaims('a pattern for a room', 'token-invalid', () => ({ room: 'sup*' }), { authAnyRoom: true }),
  withClaims('no `aud`', 'token-invalid', () => ({ aud: undefined })),
  withClaims('another `aud`', 'token-invalid', () => ({ aud: 'other' })),
  withClaims('`aud` among others', 'ok', () => ({ aud: ['other', 'video-call'] })),
  withClaims('another `iss` than the set one', 'token-invalid', () => ({ iss: 'other' }), { authIssuer: 'site' }),
  withClaims('no `iss` where one is set', 'token-invalid', () => ({}), { authIssuer: 'site' }),
  withClaims('the `iss` that is set', 'ok', () => ({ iss: 'site' }), { authIssuer: 'site' }),
  withClaims('an unknown role', 'token-invalid', () => ({ role: 'admin' })),
  withClaims('`knock` that is no boolean', 'token-invalid', () => ({ knock: 'yes' })),
  withClaims('a name of 65 characters', 'token-invalid', () => ({ name: 'a'.repeat(65) })),
  withClaims('an empty `sub`', 'token-invalid', () => ({ sub: '' })),
  withClaims('claims that nobody knows', 'ok', () => ({ admin: true, __proto__: { role: 'host' } })),
  {
    what: '`alg` none',
    answer: 'token-invalid',
    token: now => `${part({ alg: 'none' })}.${signTestToken(now).split('.')[1]}.`,
  },
  {
    what: '`alg` NONE with a signature',
    answer: 'token-invalid',
    token: now => signTestToken(now, {}, { header: { alg: 'NONE' } }),
  },
  {
    what: 'an algorithm without a key here',
    answer: 'token-invalid',
    token: now => signTestToken(now, {}, { header: { alg: 'RS256' } }),
  },
  {
    what: 'HS512 with the right secret',
    answer: 'token-invalid',
    token: now => signTestToken(now, {}, { header: { alg: 'HS512' } }),
  },
  {
    what: 'another secret',
    answer: 'token-invalid',
    token: now => signTestToken(now, {}, { secret: 'x'.repeat(32) }),
  },
  {
    what: 'an unknown `crit` header',
    answer: 'token-invalid',
    token: now => signTestToken(now, {}, { header: { crit: ['x'], x: 1 } }),
  },
  { what: 'a tampered header', answer: 'token-invalid', token: now => tampered(signTestToken(now), 0) },
  { what: 'a tampered payload', answer: 'token-invalid', token: now => tampered(signTestToken(now), 1) },
  { what: 'a tampered signature', answer: 'token-invalid', token: now => tampered(signTestToken(now), 2) },
  { what: 'no signature', answer: 'token-invalid', token: now => signTestToken(now).replace(/[^.]*$/, '') },
  { what: 'empty', answer: 'token-invalid', token: () => '' },
  { what: 'no token at all', answer: 'token-invalid', token: () => 'constructor' },
  { what: 'dots', answer: 'token-invalid', token: () => '..' },
  { what: '16 kB of it', answer: 'token-invalid', token: now => signTestToken(now, { x: 'x'.repeat(12_000) }) },
  { what: '16 kB of dots', answer: 'token-invalid', token: () => '.'.repeat(16_384) },
];
