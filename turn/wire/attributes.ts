// Attribute values ⇄ bytes, one row an attribute. Knows no method, and not which attribute belongs where.
import { isUtf8 } from 'node:buffer';
import { attributeType } from './attribute-types.ts';
import { quotedTextMaxBytes, usernameMaxBytes } from './limits.ts';
import { decodeXorAddress, encodeXorAddress } from './xor-address.ts';

/** How one attribute is written and read. `decode` answers `undefined` to a value that the RFC does not allow. */
export interface AttributeCodec<T> {
  readonly type: number;
  readonly encode: (value: T, transactionId: Buffer) => Buffer;
  readonly decode: (bytes: Buffer, transactionId: Buffer) => T | undefined;
}

/** ERROR-CODE; the reason is for people who read a capture. */
export interface ErrorCode {
  readonly code: number;
  readonly reason: string;
}

const xorAddress = (type: number) => ({ type, encode: encodeXorAddress, decode: decodeXorAddress });

const text = (type: number, maxBytes: number): AttributeCodec<string> => ({
  type,
  encode: value => Buffer.from(value),
  decode: bytes => (bytes.length <= maxBytes && isUtf8(bytes) ? bytes.toString() : undefined),
});

// A number and then bytes that are reserved: sent as zero, not looked at when received.
const uint = (type: number, numberBytes: 1 | 2 | 4, valueBytes: 1 | 4): AttributeCodec<number> => ({
  type,
  encode: value => {
    const bytes = Buffer.alloc(valueBytes);
    bytes.writeUIntBE(value, 0, numberBytes);
    return bytes;
  },
  decode: bytes => (bytes.length === valueBytes ? bytes.readUIntBE(0, numberBytes) : undefined),
});

const opaque = (type: number, accepts: (bytes: Buffer) => boolean): AttributeCodec<Buffer> => ({
  type,
  encode: value => value,
  decode: bytes => (accepts(bytes) ? bytes : undefined),
});

// RFC 8489 §14
export const xorMappedAddress = xorAddress(attributeType.xorMappedAddress);
export const username = text(attributeType.username, usernameMaxBytes);
export const realm = text(attributeType.realm, quotedTextMaxBytes);
export const nonce = text(attributeType.nonce, quotedTextMaxBytes);
export const software = text(attributeType.software, quotedTextMaxBytes);

/** RFC 8489 §14.8: class and number apart; the length counts the reason without its padding. */
export const errorCode: AttributeCodec<ErrorCode> = {
  type: attributeType.errorCode,
  encode: ({ code, reason }) =>
    Buffer.concat([Buffer.from([0, 0, Math.trunc(code / 100), code % 100]), Buffer.from(reason)]),
  decode: bytes => {
    const [, , hundreds = 0, number = 0] = bytes;
    // The class is the low 3 bits; what is above is reserved.
    const code = (hundreds & 7) * 100 + number;
    const reason = bytes.subarray(4);
    if (bytes.length < 4 || bytes.length > 4 + quotedTextMaxBytes || !isUtf8(reason)) return undefined;
    return code < 300 || code > 699 || number > 99 ? undefined : { code, reason: reason.toString() };
  },
};

/** RFC 8489 §14.9: a list of 16-bit types. */
export const unknownAttributes: AttributeCodec<readonly number[]> = {
  type: attributeType.unknownAttributes,
  encode: types => {
    const bytes = Buffer.allocUnsafe(types.length * 2);
    types.forEach((type, index) => bytes.writeUInt16BE(type, index * 2));
    return bytes;
  },
  decode: bytes =>
    bytes.length % 2 === 0
      ? Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16BE(index * 2))
      : undefined,
};

// RFC 8656 §18
export const xorPeerAddress = xorAddress(attributeType.xorPeerAddress);
export const xorRelayedAddress = xorAddress(attributeType.xorRelayedAddress);
export const channelNumber = uint(attributeType.channelNumber, 2, 4);
export const lifetime = uint(attributeType.lifetime, 4, 4);
export const requestedTransport = uint(attributeType.requestedTransport, 1, 4);
export const requestedAddressFamily = uint(attributeType.requestedAddressFamily, 1, 4);
export const data = opaque(attributeType.data, () => true);
export const dontFragment = opaque(attributeType.dontFragment, bytes => bytes.length === 0);
export const reservationToken = opaque(attributeType.reservationToken, bytes => bytes.length === 8);

/** RFC 8656 §18.6: whether the next-higher port shall be reserved too. The other seven bits are reserved. */
export const evenPort: AttributeCodec<boolean> = {
  type: attributeType.evenPort,
  encode: reserveNext => Buffer.from([reserveNext ? 0x80 : 0]),
  decode: bytes => (bytes.length === 1 ? (bytes.readUInt8(0) & 0x80) !== 0 : undefined),
};
