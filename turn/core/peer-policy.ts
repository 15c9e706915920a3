// The one place that says which peers may be talked to. Knows no method: what a "no" means to the client is theirs.
import { canonicalIp, ipFromBytes } from '../wire/address.ts';
import type { TransportAddress } from '../wire/address.ts';
import { isInRange, parseIpRange } from './ip-range.ts';
import type { IpRange } from './ip-range.ts';
import { formsOf, specialPurposeRanges } from './special-purpose.ts';

export interface PeerPolicySettings {
  /** CIDR ranges that beat every denial. */
  readonly allow: readonly string[];
  /** CIDR ranges beside the special-purpose ones. */
  readonly deny: readonly string[];
  /** Every address that relayed addresses are bound on or announced as. */
  readonly relayIps: readonly string[];
  /** Where clients reach us: never a peer. */
  readonly listeners: readonly TransportAddress[];
  /** Where clients reach other relays of this machine. */
  readonly siblingPorts: readonly number[];
  /** Whether this is the relayed address of a live allocation. */
  readonly isLive: (peer: TransportAddress, now: number) => boolean;
}

export interface PeerPolicy {
  /** May this IP address have a permission? */
  readonly mayBePermitted: (address: string) => boolean;
  /** May this transport address be reached, by a client whose allocation has a permission for its IP address? */
  readonly mayBeReached: (peer: TransportAddress, now: number) => boolean;
  /** All addresses of this machine, as they are from now on. */
  readonly setLocalIps: (addresses: readonly string[]) => void;
}

/** @throws TypeError that names the first text that is no CIDR range */
export const parseRanges = (name: string, texts: readonly string[]): IpRange[] =>
  texts.map(text => {
    const range = parseIpRange(text);
    if (range === undefined) throw new TypeError(`${name}: not a CIDR range: ${text}`);
    return range;
  });

/** @throws TypeError on a text that is no CIDR range */
export const createPeerPolicy = (settings: PeerPolicySettings): PeerPolicy => {
  const allowed = parseRanges('peerAllow', settings.allow);
  const denied = [...specialPurposeRanges, ...parseRanges('peerDeny', settings.deny)];
  const relayIps = new Set(settings.relayIps.map(canonical));
  const fixedIps = [...relayIps, ...settings.listeners.map(({ address }) => canonical(address))];
  let ownIps = new Set(fixedIps);
  const listenerPorts = new Set([...settings.listeners.map(({ port }) => port), ...settings.siblingPorts]);

  const isAllowed = (ip: Buffer): boolean => allowed.some(range => isInRange(ip, range));
  // An address of ours in disguise would pass `mayBeReached`, which compares spellings: no peer needs one.
  const isDenied = (ip: Buffer): boolean => denied.some(range => isInRange(ip, range)) || ownIps.has(ipFromBytes(ip));
  // Whether every port of an address of ours was opened on purpose; such addresses are few and asked for per datagram.
  const opened = (): Set<string> =>
    new Set([...ownIps].filter(address => formsOf(address).slice(0, 1).some(isAllowed)));
  let openIps = opened();

  return {
    // RFC 8656 §21.4: all forms must pass, so that no spelling of an address opens what another spelling closes.
    mayBePermitted: address => {
      if (relayIps.has(address)) return true;
      const forms = formsOf(address);
      return forms.length > 0 && forms.every(ip => isAllowed(ip) || !isDenied(ip));
    },
    mayBeReached: (peer, now) => {
      // Nobody listens on port 0, and a socket refuses to send there.
      if (peer.port === 0) return false;
      if (!ownIps.has(peer.address) || settings.isLive(peer, now)) return true;
      // Our own sockets for clients would answer ourselves, and treat us as a local client. By port, since a NAT leads
      // from an announced address to them.
      return openIps.has(peer.address) && !listenerPorts.has(peer.port);
    },
    setLocalIps: addresses => {
      ownIps = new Set([...fixedIps, ...addresses.map(canonical)]);
      openIps = opened();
    },
  };
};

const canonical = (address: string): string => canonicalIp(address) ?? address;
