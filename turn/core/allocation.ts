// What one client was granted: a relayed address, permissions and channels. Knows no request and no other allocation.
import { ipToBytes } from '../wire/address.ts';
import type { TransportAddress } from '../wire/address.ts';
import type { FiveTuple } from './actions.ts';
import type { Meter } from './bandwidth.ts';
import type { Due } from './due-queue.ts';
import {
  channelLifetimeSec,
  maxChannelsPerAllocation,
  maxPeersPerAllocation,
  permissionLifetimeSec,
} from './limits.ts';
import type { Lease } from './quota.ts';

/** A relay socket of ours. */
export interface Relay {
  /** Local address and port; this object names the socket in every action. */
  readonly bound: TransportAddress;
  /** What peers send to. */
  readonly relayedAddress: TransportAddress;
  readonly lease: Lease;
}

/** A peer's IP address, with its permission and the channels to its ports. */
export interface Peer {
  /** 4 or 16 bytes. Not a Buffer: a slice of Node's pool would hold on to 8 kB of it. */
  readonly ip: Uint8Array;
  /** RFC 8656 §9. Milliseconds; past as soon as the permission has expired, though a channel may keep this alive. */
  permittedUntil: number;
  /** By port. */
  readonly channels: Map<number, ChannelBinding>;
}

/** RFC 8656 §12: a number that stands for one transport address. */
export interface ChannelBinding {
  readonly number: number;
  readonly address: TransportAddress;
  readonly peer: Peer;
  expiresAt: number;
}

export interface Allocation extends Due {
  readonly fiveTuple: FiveTuple;
  readonly username: string;
  /**
   * Of the Allocate that made it, with the answer: a retransmission gets the same (RFC 8656 §7.2). Each byte a character,
   * which is a third of what two Buffers take.
   */
  readonly transactionId: string;
  readonly reply: string;
  readonly relay: Relay;
  /** By IP address. */
  readonly peers: Map<string, Peer>;
  readonly channels: Map<number, ChannelBinding>;
  /** Of the bytes that its client sent, and of those that were sent to its client. */
  readonly toPeer: Meter;
  readonly toClient: Meter;
  expiresAt: number;
}

/** The peer at this IP address if it has a permission now. */
export const permittedPeer = ({ peers }: Allocation, address: string, now: number): Peer | undefined => {
  const peer = peers.get(address);
  return peer !== undefined && peer.permittedUntil > now ? peer : undefined;
};

export const channelTo = (peer: Peer, port: number, now: number): ChannelBinding | undefined =>
  ifBound(peer.channels.get(port), now);

export const channelNumbered = ({ channels }: Allocation, number: number, now: number): ChannelBinding | undefined =>
  ifBound(channels.get(number), now);

const ifBound = (binding: ChannelBinding | undefined, now: number): ChannelBinding | undefined =>
  binding !== undefined && binding.expiresAt > now ? binding : undefined;

/** Whether permissions for all these fit under the cap. What has expired makes room first. */
export const hasRoomForPeers = (allocation: Allocation, addresses: readonly string[], now: number): boolean => {
  const added = new Set(addresses.filter(address => !allocation.peers.has(address))).size;
  if (allocation.peers.size + added <= maxPeersPerAllocation) return true;
  if (added === 0) return true;
  removeExpired(allocation, now);
  return allocation.peers.size + added <= maxPeersPerAllocation;
};

export const hasRoomForChannel = (allocation: Allocation, now: number): boolean => {
  if (allocation.channels.size >= maxChannelsPerAllocation) removeExpired(allocation, now);
  return allocation.channels.size < maxChannelsPerAllocation;
};

/** RFC 8656 §9: installs or refreshes. */
export const permit = ({ peers }: Allocation, address: string, now: number): Peer => {
  const permittedUntil = now + permissionLifetimeSec * 1000;
  const known = peers.get(address);
  if (known) {
    known.permittedUntil = permittedUntil;
    return known;
  }
  const peer: Peer = { ip: Uint8Array.from(ipToBytes(address) ?? []), permittedUntil, channels: new Map() };
  peers.set(address, peer);
  return peer;
};

/** RFC 8656 §12.2: binds or refreshes, the permission too. Whoever calls has checked that nothing else is bound so. */
export const bindChannel = (allocation: Allocation, number: number, address: TransportAddress, now: number): void => {
  const peer = permit(allocation, address.address, now);
  const expiresAt = now + channelLifetimeSec * 1000;
  const bound = channelNumbered(allocation, number, now);
  if (bound) {
    bound.expiresAt = expiresAt;
    return;
  }
  // An expired binding that no sweep has seen yet would still be found by its other key.
  unbind(allocation, allocation.channels.get(number));
  unbind(allocation, peer.channels.get(address.port));
  const binding: ChannelBinding = { number, address, peer, expiresAt };
  allocation.channels.set(number, binding);
  peer.channels.set(address.port, binding);
};

const unbind = ({ channels }: Allocation, binding: ChannelBinding | undefined): void => {
  if (binding === undefined) return;
  channels.delete(binding.number);
  binding.peer.channels.delete(binding.address.port);
};

/** Frees memory; what has expired was without effect before already. */
export const removeExpired = (allocation: Allocation, now: number): void => {
  for (const binding of allocation.channels.values()) if (binding.expiresAt <= now) unbind(allocation, binding);
  for (const [address, { permittedUntil, channels }] of allocation.peers) {
    if (permittedUntil <= now && channels.size === 0) allocation.peers.delete(address);
  }
};
