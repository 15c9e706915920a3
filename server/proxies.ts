// Which neighbours are believed when they say for whom they speak. It knows no request.
import { BlockList, isIP } from 'node:net';

export type TrustsAddress = (address: string) => boolean;

const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

export const proxyRangeNames = Object.keys(namedRanges);

/** Whether `range` is an address, a CIDR range or one of the names. */
export function isProxyRange(range: string): boolean {
  return Object.hasOwn(namedRanges, range) || parseCidr(range) !== undefined;
}

/** A test for addresses in any of `ranges`; without ranges nobody is believed. */
export function trustedProxies(ranges: readonly string[]): TrustsAddress {
  const list = new BlockList();
  for (const range of ranges.flatMap(each => (Object.hasOwn(namedRanges, each) ? (namedRanges[each] ?? []) : [each]))) {
    const cidr = parseCidr(range);
    if (cidr) list.addSubnet(cidr.address, cidr.prefix, cidr.family);
  }
  return address => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** `192.0.2.0/24`, or an address alone. */
export function parseCidr(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', prefixText, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix <= bits ? { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}
