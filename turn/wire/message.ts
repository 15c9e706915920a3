// A STUN message over the bytes it came in: header, bounds, and a walk over attributes. Knows no attribute's meaning.
import { attributeType } from './attribute-types.ts';
import { attributeHeaderBytes, headerBytes, magicCookie, padded } from './limits.ts';
import { classOf, methodOf } from './methods.ts';
import type { MessageClass } from './methods.ts';

/** A message whose bounds hold. Values are read from `bytes` when they are asked for; nothing is copied. */
export interface Message {
  readonly method: number;
  readonly class: MessageClass;
  /** Exactly the message, header to last padding. */
  readonly bytes: Buffer;
  /** 96 bits that tie a response to its request. */
  readonly transactionId: Buffer;
  /** Where the attributes end that may be believed: at the first integrity attribute, else at the end. */
  readonly coveredEnd: number;
  /** Offset of MESSAGE-INTEGRITY. */
  readonly integrityAt: number | undefined;
  /** Offset of FINGERPRINT. */
  readonly fingerprintAt: number | undefined;
}

/**
 * Reads one whole message. `undefined` for anything else: other protocols, RFC 3489 clients (no magic cookie), lengths
 * that do not add up, bytes after the end.
 */
export const decodeMessage = (bytes: Buffer): Message | undefined => {
  if (bytes.length < headerBytes) return undefined;
  const type = bytes.readUInt16BE(0);
  // RFC 8489 §5: the first two bits are zero, the length a multiple of 4 that leaves out the header.
  if (type > 0x3fff || bytes.length % 4 !== 0) return undefined;
  if (bytes.readUInt16BE(2) !== bytes.length - headerBytes) return undefined;
  if (bytes.readUInt32BE(4) !== magicCookie) return undefined;
  const trailer = findTrailer(bytes);
  if (trailer === undefined) return undefined;
  const transactionId = bytes.subarray(8, headerBytes);
  const { coveredEnd, integrityAt, fingerprintAt } = trailer;
  return {
    method: methodOf(type),
    class: classOf(type),
    bytes,
    transactionId,
    coveredEnd,
    integrityAt,
    fingerprintAt,
  };
};

/** The first attribute of a type among the covered ones. RFC 8489 §14: only the first of several needs to be heard. */
export const findAttribute = (message: Message, type: number): Buffer | undefined => {
  const { bytes, coveredEnd } = message;
  for (let at = headerBytes; at < coveredEnd; at = nextAt(bytes, at)) {
    if (bytes.readUInt16BE(at) === type) return valueAt(bytes, at);
  }
  return undefined;
};

/** Calls back with the type of every covered attribute in order. */
export const forEachAttribute = (
  { bytes, coveredEnd }: Message,
  callback: (type: number, at: number) => void,
): void => {
  for (let at = headerBytes; at < coveredEnd; at = nextAt(bytes, at)) callback(bytes.readUInt16BE(at), at);
};

/** Every covered attribute in order, for a check of the whole and for those that a method lets repeat. */
export const listAttributes = (message: Message): { readonly type: number; readonly value: Buffer }[] => {
  const attributes: { type: number; value: Buffer }[] = [];
  forEachAttribute(message, (type, at) => attributes.push({ type, value: valueAt(message.bytes, at) }));
  return attributes;
};

/** The value of the attribute at an offset that {@link decodeMessage} found. */
export const valueAt = (bytes: Buffer, at: number): Buffer =>
  bytes.subarray(at + attributeHeaderBytes, at + attributeHeaderBytes + bytes.readUInt16BE(at + 2));

/** The offset behind the attribute at `at`, its padding included. */
export const nextAt = (bytes: Buffer, at: number): number =>
  at + attributeHeaderBytes + padded(bytes.readUInt16BE(at + 2));

type Trailer = Pick<Message, 'coveredEnd' | 'integrityAt' | 'fingerprintAt'>;

// The one pass that checks bounds; every later walk relies on it.
const findTrailer = (bytes: Buffer): Trailer | undefined => {
  let integrityAt: number | undefined;
  let integritySha256At: number | undefined;
  let fingerprintAt: number | undefined;
  for (let at = headerBytes; at < bytes.length; at = nextAt(bytes, at)) {
    // Length and offsets are multiples of 4, so a value that fits leaves room for its padding too.
    if (at + attributeHeaderBytes + bytes.readUInt16BE(at + 2) > bytes.length) return undefined;
    const valueBytes = bytes.readUInt16BE(at + 2);
    switch (bytes.readUInt16BE(at)) {
      // RFC 8489 §14.5: after MESSAGE-INTEGRITY only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT count.
      case attributeType.messageIntegrity:
        if (integrityAt !== undefined || integritySha256At !== undefined) break;
        if (valueBytes !== 20) return undefined;
        integrityAt = at;
        break;
      // RFC 8489 §14.6: after it only FINGERPRINT counts. Truncation to 16–28 bytes is for usages that ask for it.
      case attributeType.messageIntegritySha256:
        if (integritySha256At !== undefined) break;
        if (valueBytes !== 32) return undefined;
        integritySha256At = at;
        break;
      // RFC 8489 §14.7: "must be the last attribute in the message".
      case attributeType.fingerprint:
        if (valueBytes !== 4 || at + attributeHeaderBytes + valueBytes !== bytes.length) return undefined;
        fingerprintAt = at;
        break;
    }
  }
  const coveredEnd = integrityAt ?? integritySha256At ?? fingerprintAt ?? bytes.length;
  return { coveredEnd, integrityAt, fingerprintAt };
};
