// What a caller may set and gets back. Types only: knows no socket and no default.
import type { TransportAddress } from './wire/address.ts';

/** Where the relay writes its few lines. Any pino logger fits, Fastify's too. */
export interface TurnLogger {
  debug(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Settings of one relay. */
export interface TurnServerOptions {
  /** Listening port, 0–65535. 0: one free port, the same on every address; read it from `TurnServer.addresses`. */
  readonly port: number;
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
  /** Allocations of one user at a time. */
  readonly userQuota?: number | undefined;
  /** Allocations of all users at a time. */
  readonly totalQuota?: number | undefined;
  /** Bytes a second that one allocation may relay. */
  readonly maxBps?: number | undefined;
  readonly logger?: TurnLogger | undefined;
}

/** One address that the relay answers on. */
export interface ListeningAddress extends TransportAddress {
  readonly transport: 'udp';
}

/** A running relay. */
export interface TurnServer {
  /** What it listens on, with the actual ports. */
  readonly addresses: readonly ListeningAddress[];
  /**
   * Ends every allocation of one subject, and refuses its credentials for `forSec` seconds: no less than the life of those
   * that were issued, or they open allocations again.
   */
  revoke(subject: string, forSec: number): void;
  /** Closes every socket. Resolves when no handle is left; calling it again is harmless. */
  close(): Promise<void>;
}
