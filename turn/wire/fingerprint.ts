// FINGERPRINT: tells STUN from other protocols on one port (RFC 8489 §14.7). Proves nothing about the sender.
import { valueAt } from './message.ts';
import type { Message } from './message.ts';

// ISO 3309 CRC-32, reflected. A table, because `zlib.crc32` is younger than the oldest Node that we run on.
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** FINGERPRINT of a message whose length field counts the attribute already and whose own bytes start at `end`. */
export const computeFingerprint = (bytes: Buffer, end: number): number => {
  let crc = 0xffffffff;
  for (let at = 0; at < end; at++) crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  // "STUN" in ASCII: an application that has a CRC-32 of its own in its packets does not look like STUN by chance.
  return (~crc ^ 0x5354554e) >>> 0;
};

/** Whether a message without FINGERPRINT, or with the right one, was received. */
export const fingerprintHolds = ({ bytes, fingerprintAt }: Message): boolean =>
  fingerprintAt === undefined ||
  valueAt(bytes, fingerprintAt).readUInt32BE(0) === computeFingerprint(bytes, fingerprintAt);
