// Data indication: what a peer sent, wrapped for the client (RFC 8656 §11.3). Knows no permission and copies no payload.
import { attributeType } from './attribute-types.ts';
import { attributeHeaderBytes, datagramMaxBytes, headerBytes, magicCookie, padded } from './limits.ts';
import { encodeType, method } from './methods.ts';
import { writeXorAddress, xorAddressBytes } from './xor-address.ts';

/** Padding is zero, so that nothing of an earlier datagram leaks (CVE-2020-4067). */
const zeros = Buffer.alloc(3);

/** Where the payload starts behind an address of this size. */
const payloadAtWith = (peerBytes: number): number =>
  headerBytes + attributeHeaderBytes + peerBytes + attributeHeaderBytes;

const messageType = encodeType(method.data, 'indication');

/**
 * Head, payload and padding, to be sent as one datagram. `ip` is the peer's address as 4 or 16 bytes.
 * `undefined` if no datagram can carry it: the peer's own was close to the 64 KiB that UDP allows.
 */
export const encodeDataIndication = (
  ip: Uint8Array,
  port: number,
  payload: Buffer,
  transactionId: Buffer,
): readonly Buffer[] | undefined => {
  const peerBytes = xorAddressBytes(ip);
  const headBytes = payloadAtWith(peerBytes);
  const totalBytes = headBytes + padded(payload.length);
  if (totalBytes > datagramMaxBytes) return undefined;

  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt16BE(messageType, 0);
  head.writeUInt16BE(totalBytes - headerBytes, 2);
  head.writeUInt32BE(magicCookie, 4);
  head.set(transactionId, 8);
  head.writeUInt16BE(attributeType.xorPeerAddress, headerBytes);
  head.writeUInt16BE(peerBytes, headerBytes + 2);
  writeXorAddress(head, headerBytes + attributeHeaderBytes, ip, port, transactionId);
  head.writeUInt16BE(attributeType.data, headBytes - 4);
  head.writeUInt16BE(payload.length, headBytes - 2);
  const paddingBytes = padded(payload.length) - payload.length;
  return paddingBytes === 0 ? [head, payload] : [head, payload, zeros.subarray(0, paddingBytes)];
};

/**
 * Makes of a whole Send indication the Data indication that carries its payload, in place: the same bytes as
 * {@link encodeDataIndication} makes. `false`, and nothing is touched, if it is not just an address of that family and then a
 * payload: whatever else its client wrote is not for others.
 */
export const turnIntoDataIndication = (bytes: Buffer, ip: Uint8Array, port: number, transactionId: Buffer): boolean => {
  const peerBytes = xorAddressBytes(ip);
  const payloadAt = payloadAtWith(peerBytes);
  if (bytes.length < payloadAt || bytes.length > datagramMaxBytes) return false;
  if (bytes.readUInt16BE(headerBytes) !== attributeType.xorPeerAddress) return false;
  if (bytes.readUInt16BE(headerBytes + 2) !== peerBytes) return false;
  if (bytes.readUInt16BE(payloadAt - 4) !== attributeType.data) return false;
  const payloadEnd = payloadAt + bytes.readUInt16BE(payloadAt - 2);
  if (padded(payloadEnd) !== bytes.length) return false;

  bytes.writeUInt16BE(messageType, 0);
  bytes.set(transactionId, 8);
  writeXorAddress(bytes, headerBytes + attributeHeaderBytes, ip, port, transactionId);
  for (let at = payloadEnd; at < bytes.length; at++) bytes[at] = 0;
  return true;
};
