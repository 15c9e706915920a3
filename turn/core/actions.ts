// What the core asks its sockets to do, and whom with. Types and their makers: knows no reason to do any of it.
import type { TransportAddress } from '../wire/address.ts';
import type { RefusalCode } from './refusal-codes.ts';

/**
 * RFC 8656 §2: client address, server address and transport name one client. `server` is the listener's own object:
 * the sockets find the listener by it.
 */
export interface FiveTuple {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly client: TransportAddress;
  readonly server: TransportAddress;
}

/** Why a datagram was dropped. A closed set: each is counted. */
export const dropReasons = [
  'source-port-zero',
  'not-stun',
  'fingerprint-wrong',
  'not-for-servers',
  'indication-answered-by-silence',
  'challenge-suppressed',
  'attribute-missing',
  'attribute-unknown',
  'allocation-pending',
  'allocation-unknown',
  'permission-missing',
  'channel-unbound',
  'peer-unreachable',
  'bandwidth-exceeded',
  'too-large',
] as const;

export type DropReason = (typeof dropReasons)[number];

/** Send one datagram from the listener back to its client. */
export interface SendAction {
  readonly type: 'send';
  readonly to: FiveTuple;
  readonly bytes: Buffer;
  /** The code, if this is an error response. */
  readonly refused: RefusalCode | undefined;
}

/** Send what came from a peer or another client: all parts as one datagram, so that the payload is not copied. */
export interface DeliverAction {
  readonly type: 'deliver';
  readonly to: FiveTuple;
  readonly parts: readonly Buffer[];
}

/** Send one datagram from a relay socket to a peer. `relay` is the object of the {@link BindRelayAction}. */
export interface RelayAction {
  readonly type: 'relay';
  readonly relay: TransportAddress;
  readonly to: TransportAddress;
  readonly payload: Buffer;
}

/** Open a relay socket on this address and port; the outcome comes back as `relayBound` or `relayFailed`. */
export interface BindRelayAction {
  readonly type: 'bind-relay';
  readonly relay: TransportAddress;
}

/** Close a relay socket that was bound. Comes once for each. */
export interface CloseRelayAction {
  readonly type: 'close-relay';
  readonly relay: TransportAddress;
}

/** Do nothing, for a reason. */
export interface DropAction {
  readonly type: 'drop';
  readonly reason: DropReason;
}

export type Action = SendAction | DeliverAction | RelayAction | BindRelayAction | CloseRelayAction | DropAction;

export const send = (to: FiveTuple, bytes: Buffer, refused?: RefusalCode): SendAction => ({
  type: 'send',
  to,
  bytes,
  refused,
});

export const deliver = (to: FiveTuple, parts: readonly Buffer[]): DeliverAction => ({ type: 'deliver', to, parts });

export const relay = (from: TransportAddress, to: TransportAddress, payload: Buffer): RelayAction => ({
  type: 'relay',
  relay: from,
  to,
  payload,
});

export const bindRelay = (relayAddress: TransportAddress): BindRelayAction => ({
  type: 'bind-relay',
  relay: relayAddress,
});

export const closeRelay = (relayAddress: TransportAddress): CloseRelayAction => ({
  type: 'close-relay',
  relay: relayAddress,
});

const drops = Object.fromEntries(dropReasons.map(reason => [reason, { type: 'drop', reason }])) as Record<
  DropReason,
  DropAction
>;

/** One object for each reason: a flood of garbage makes none. */
export const drop = (reason: DropReason): DropAction => drops[reason];
