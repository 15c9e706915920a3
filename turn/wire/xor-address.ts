// The value of the three XOR address attributes (RFC 8489 §14.2, RFC 8656 §18.3, §18.5). Knows not whose address.
import { ipFromBytes, ipToBytes, ipv4FromWord } from './address.ts';
import type { TransportAddress } from './address.ts';
import { magicCookie } from './limits.ts';

const familyIpv4 = 0x01;
const familyIpv6 = 0x02;
const valueBytesIpv4 = 8;
const valueBytesIpv6 = 20;

/** Size of the value for an address of 4 or 16 bytes. */
export const xorAddressBytes = (ip: Uint8Array): number => (ip.length === 4 ? valueBytesIpv4 : valueBytesIpv6);

/** Writes the value at an offset: for what is sent too often to be put together from attributes. */
export const writeXorAddress = (
  into: Buffer,
  at: number,
  ip: Uint8Array,
  port: number,
  transactionId: Buffer,
): void => {
  into.writeUInt16BE(ip.length === 4 ? familyIpv4 : familyIpv6, at);
  into.writeUInt16BE(port ^ (magicCookie >>> 16), at + 2);
  into.set(ip, at + 4);
  applyMask(into, at, at + 4 + ip.length, transactionId);
};

/** @throws TypeError if `address` is no IP address: addresses come from sockets and settings, both checked before */
export const encodeXorAddress = ({ address, port }: TransportAddress, transactionId: Buffer): Buffer => {
  const ip = ipToBytes(address);
  if (ip === undefined) throw new TypeError(`Not an IP address: ${address}`);
  const value = Buffer.allocUnsafe(xorAddressBytes(ip));
  writeXorAddress(value, 0, ip, port, transactionId);
  return value;
};

export const decodeXorAddress = (value: Buffer, transactionId: Buffer): TransportAddress | undefined => {
  const isIpv4 = value.length === valueBytesIpv4 && value[1] === familyIpv4;
  const isIpv6 = value.length === valueBytesIpv6 && value[1] === familyIpv6;
  if (!isIpv4 && !isIpv6) return undefined;
  const port = value.readUInt16BE(2) ^ (magicCookie >>> 16);
  // Of every Send indication: an IPv4 address is unmasked without a copy.
  if (isIpv4) return { address: ipv4FromWord(value.readUInt32BE(4) ^ magicCookie), port, family: 'IPv4' };
  const unmasked = Buffer.from(value);
  applyMask(unmasked, 0, unmasked.length, transactionId);
  return { address: ipFromBytes(unmasked.subarray(4)), port, family: 'IPv6' };
};

// RFC 8489 §14.2: the IP address is XORed with the magic cookie and, if 16 bytes long, the transaction ID.
const applyMask = (bytes: Buffer, at: number, end: number, transactionId: Buffer): void => {
  bytes.writeUInt32BE((bytes.readUInt32BE(at + 4) ^ magicCookie) >>> 0, at + 4);
  for (let to = at + 8; to < end; to++) bytes[to] = (bytes[to] ?? 0) ^ (transactionId[to - at - 8] ?? 0);
};
