// Refuses options that no relay can run on, before anything is opened. Knows no default.
import { isIP } from 'node:net';
import { parseRanges } from '../core/peer-policy.ts';
import type { TurnServerOptions } from '../options.ts';
import { canonicalIp, familyOf } from '../wire/address.ts';

/** RFC 8489 §14.9: fewer than 128 characters. */
const realmMaxCharacters = 127;

/** @throws TypeError or RangeError that names the option and never repeats a secret */
export const checkOptions = (options: TurnServerOptions): void => {
  const { port, tls, listen, secrets, realm, relayIp, externalIp, relayPorts, peerAllow, peerDeny, maxBps } = options;
  checkPort('port', port);
  if (tls) {
    checkPort('tls.port', tls.port);
    if (tls.port === port && port !== 0) throw new RangeError(`tls.port: TCP is there already: ${port}`);
  }
  if (listen?.length === 0) throw new RangeError('listen: names no address');
  for (const address of listen ?? []) checkAddress('listen', address);
  if (secrets.length === 0 || secrets.includes('')) throw new RangeError('secrets: at least one, and none empty');
  if (realm !== undefined && (realm === '' || realm.length > realmMaxCharacters)) {
    throw new RangeError(`realm: not 1–${realmMaxCharacters} characters`);
  }
  for (const [name, addresses] of Object.entries({ relayIp, externalIp })) {
    const fault = faultOfOwnIps(listOf(addresses));
    if (fault !== undefined) throw new RangeError(`${name}: ${fault}`);
  }
  if (relayPorts) checkRelayPorts(relayPorts);
  parseRanges('peerAllow', peerAllow ?? []);
  parseRanges('peerDeny', peerDeny ?? []);
  for (const name of ['userQuota', 'totalQuota'] as const) {
    const quota = options[name];
    if (quota !== undefined && (!Number.isInteger(quota) || quota < 1)) {
      throw new RangeError(`${name}: not a number of allocations: ${quota}`);
    }
  }
  if (maxBps !== undefined && (!Number.isFinite(maxBps) || maxBps < 1)) {
    throw new RangeError(`maxBps: not a number of bytes, 1 or more: ${maxBps}`);
  }
};

/** One address or some of them, as an array. */
export const listOf = (addresses: string | readonly string[] | undefined): readonly string[] =>
  addresses === undefined ? [] : typeof addresses === 'string' ? [addresses] : addresses;

const checkPort = (name: string, port: number): void => {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`${name}: not 0–65535: ${port}`);
};

const checkAddress = (name: string, address: string): void => {
  if (isIP(address) === 0) throw new TypeError(`${name}: not an IP address: ${address}`);
};

/** Why these cannot be what relayed addresses are bound on or announced as, in words; `undefined` if they can. */
export const faultOfOwnIps = (addresses: readonly string[]): string | undefined => {
  for (const address of addresses) {
    if (isIP(address) === 0) return `${address} is no IP address`;
    // RFC 4007 §11: a zone says something on this machine only.
    if (address.includes('%')) return `${address} has a zone, and a peer could not send there`;
    if (['0.0.0.0', '::'].includes(canonicalIp(address) ?? '')) {
      return `${address} is a wildcard, and a peer could not send there`;
    }
  }
  if (new Set(addresses.map(familyOf)).size === addresses.length) return undefined;
  return `${addresses.join(', ')} are more than one of a family`;
};

const checkRelayPorts = ({ min, max }: { readonly min: number; readonly max: number }): void => {
  const isRange = Number.isInteger(min) && Number.isInteger(max) && min >= 1 && min <= max && max <= 65_535;
  if (!isRange) throw new RangeError(`relayPorts: not a range within 1–65535: ${min}–${max}`);
};
