// Nonces that no memory is spent on: a time, and a MAC over it and the client. Knows no user and no message.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TransportAddress } from '../wire/address.ts';
import { nonceLifetimeSec } from './limits.ts';

export interface Nonces {
  issue(client: TransportAddress, now: number): string;
  /** Whether we issued it, to this address and port, and not too long ago. */
  holds(nonce: string, client: TransportAddress, now: number): boolean;
}

/** Seconds as 8 hex digits, then the first 8 bytes of the MAC as 16: 24 characters, as few as a 401 should carry. */
const noncePattern = /^[0-9a-f]{24}$/;
const timeCharacters = 8;
const macBytes = 8;

/**
 * RFC 8656 §5, RFC 8489 §9.2: bound to the client, so that a nonce that somebody saw is of no use from elsewhere.
 * `key` is random for each process and not made of the secrets: whoever asks gets a nonce, and could try out weak
 * secrets on it at leisure.
 */
export const createNonces = (key: Buffer): Nonces => {
  const macOf = (time: string, { address, port }: TransportAddress): Buffer =>
    createHmac('sha256', key).update(`${time}|${port}|${address}`).digest().subarray(0, macBytes);

  return {
    issue: (client, now) => {
      const time = Math.floor(now / 1000)
        .toString(16)
        .padStart(timeCharacters, '0');
      return time + macOf(time, client).toString('hex');
    },
    holds: (nonce, client, now) => {
      if (!noncePattern.test(nonce)) return false;
      const time = nonce.slice(0, timeCharacters);
      const given = Buffer.from(nonce.slice(timeCharacters), 'hex');
      if (!timingSafeEqual(given, macOf(time, client))) return false;
      return Math.floor(now / 1000) - Number.parseInt(time, 16) < nonceLifetimeSec;
    },
  };
};
