// What a caller may set and gets back. Types only: knows no socket and no default.
import type { TurnCoreCounters } from './core/counters.ts';
import type { TurnCoreCounts } from './core/turn-core.ts';
import type { TransportAddress } from './wire/address.ts';

/** Where the relay writes its few lines. Any pino logger fits, Fastify's too. */
export interface TurnLogger {
  debug(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** PEM texts: the chain, the server's own first, and its private key. */
export interface TurnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Settings of one relay. */
export interface TurnServerOptions {
  /**
   * Listening port, 0–65535, for UDP and TCP. 0: one free port, the same on every address; read it from
   * `TurnServer.addresses`.
   */
  readonly port: number;
  /** TURN over TLS, on the same addresses; `port` as above. Absent: none. */
  readonly tls?: { readonly port: number; readonly certificate: TurnCertificate } | undefined;
  /** Local IP addresses to listen on. Absent: one listener for each local address, link-local ones left out. */
  readonly listen?: readonly string[] | undefined;
  /** Shared secrets of time-limited credentials, at least one: each verifies, so that secrets can be rotated. */
  readonly secrets: readonly string[];
  /** Realm of the long-term credentials (RFC 8489 §14.9), at most 127 characters. */
  readonly realm?: string | undefined;
  /**
   * Local IP address to bind relayed addresses on, or one for each family. Absent: the address that the client reached;
   * for the other family a listener's.
   */
  readonly relayIp?: string | readonly string[] | undefined;
  /** IP address to announce instead of the bound one, or one for each family: 1:1 NAT, clouds. */
  readonly externalIp?: string | readonly string[] | undefined;
  /** Ports of relayed addresses, both ends included. */
  readonly relayPorts?: { readonly min: number; readonly max: number } | undefined;
  /**
   * CIDR ranges that may be peers although they are denied by default or by `peerDeny`. Naming an address of the relay
   * itself opens every port there, save the relay's own.
   */
  readonly peerAllow?: readonly string[] | undefined;
  /** CIDR ranges that may not be peers, beside the special-purpose ones. */
  readonly peerDeny?: readonly string[] | undefined;
  /** Ports on which other relays of this machine listen: no more peers than its own listeners, whatever is allowed. */
  readonly siblingPorts?: readonly number[] | undefined;
  /** Allocations of one user at a time. */
  readonly userQuota?: number | undefined;
  /** Allocations of all users at a time. */
  readonly totalQuota?: number | undefined;
  /**
   * Bytes a second that one allocation may relay in each direction, at least 1. The headers of IP and UDP count too. Absent:
   * as many as come.
   */
  readonly maxBps?: number | undefined;
  readonly logger?: TurnLogger | undefined;
}

/** One address that the relay answers on. */
export interface ListeningAddress extends TransportAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
}

/** What streams and transports are about. Plain numbers, no user and no address among them. */
export interface TransportCounts {
  /** By how their clients reach us, now. */
  readonly allocations: Readonly<Record<'udp' | 'tcp' | 'tls', number>>;
  /** Open now. */
  readonly connections: Readonly<Record<'tcp' | 'tls', number>>;
  /** Since the start: connections of a source, or of all, beyond what may be open without a credential. */
  readonly refusedConnections: number;
  /** Since the start: datagrams to clients that read their stream too slowly. */
  readonly slowReaderDrops: number;
  /** Since the start: datagrams over UDP that the network, ours as a rule, did not take as fast as they came. */
  readonly slowNetworkDrops: number;
}

/** A running relay. */
export interface TurnServer {
  /** What it listens on, with the actual ports: UDP, then TCP, then TLS. */
  readonly addresses: readonly ListeningAddress[];
  /** What it holds now. Plain numbers, no user and no address among them. */
  counts(): TurnCoreCounts;
  /** What it has done since its start. Plain numbers that only grow. */
  counters(): TurnCoreCounters;
  transports(): TransportCounts;
  /**
   * For TLS connections from now on; those that are open are not touched.
   * @throws Error on a pair that is no good; the one before stays in use
   */
  setCertificate(certificate: TurnCertificate): void;
  /**
   * From now on nothing new is allocated (508), what is allocated lives on. Resolves when the last allocation has ended,
   * or at `close()`.
   */
  drain(): Promise<void>;
  /**
   * Ends every allocation of one subject, and refuses its credentials for `forSec` seconds: no less than the life of those
   * that were issued, or they open allocations again.
   */
  revoke(subject: string, forSec: number): void;
  /** Closes every socket. Resolves when no handle is left; calling it again is harmless. */
  close(): Promise<void>;
}

/** A running relay of several workers. Its counts and counters are up to a second old. */
export interface TurnWorkers extends TurnServer {
  /** What each worker listens on. It stays so when a worker has died and come back. */
  readonly addressesByWorker: readonly (readonly ListeningAddress[])[];
}
