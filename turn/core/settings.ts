// What the core needs to know before its first datagram. Types only: knows no default and no check.
import type { TransportAddress } from '../wire/address.ts';
import type { PortRange, RandomInt } from './relay-ports.ts';

export interface TurnCoreSettings {
  /** The listeners' own objects. */
  readonly listeners: readonly TransportAddress[];
  /** Of other relays on this machine. */
  readonly siblingPorts?: readonly number[] | undefined;
  readonly realm: string;
  readonly secrets: readonly string[];
  /** At most one for each family; empty: the address that the client reached. */
  readonly relayIps: readonly string[];
  /** At most one for each family; empty: what is bound. */
  readonly externalIps: readonly string[];
  readonly relayPorts: PortRange;
  readonly peerAllow: readonly string[];
  readonly peerDeny: readonly string[];
  readonly userQuota: number;
  readonly totalQuota: number;
  /** Bytes a second that one allocation may relay in each direction; absent: as many as come. */
  readonly maxBps?: number | undefined;
  /**
   * Milliseconds since the Unix epoch: for the expiry of credentials, which others wrote, and for revocations, which must
   * outlive them. It may be set forth and back.
   */
  readonly timeOfDay: () => number;
  /** From a source that nobody can predict: it picks ports. */
  readonly randomInt: RandomInt;
  /** Likewise: makes the key of nonces, and reservation tokens. */
  readonly randomBytes: (size: number) => Buffer;
}
