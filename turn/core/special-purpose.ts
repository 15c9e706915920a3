// Addresses that no peer on the internet has: IANA's special-purpose registries (RFC 6890), and IPv4 inside IPv6. Knows
// no setting: what to do about them is the peer policy's matter.
import { ipToBytes } from '../wire/address.ts';
import { isInRange, parseIpRange } from './ip-range.ts';
import type { IpRange } from './ip-range.ts';

const rangeOf = (text: string): IpRange => {
  const range = parseIpRange(text);
  if (range === undefined) throw new TypeError(`Not a CIDR range: ${text}`);
  return range;
};

export const specialPurposeRanges: readonly IpRange[] = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, with the metadata services of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays, deprecated
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '::/96', // unspecified, loopback, IPv4-compatible
  '::ffff:0:0/96', // IPv4-mapped
  '::ffff:0:0:0/96', // IPv4-translated
  '64:ff9b:1::/48', // local NAT64
  '100::/48', // discard-only, dummy
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
  '5f00::/16', // segment routing
  'fc00::/7', // unique local, with the metadata services of clouds
  'fe80::/10', // link-local
  'fec0::/10', // site-local, deprecated
  'ff00::/8', // multicast
].map(rangeOf);

const at = (offset: number) => (ip: Buffer) => ip.subarray(offset, offset + 4);
const inverted = (offset: number) => (ip: Buffer) => Buffer.from(at(offset)(ip).map(byte => byte ^ 0xff));

// Where a gateway, a tunnel or the kernel itself would send on to the IPv4 address within.
const embeddings: readonly { readonly range: IpRange; readonly ipv4: (ip: Buffer) => Buffer }[] = [
  { range: rangeOf('::/96'), ipv4: at(12) }, // RFC 4291 §2.5.5.1: IPv4-compatible
  { range: rangeOf('::ffff:0:0/96'), ipv4: at(12) }, // RFC 4291 §2.5.5.2: IPv4-mapped
  { range: rangeOf('::ffff:0:0:0/96'), ipv4: at(12) }, // RFC 2765: IPv4-translated
  { range: rangeOf('64:ff9b::/96'), ipv4: at(12) }, // RFC 6052 §2.1: NAT64
  { range: rangeOf('64:ff9b:1::/96'), ipv4: at(12) }, // RFC 8215: local NAT64
  { range: rangeOf('2002::/16'), ipv4: at(2) }, // RFC 3056: 6to4
  { range: rangeOf('2001::/32'), ipv4: at(4) }, // RFC 4380 §4: Teredo's server …
  { range: rangeOf('2001::/32'), ipv4: inverted(12) }, // … and its client
];

/** The address itself and every IPv4 address that it stands for, as bytes. Empty for text that is no IP address. */
export const formsOf = (address: string): readonly Buffer[] => {
  const ip = ipToBytes(address);
  if (ip === undefined) return [];
  return [ip, ...embeddings.filter(({ range }) => isInRange(ip, range)).map(({ ipv4 }) => ipv4(ip))];
};
