// Packets and addresses as a TURN client has them. For tests only.
import type { FiveTuple } from '../core/actions.ts';
import type { TransportAddress } from '../wire/address.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeChannelHeader } from '../wire/channel-data.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite, Trailer } from '../wire/encode.ts';
import { longTermKey } from '../wire/integrity.ts';
import { method } from '../wire/methods.ts';

export const transactionId = Buffer.from('0102030405060708090a0b0c', 'hex');

const server: TransportAddress = { address: '192.0.2.15', port: 3478, family: 'IPv4' };

/** A datagram's path from a client, on 203.0.113.9:40000 unless told otherwise. */
export const from = (client: Partial<TransportAddress> = {}): FiveTuple => ({
  transport: 'udp',
  client: { address: '203.0.113.9', port: 40_000, family: 'IPv4', ...client },
  server,
});

export const request = (
  methodNumber: number,
  toWrite: readonly AttributeToWrite[] = [],
  trailer: Trailer = {},
): Buffer => encodeMessage({ method: methodNumber, class: 'request', transactionId }, toWrite, trailer);

export const indication = (methodNumber: number, toWrite: readonly AttributeToWrite[] = []): Buffer =>
  encodeMessage({ method: methodNumber, class: 'indication', transactionId }, toWrite);

/** An attribute with any bytes at all, also such as no codec would write. */
export const raw = (type: number, value: Buffer | string = Buffer.alloc(0)): AttributeToWrite => ({
  type,
  encode: () => Buffer.from(value),
});

const peer: TransportAddress = { address: '198.51.100.7', port: 50_000, family: 'IPv4' };

const signed: Trailer = { integrityKey: longTermKey('9999999999:alice', 'example.org', 'secret'), fingerprint: true };

const login = [
  write(attributes.username, '9999999999:alice'),
  write(attributes.realm, 'example.org'),
  write(attributes.nonce, 'f//499k954d6OL34oL9FSTvy'),
];

/** One of each kind that a TURN client sends; the seeds of mutation. */
export const turnPackets: readonly Buffer[] = [
  request(method.allocate, [write(attributes.requestedTransport, 17)]),
  request(
    method.allocate,
    [
      write(attributes.requestedTransport, 17),
      write(attributes.requestedAddressFamily, 2),
      write(attributes.evenPort, true),
      write(attributes.lifetime, 777),
      write(attributes.dontFragment, Buffer.alloc(0)),
      write(attributes.reservationToken, Buffer.from('token123')),
      ...login,
    ],
    signed,
  ),
  request(method.refresh, [write(attributes.lifetime, 0), ...login], signed),
  request(method.createPermission, [write(attributes.xorPeerAddress, peer), ...login], signed),
  request(
    method.channelBind,
    [write(attributes.channelNumber, 0x4001), write(attributes.xorPeerAddress, peer), ...login],
    signed,
  ),
  indication(method.send, [write(attributes.xorPeerAddress, peer), write(attributes.data, Buffer.from('media'))]),
  request(method.binding, [raw(attributeType.priority, 'abcd'), raw(attributeType.useCandidate)]),
  indication(method.binding),
  Buffer.concat([encodeChannelHeader(0x4001, 5), Buffer.from('media\0\0\0')]),
];

/** RFC 8489 §9.1.1: the password itself. ICE signs so, and the relay has no such key. */
export const shortTermKey = (password: string): Buffer => Buffer.from(password);
