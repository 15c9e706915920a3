// MESSAGE-INTEGRITY and its SHA-256 sibling: keys, computing, verifying. Knows no user, secret or realm of ours.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { attributeHeaderBytes, headerBytes } from './limits.ts';
import { valueAt } from './message.ts';
import type { Message } from './message.ts';

/** Digest of the HMAC, named as `node:crypto` names it. */
export type IntegrityAlgorithm = 'sha1' | 'sha256';

const digestBytes = { sha1: 20, sha256: 32 } as const;

/** RFC 8489 §9.2.2. MD5 is what every TURN client uses; SHA-256 comes with PASSWORD-ALGORITHM (§18.5.1). */
export const longTermKey = (
  username: string,
  realm: string,
  password: string,
  algorithm: 'md5' | 'sha256' = 'md5',
): Buffer => createHash(algorithm).update(`${username}:${realm}:${password}`).digest();

/** RFC 8489 §9.1.1: the password itself. */
export const shortTermKey = (password: string): Buffer => Buffer.from(password);

/** RFC 8489 §14.4: USERHASH of a client that hides its username. */
export const userhash = (username: string, realm: string): Buffer =>
  createHash('sha256').update(`${username}:${realm}`).digest();

/**
 * The HMAC of the bytes before `end`, where the attribute itself starts. RFC 8489 §14.5: the header is hashed as if the
 * message ended right after the attribute, so that what is appended later (FINGERPRINT) does not change it.
 */
export const computeIntegrity = (bytes: Buffer, end: number, key: Buffer, algorithm: IntegrityAlgorithm): Buffer => {
  const head = Buffer.from(bytes.subarray(0, 4));
  head.writeUInt16BE(end + attributeHeaderBytes + digestBytes[algorithm] - headerBytes, 2);
  return createHmac(algorithm, key).update(head).update(bytes.subarray(4, end)).digest();
};

/** Whether the message carries the integrity attribute of that algorithm and the key made it. Constant time. */
export const integrityHolds = (message: Message, key: Buffer, algorithm: IntegrityAlgorithm = 'sha1'): boolean => {
  const at = algorithm === 'sha1' ? message.integrityAt : message.integritySha256At;
  if (at === undefined) return false;
  return timingSafeEqual(valueAt(message.bytes, at), computeIntegrity(message.bytes, at, key, algorithm));
};
