// Who somebody is: the hash of the secret that only they know. It needs no store, so any node can check a claim.
import { createHash } from 'node:crypto';

/** base64url(SHA-256(secret)): safe to show to everybody, useless for taking the seat. */
export function participantIdOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
