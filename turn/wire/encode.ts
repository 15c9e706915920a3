// Builds a STUN message: header, attributes, integrity, fingerprint, in that order. Knows no method's rules.
import { attributeType } from './attribute-types.ts';
import type { AttributeCodec } from './attributes.ts';
import { computeFingerprint } from './fingerprint.ts';
import { computeIntegrity } from './integrity.ts';
import { attributeHeaderBytes, headerBytes, magicCookie, padded } from './limits.ts';
import type { Message } from './message.ts';
import { encodeType } from './methods.ts';

/** What the header says. A {@link Message} is one, so that a response takes method and transaction from its request. */
export type MessageHead = Pick<Message, 'method' | 'class' | 'transactionId'>;

/** An attribute still without the transaction ID that XOR addresses are masked with. */
export interface AttributeToWrite {
  readonly type: number;
  readonly encode: (transactionId: Buffer) => Buffer;
}

/** What a message ends with. */
export interface Trailer {
  /** Adds MESSAGE-INTEGRITY under this key. */
  readonly integrityKey?: Buffer | undefined;
  /** Adds FINGERPRINT. */
  readonly fingerprint?: boolean;
}

/** Names an attribute and its value for {@link encodeMessage}. */
export const write = <T>({ type, encode }: AttributeCodec<T>, value: T): AttributeToWrite => ({
  type,
  encode: transactionId => encode(value, transactionId),
});

/** The bytes of a message; padding is zero, so that nothing of an earlier datagram leaks (CVE-2020-4067). */
export const encodeMessage = (
  { method, class: messageClass, transactionId }: MessageHead,
  attributes: readonly AttributeToWrite[],
  { integrityKey, fingerprint = false }: Trailer = {},
): Buffer => {
  const values = attributes.map(({ type, encode }) => ({ type, value: encode(transactionId) }));
  const attributesEnd = values.reduce(
    (end, { value }) => end + attributeHeaderBytes + padded(value.length),
    headerBytes,
  );
  const integrityEnd = attributesEnd + (integrityKey ? attributeHeaderBytes + 20 : 0);
  const bytes = Buffer.alloc(integrityEnd + (fingerprint ? attributeHeaderBytes + 4 : 0));

  bytes.writeUInt16BE(encodeType(method, messageClass), 0);
  // The final length: FINGERPRINT is computed with it, MESSAGE-INTEGRITY brings its own (computeIntegrity).
  bytes.writeUInt16BE(bytes.length - headerBytes, 2);
  bytes.writeUInt32BE(magicCookie, 4);
  bytes.set(transactionId, 8);
  let at = headerBytes;
  for (const { type, value } of values) at = writeAttribute(bytes, at, type, value);

  // RFC 8489 §14.5, §14.7: each covers what stands before it, so they are written last and in this order.
  if (integrityKey) {
    const integrity = computeIntegrity(bytes, attributesEnd, integrityKey);
    writeAttribute(bytes, attributesEnd, attributeType.messageIntegrity, integrity);
  }
  if (fingerprint) {
    const value = Buffer.allocUnsafe(4);
    value.writeUInt32BE(computeFingerprint(bytes, integrityEnd), 0);
    writeAttribute(bytes, integrityEnd, attributeType.fingerprint, value);
  }
  return bytes;
};

const writeAttribute = (bytes: Buffer, at: number, type: number, value: Buffer): number => {
  bytes.writeUInt16BE(type, at);
  bytes.writeUInt16BE(value.length, at + 2);
  bytes.set(value, at + attributeHeaderBytes);
  return at + attributeHeaderBytes + padded(value.length);
};
