// The value of the three XOR address attributes (RFC 8489 §14.2, RFC 8656 §18.3, §18.5). Knows not whose address.
import { ipFromBytes, ipToBytes } from './address.ts';
import type { TransportAddress } from './address.ts';
import { magicCookie } from './limits.ts';

const familyIpv4 = 0x01;
const familyIpv6 = 0x02;
const valueBytesIpv4 = 8;
const valueBytesIpv6 = 20;

/** @throws TypeError if `address` is no IP address: addresses come from sockets and settings, both checked before */
export const encodeXorAddress = ({ address, port }: TransportAddress, transactionId: Buffer): Buffer => {
  const ip = ipToBytes(address);
  if (ip === undefined) throw new TypeError(`Not an IP address: ${address}`);
  const value = Buffer.allocUnsafe(4 + ip.length);
  value.writeUInt16BE(ip.length === 4 ? familyIpv4 : familyIpv6, 0);
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
  value.set(ip, 4);
  applyMask(value, transactionId);
  return value;
};

export const decodeXorAddress = (value: Buffer, transactionId: Buffer): TransportAddress | undefined => {
  const isIpv4 = value.length === valueBytesIpv4 && value[1] === familyIpv4;
  const isIpv6 = value.length === valueBytesIpv6 && value[1] === familyIpv6;
  if (!isIpv4 && !isIpv6) return undefined;
  const unmasked = Buffer.from(value);
  applyMask(unmasked, transactionId);
  return {
    address: ipFromBytes(unmasked.subarray(4)),
    port: value.readUInt16BE(2) ^ (magicCookie >>> 16),
    family: isIpv4 ? 'IPv4' : 'IPv6',
  };
};

// RFC 8489 §14.2: the IP address is XORed with the magic cookie and, if 16 bytes long, the transaction ID.
const applyMask = (value: Buffer, transactionId: Buffer): void => {
  value.writeUInt32BE((value.readUInt32BE(4) ^ magicCookie) >>> 0, 4);
  for (let at = 8; at < value.length; at++) value[at] = (value[at] ?? 0) ^ (transactionId[at - 8] ?? 0);
};
