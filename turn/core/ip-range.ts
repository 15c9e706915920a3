// CIDR ranges: text to a range, and whether an address lies in one. Knows no policy.
import { ipToBytes } from '../wire/address.ts';

export interface IpRange {
  /** 4 or 16 bytes. */
  readonly ip: Buffer;
  readonly prefixBits: number;
}

/** Whether this is a range that {@link parseIpRange} reads. */
export const isIpRange = (text: string): boolean => parseIpRange(text) !== undefined;

const prefixPattern = /^(?:0|[1-9][0-9]{0,2})$/;

/**
 * `address/prefix`, or an address alone for that one. `undefined` for anything else, also where bits behind the prefix
 * are set: `10.0.0.1/8` may mean a host or a network, and a policy must not guess.
 */
export const parseIpRange = (text: string): IpRange | undefined => {
  const [address = '', prefix, extra] = text.split('/');
  const ip = address.includes('%') ? undefined : ipToBytes(address);
  if (ip === undefined || extra !== undefined) return undefined;
  if (prefix === undefined) return { ip, prefixBits: ip.length * 8 };
  const prefixBits = Number(prefix);
  if (!prefixPattern.test(prefix) || prefixBits > ip.length * 8) return undefined;
  const range = { ip: maskTo(ip, prefixBits), prefixBits };
  return range.ip.equals(ip) ? range : undefined;
};

/** Addresses of the other family are in no range: 4 bytes never match 16. */
export const isInRange = (ip: Buffer, range: IpRange): boolean => {
  if (ip.length !== range.ip.length) return false;
  const wholeBytes = range.prefixBits >> 3;
  for (let at = 0; at < wholeBytes; at++) if (ip[at] !== range.ip[at]) return false;
  const restBits = range.prefixBits & 7;
  if (restBits === 0) return true;
  const mask = 0xff << (8 - restBits);
  return ((ip[wholeBytes] ?? 0) & mask & 0xff) === range.ip[wholeBytes];
};

const maskTo = (ip: Buffer, prefixBits: number): Buffer =>
  Buffer.from(ip.map((byte, at) => byte & (0xff << Math.max(0, Math.min(8, (at + 1) * 8 - prefixBits)))));
