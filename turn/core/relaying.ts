// The way of a datagram through an allocation, in both directions. Knows no request; refreshes nothing.
import { data, dontFragment, xorPeerAddress } from '../wire/attributes.ts';
import type { TransportAddress } from '../wire/address.ts';
import { decodeChannelData, encodeChannelHeader } from '../wire/channel-data.ts';
import { encodeDataIndication } from '../wire/data-indication.ts';
import { channelHeaderBytes, datagramMaxBytes } from '../wire/limits.ts';
import type { Message } from '../wire/message.ts';
import { listUnknownRequired, read } from '../wire/read.ts';
import { deliver, drop, relay } from './actions.ts';
import type { Action } from './actions.ts';
import { channelNumbered, channelTo, permittedPeer } from './allocation.ts';
import type { Allocation } from './allocation.ts';
import type { PeerPolicy } from './peer-policy.ts';

/** RFC 8656 §11.2. */
export const relaySendIndication = (
  message: Message,
  allocation: Allocation,
  policy: PeerPolicy,
  now: number,
): Action => {
  const peerAddress = read(message, xorPeerAddress);
  const payload = read(message, data);
  if (peerAddress === undefined || payload === undefined) return drop('attribute-missing');
  // Node cannot set the DF bit, so DONT-FRAGMENT is an attribute that we do not understand.
  const isUnderstood = listUnknownRequired(message).length === 0 && read(message, dontFragment) === undefined;
  if (!isUnderstood) return drop('attribute-unknown');
  if (!permittedPeer(allocation, peerAddress.address, now)) return drop('permission-missing');
  if (!policy.mayBeReached(peerAddress, now)) return drop('peer-unreachable');
  return relay(allocation.relay.bound, peerAddress, payload);
};

/** RFC 8656 §12.6. */
export const relayChannelData = (datagram: Buffer, allocation: Allocation, policy: PeerPolicy, now: number): Action => {
  const channelData = decodeChannelData(datagram);
  if (channelData === undefined) return drop('not-stun');
  const binding = channelNumbered(allocation, channelData.channelNumber, now);
  if (binding === undefined) return drop('channel-unbound');
  // A channel outlives its permission by up to five minutes, and then is of no use until that is renewed.
  if (binding.peer.permittedUntil <= now) return drop('permission-missing');
  // Asked again for each datagram: the allocation at the other end may be gone, and its port another program's.
  if (!policy.mayBeReached(binding.address, now)) return drop('peer-unreachable');
  return relay(allocation.relay.bound, binding.address, channelData.payload);
};

/** RFC 8656 §11.3: permission first, then channel (§12.7), else a Data indication. `transactionId` is called if needed. */
export const deliverToClient = (
  datagram: Buffer,
  from: TransportAddress,
  allocation: Allocation,
  transactionId: () => Buffer,
  now: number,
): Action => {
  const peer = permittedPeer(allocation, from.address, now);
  if (peer === undefined) return drop('permission-missing');
  const binding = channelTo(peer, from.port, now);
  if (binding === undefined) {
    const parts = encodeDataIndication(peer.ip, from.port, datagram, transactionId());
    return parts === undefined ? drop('too-large') : deliver(allocation.fiveTuple, parts);
  }
  if (channelHeaderBytes + datagram.length > datagramMaxBytes) return drop('too-large');
  return deliver(allocation.fiveTuple, [encodeChannelHeader(binding.number, datagram.length), datagram]);
};
