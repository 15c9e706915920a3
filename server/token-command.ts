// `video-call token`: arguments and environment in, a token or every complaint at once out. It prints nothing.
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import type { Role } from '../protocol/events.ts';
import { roomNamePattern } from '../protocol/limits.ts';
import { authSecretMinBytes, mintToken, tokenMaxAgeSec } from './token.ts';

export type TokenOutcome = { readonly token: string } | { readonly problems: readonly string[] };

const options = {
  room: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  user: { type: 'string' },
  issuer: { type: 'string' },
  ttl: { type: 'string' },
  knock: { type: 'boolean' },
  'relay-only': { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const roles: readonly string[] = ['host', 'member', 'guest'] satisfies Role[];

/** `environment.AUTH_SECRET` signs; of several, the first. `now`: milliseconds since the epoch. */
export async function tokenCommand(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  now: number,
): Promise<TokenOutcome> {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    return { problems: [(error as Error).message] };
  }
  const { room = '', name, role, user, issuer, ttl = String(tokenMaxAgeSec), knock, 'relay-only': relayOnly } = values;
  const secret = environment.AUTH_SECRET?.split(',')[0]?.trim() ?? '';
  const ttlSec = /^\d{1,4}$/.test(ttl) ? Number(ttl) : 0;
  const problems: string[] = [];
  if (Buffer.byteLength(secret) < authSecretMinBytes) {
    problems.push(`AUTH_SECRET: expected a secret of at least ${authSecretMinBytes} bytes, the server's`);
  }
  if (room !== '*' && !roomNamePattern.test(room)) problems.push('--room: expected 1 to 128 of A-Z a-z 0-9 _ -, or *');
  if (role !== undefined && !roles.includes(role)) problems.push(`--role: expected ${roles.join(', ')}`);
  if (ttlSec < 1 || ttlSec > tokenMaxAgeSec) problems.push(`--ttl: expected 1 to ${tokenMaxAgeSec} seconds`);
  if (problems.length > 0) return { problems };
  const wish = { secret, room, name, role: role as Role | undefined, user, issuer, knock, relayOnly, ttlSec, now };
  return { token: await mintToken(wish) };
}
