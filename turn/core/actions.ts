// What the core asks its sockets to do, and whom with. Types and their makers: knows no reason to do any of it.
import type { TransportAddress } from '../wire/address.ts';

/**
 * RFC 8656 §2: client address, server address and transport name one client. `server` is the listener's own object:
 * the sockets find the listener by it.
 */
export interface FiveTuple {
  readonly transport: 'udp';
  readonly client: TransportAddress;
  readonly server: TransportAddress;
}

/** Why a datagram was dropped. A closed set: each can be counted and tested. */
export type DropReason =
  | 'source-port-zero'
  | 'not-stun'
  | 'fingerprint-wrong'
  | 'not-for-servers'
  | 'indication-answered-by-silence'
  | 'channel-unbound';

/** Send one datagram from the listener back to its client. */
export interface SendAction {
  readonly type: 'send';
  readonly to: FiveTuple;
  readonly bytes: Buffer;
}

/** Do nothing, for a reason. */
export interface DropAction {
  readonly type: 'drop';
  readonly reason: DropReason;
}

export type Action = SendAction | DropAction;

export const send = (to: FiveTuple, bytes: Buffer): SendAction => ({ type: 'send', to, bytes });

export const drop = (reason: DropReason): DropAction => ({ type: 'drop', reason });
