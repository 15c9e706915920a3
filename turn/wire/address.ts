// IP addresses: text ⇄ bytes. Knows no ports' meaning, no socket and no policy.

export type IpFamily = 'IPv4' | 'IPv6';

/** An IP address and port; `dgram`'s `RemoteInfo` is one, so that nothing is converted for each datagram. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
  readonly family: IpFamily;
}

const ipv4Octet = /^(?:0|[1-9][0-9]{0,2})$/;
const ipv6Group = /^[0-9a-f]{1,4}$/i;

/** Bytes of an address in network order, 4 or 16; `undefined` for text that is no IP address. A zone is left out. */
export const ipToBytes = (text: string): Buffer | undefined => {
  if (!text.includes(':')) {
    const octets = parseIpv4(text);
    return octets && Buffer.from(octets);
  }
  const [address = ''] = text.split('%', 1);
  const groups = parseIpv6(address);
  if (groups === undefined) return undefined;
  const bytes = Buffer.allocUnsafe(16);
  groups.forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
  return bytes;
};

/** Text of 4 or 16 bytes, spelled as libuv spells what a socket reports, so that equal addresses are equal text. */
export const ipFromBytes = (bytes: Buffer): string => {
  if (bytes.length === 4) return ipv4FromWord(bytes.readUInt32BE(0));
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  const { start, length } = longestZeroRun(groups);
  const holdsIpv4 = length === 6 || (length === 5 && groups[5] === 0xffff);
  if (start === 0 && holdsIpv4) return `::${length === 5 ? 'ffff:' : ''}${bytes.subarray(12).join('.')}`;
  const words = groups.map(group => group.toString(16));
  // RFC 5952 §4.2: `::` stands for the longest run of zeros, the first of equals, never for a single group.
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
};

/** Text of an IPv4 address given as 32 bits, signed or not. */
export const ipv4FromWord = (word: number): string =>
  `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;

/** One spelling for each address, for comparing text that people wrote. `undefined` if it is no IP address. */
export const canonicalIp = (text: string): string | undefined => {
  const bytes = ipToBytes(text);
  return bytes && ipFromBytes(bytes);
};

export const familyOf = (address: string): IpFamily => (address.includes(':') ? 'IPv6' : 'IPv4');

const parseIpv4 = (text: string): number[] | undefined => {
  const octets = text.split('.');
  // A leading zero is refused: some readers take it for octal, and two readings of one address are a hole.
  if (octets.length !== 4 || !octets.every(octet => ipv4Octet.test(octet))) return undefined;
  const values = octets.map(Number);
  return values.every(value => value <= 255) ? values : undefined;
};

const parseIpv6 = (text: string): number[] | undefined => {
  const [before = '', after, extra] = text.split('::');
  if (extra !== undefined) return undefined;
  if (after === undefined) {
    const groups = parseGroups(before, true);
    return groups?.length === 8 ? groups : undefined;
  }
  const head = parseGroups(before, false);
  const tail = parseGroups(after, true);
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
};

const parseGroups = (text: string, mayEndInIpv4: boolean): number[] | undefined => {
  if (text === '') return [];
  const words = text.split(':');
  const last = words.at(-1) ?? '';
  const octets = mayEndInIpv4 && last.includes('.') ? parseIpv4(last) : undefined;
  if (octets) words.pop();
  if (!words.every(word => ipv6Group.test(word))) return undefined;
  const groups = words.map(word => Number.parseInt(word, 16));
  const [a = 0, b = 0, c = 0, d = 0] = octets ?? [];
  if (octets) groups.push(a * 256 + b, c * 256 + d);
  return groups;
};

const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  return longest;
};
