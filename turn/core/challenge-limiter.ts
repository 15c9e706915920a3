// How many answers a stranger gets: so few that nobody borrows us to flood the address that he writes as his own. Knows
// no message. Its memory is the same for one sender and for a million.
import { ipToBytes } from '../wire/address.ts';
import { challengesPerSecond, challengeSources } from './limits.ts';

export interface ChallengeLimiter {
  /** Whether this address may get one more answer now. If so it is counted. */
  allows(address: string, now: number): boolean;
  /** Takes one answer off: this address was not borrowed, since what we sent there was read. */
  forgive(address: string): void;
}

const windowMs = 1000;

/** A network hands out at least this much of an IPv6 address to one customer, who may then change the rest at will. */
const ipv6NetworkBytes = 8;

/**
 * An array entry holds one source; the next that falls on it takes its place and starts anew. So a flood from very many
 * addresses pushes others out, who are then answered, instead of locking them out; that gives an address under attack
 * ten answers more for some thousand datagrams. Which sources share an entry depends on `randomBytes`: nobody can
 * choose.
 */
export const createChallengeLimiter = (randomBytes: (size: number) => Buffer): ChallengeLimiter => {
  const sources = new Uint32Array(challengeSources);
  const startedAt = new Float64Array(challengeSources);
  const counts = new Uint8Array(challengeSources);

  // Tabulation hashing: a random word for each value of each byte, IPv6 apart from IPv4.
  const words = new Uint32Array((4 + ipv6NetworkBytes) * 256);
  const random = randomBytes(words.byteLength);
  for (let index = 0; index < words.length; index++) words[index] = random.readUInt32LE(index * 4);

  const hash = (address: string): number => {
    const ip = ipToBytes(address) ?? noBytes;
    const start = ip.length === 4 ? 0 : 4;
    const length = Math.min(ip.length, ipv6NetworkBytes);
    let mixed = 0;
    for (let at = 0; at < length; at++) mixed ^= words[(start + at) * 256 + (ip[at] ?? 0)] ?? 0;
    return mixed >>> 0;
  };

  const countAt = (entry: number): number => counts[entry] ?? 0;

  return {
    allows: (address, now) => {
      const source = hash(address);
      const entry = source % challengeSources;
      const age = now - (startedAt[entry] ?? 0);
      if (sources[entry] !== source || age >= windowMs) {
        sources[entry] = source;
        startedAt[entry] = now;
        counts[entry] = 0;
      }
      if (countAt(entry) >= challengesPerSecond) return false;
      counts[entry] = countAt(entry) + 1;
      return true;
    },
    forgive: address => {
      const source = hash(address);
      const entry = source % challengeSources;
      if (sources[entry] === source && countAt(entry) > 0) counts[entry] = countAt(entry) - 1;
    },
  };
};

const noBytes = Buffer.alloc(0);
