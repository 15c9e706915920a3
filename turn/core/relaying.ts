// The way of a datagram through an allocation, in both directions, and from one allocation to another. Knows no request;
// refreshes nothing.
import type { TransportAddress } from '../wire/address.ts';
import { decodeChannelHeader, encodeChannelData, writeChannelNumber } from '../wire/channel-data.ts';
import { encodeDataIndication, turnIntoDataIndication } from '../wire/data-indication.ts';
import { channelHeaderBytes, datagramMaxBytes } from '../wire/limits.ts';
import type { Message } from '../wire/message.ts';
import { readSendIndication } from '../wire/send-indication.ts';
import { deliver, drop, relay } from './actions.ts';
import type { Action } from './actions.ts';
import { channelNumbered, channelTo, permittedPeer } from './allocation.ts';
import type { Allocation, Peer } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { Counters, Relayed } from './counters.ts';
import type { PeerPolicy } from './peer-policy.ts';

export interface RelayingSettings {
  readonly allocations: Allocations;
  readonly policy: PeerPolicy;
  readonly bandwidth: Bandwidth;
  readonly counters: Counters;
  /** Called where a Data indication needs one. */
  readonly transactionId: () => Buffer;
}

export interface Relaying {
  /** RFC 8656 §11.2. The bytes of `message` may be written over. */
  sendIndication(message: Message, allocation: Allocation, now: number): Action;
  /** RFC 8656 §12.6. The number in `datagram` may be written over. */
  channelData(datagram: Buffer, allocation: Allocation, now: number): Action;
  /** RFC 8656 §11.3. */
  fromPeer(payload: Buffer, from: TransportAddress, allocation: Allocation, now: number): Action;
}

export const createRelaying = (settings: RelayingSettings): Relaying => {
  const { allocations, policy, bandwidth, counters, transactionId } = settings;

  const sendIndication: Relaying['sendIndication'] = (message, allocation, now) => {
    const indication = readSendIndication(message);
    if (indication === undefined) return drop('attribute-missing');
    const { peer, payload, isUnderstood } = indication;
    if (!isUnderstood) return drop('attribute-unknown');
    if (!permittedPeer(allocation, peer.address, now)) return drop('permission-missing');
    if (!bandwidth.take(allocation.toPeer, payload.length, now)) return drop('bandwidth-exceeded');
    const other = allocations.at(peer, now);
    return other ? hairpin(payload, allocation, other, now, message) : toPeer(payload, peer, allocation, now);
  };

  const channelData: Relaying['channelData'] = (datagram, allocation, now) => {
    const header = decodeChannelHeader(datagram);
    if (header === undefined) return drop('not-stun');
    const binding = channelNumbered(allocation, header.channelNumber, now);
    if (binding === undefined) return drop('channel-unbound');
    // A channel outlives its permission by up to five minutes, and then is of no use until that is renewed.
    if (binding.peer.permittedUntil <= now) return drop('permission-missing');
    if (!bandwidth.take(allocation.toPeer, header.end - channelHeaderBytes, now)) return drop('bandwidth-exceeded');
    // Looked up again for each datagram: the allocation at the other end may be gone, or another one there by now.
    const other = allocations.at(binding.address, now);
    if (other === undefined) {
      return toPeer(datagram.subarray(channelHeaderBytes, header.end), binding.address, allocation, now);
    }
    const message = datagram.length === header.end ? datagram : datagram.subarray(0, header.end);
    return hairpinChannelData(message, allocation, other, now);
  };

  const toPeer = (payload: Buffer, peer: TransportAddress, { relay: { bound } }: Allocation, now: number): Action => {
    if (!policy.mayBeReached(peer, now)) return drop('peer-unreachable');
    counters.toPeer.add(payload.length);
    return relay(bound, peer, payload);
  };

  /**
   * To another client of this process, or back to the same: as if the two relay sockets had carried it, and without
   * them. Behind a 1:1 NAT they could not, unless it turns datagrams around. The receiver is told the sender's address
   * as it is announced, and its permission is for that one.
   */
  const hairpin = (payload: Buffer, from: Allocation, to: Allocation, now: number, sent?: Message): Action =>
    toClient(payload, from.relay.relayedAddress, to, counters.hairpin, now, sent);

  const hairpinChannelData = (message: Buffer, from: Allocation, to: Allocation, now: number): Action => {
    const { address, port } = from.relay.relayedAddress;
    const peer = permittedPeer(to, address, now);
    const binding = peer && channelTo(peer, port, now);
    // Both ends have a channel, as in nearly every call: what goes out differs from what came in by its number alone.
    if (binding === undefined) return hairpin(message.subarray(channelHeaderBytes), from, to, now);
    if (message.length > datagramMaxBytes) return drop('too-large');
    const payloadBytes = message.length - channelHeaderBytes;
    if (!bandwidth.take(to.toClient, payloadBytes, now)) return drop('bandwidth-exceeded');
    counters.hairpin.add(payloadBytes);
    writeChannelNumber(message, binding.number);
    return deliver(to.fiveTuple, [message]);
  };

  /** Permission first, then channel (§12.7), else a Data indication, made of the Send indication that brought the payload. */
  const toClient = (
    payload: Buffer,
    from: TransportAddress,
    allocation: Allocation,
    relayed: Relayed,
    now: number,
    sent?: Message,
  ): Action => {
    const peer = permittedPeer(allocation, from.address, now);
    if (peer === undefined) return drop('permission-missing');
    // Before anything is made of it: what is dropped costs little.
    if (!bandwidth.take(allocation.toClient, payload.length, now)) return drop('bandwidth-exceeded');
    const binding = channelTo(peer, from.port, now);
    const parts = binding ? encodeChannelData(binding.number, payload) : dataIndication(peer, from.port, payload, sent);
    if (parts === undefined) return drop('too-large');
    relayed.add(payload.length);
    return deliver(allocation.fiveTuple, parts);
  };

  const dataIndication = ({ ip }: Peer, port: number, payload: Buffer, sent: Message | undefined) => {
    const id = transactionId();
    if (sent && turnIntoDataIndication(sent.bytes, ip, port, id)) return [sent.bytes];
    return encodeDataIndication(ip, port, payload, id);
  };

  const fromPeer: Relaying['fromPeer'] = (payload, from, allocation, now) =>
    toClient(payload, from, allocation, counters.toClient, now);

  return { sendIndication, channelData, fromPeer };
};
