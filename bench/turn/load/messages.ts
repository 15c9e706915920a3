// What the bench says to its load generator and hears from it. Types only.
import type { TransportAddress } from '../../../turn/wire/address.ts';

/** `peer`: to a peer that sends it back. `client`: from one client to another, no peer outside. */
export type Topology = 'peer' | 'client';

/** How a client writes to the relay: ChannelData, or Send indications, answered by Data indications. */
export type Framing = 'channel' | 'indication';

export interface Kind {
  readonly topology: Topology;
  readonly framing: Framing;
}

/** A relay to open allocations on, and who may. */
export interface RelayTarget {
  readonly server: TransportAddress;
  readonly login: { readonly secret: string } | { readonly username: string; readonly credential: string };
}

/** Where a datagram starts and ends, for a forwarder that has to be told. */
export interface FlowEnds {
  readonly client: TransportAddress;
  readonly peer: TransportAddress;
}

export interface Run extends Kind {
  readonly payloadBytes: number;
  readonly datagrams: number;
  /** Datagrams a second that are sent, as long as the relay keeps up. */
  readonly perSecond: number;
  /** How many of the open flows are used; absent: all. */
  readonly flows?: number | undefined;
}

export interface RunResult {
  readonly sent: number;
  /** That came out at the far end, each once, in full length. */
  readonly delivered: number;
  /** Datagrams that the relay sent on, echoes too. */
  readonly relayed: number;
  /** That came and were not what was sent: another length, another flow, or a second time. */
  readonly wrong: number;
  readonly elapsedMs: number;
}
