// MESSAGE-INTEGRITY: key, computing, verifying. Knows no user, secret or realm of ours. Its SHA-256 sibling is for clients
// that were offered it, and nobody is.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { attributeHeaderBytes, headerBytes } from './limits.ts';
import { valueAt } from './message.ts';
import type { Message } from './message.ts';

/** Of an HMAC-SHA1. */
const digestBytes = 20;

/** RFC 8489 §9.2.2. MD5 is what every TURN client uses; SHA-256 comes with PASSWORD-ALGORITHM (§18.5.1). */
export const longTermKey = (username: string, realm: string, password: string): Buffer =>
  createHash('md5').update(`${username}:${realm}:${password}`).digest();

/**
 * The HMAC of the bytes before `end`, where the attribute itself starts. RFC 8489 §14.5: the header is hashed as if the
 * message ended right after the attribute, so that what is appended later (FINGERPRINT) does not change it.
 */
export const computeIntegrity = (bytes: Buffer, end: number, key: Buffer): Buffer => {
  const head = Buffer.from(bytes.subarray(0, 4));
  head.writeUInt16BE(end + attributeHeaderBytes + digestBytes - headerBytes, 2);
  return createHmac('sha1', key).update(head).update(bytes.subarray(4, end)).digest();
};

/** Whether the message carries MESSAGE-INTEGRITY and the key made it. Constant time. */
export const integrityHolds = ({ bytes, integrityAt: at }: Message, key: Buffer): boolean =>
  at !== undefined && timingSafeEqual(valueAt(bytes, at), computeIntegrity(bytes, at, key));
