// What a client of the fuzz may send: sound requests, requests of attributes picked blindly, media. For tests only.
import type { TransportAddress } from '../wire/address.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeChannelHeader } from '../wire/channel-data.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import type { LabClient } from './lab-client.ts';
import { raw } from './packets.ts';
import type { RandomInt } from './random.ts';

const at = (address: string, port: number): TransportAddress => ({
  address,
  port,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
});

/** Beside the relayed addresses of the clients themselves: public ones, forbidden ones, our own ports. */
export const peers: readonly TransportAddress[] = [
  at('8.8.4.4', 5000),
  at('8.8.4.4', 5001),
  at('8.8.4.4', 0),
  at('8.8.8.8', 6000),
  at('2606:4700::1111', 7000),
  at('10.0.0.1', 80),
  at('127.0.0.1', 80),
  at('::1', 80),
  at('::ffff:127.0.0.1', 80),
  at('169.254.169.254', 80),
  at('5.6.7.8', 3478),
  at('5.6.7.8', 22),
  at('2a00:1::8', 3478),
];

const methods = Object.values(method);
const types = Object.values(attributeType);

/** What a client may name. */
export interface FuzzKnown {
  readonly peers: readonly TransportAddress[];
  readonly tokens: readonly Buffer[];
}

/** One datagram of a client. */
export const fuzzDatagrams = (client: LabClient, { peers: among, tokens }: FuzzKnown, random: RandomInt): Buffer => {
  const pick = <T>(things: readonly T[]): T => things[random(things.length)] as T;
  const chance = (outOf: number): boolean => random(outOf) === 0;
  const transactionId = Buffer.alloc(12, random(256));
  transactionId.writeUInt32BE(random(2 ** 32), 4);
  const channel = (): number => pick([0x4000, 0x4000, 0x4000, 0x4001, 0x4001, 0x7ffe, 0x3fff, 0x7fff]);
  // Often one of few, so that what was permitted is also sent to.
  const peer = (): TransportAddress => (chance(2) ? pick(among.slice(0, 2)) : pick(among));
  const payload = (): Buffer => Buffer.alloc(pick([0, 1, 2, 3, 4, 100, 1200]), random(256));

  /** The dictionary: every attribute that the core looks at, with values from good to absurd. */
  const anyAttribute = (): AttributeToWrite => {
    switch (random(13)) {
      case 0:
        return write(attributes.requestedTransport, pick([17, 17, 6, 0]));
      case 1:
        return write(attributes.lifetime, pick([0, 1, 600, 777, 3600, 0xffffffff]));
      case 2:
        return write(attributes.requestedAddressFamily, pick([1, 2, 3]));
      case 3:
        return write(attributes.evenPort, chance(2));
      case 4:
        return write(attributes.reservationToken, pick(tokens));
      case 5:
        return write(attributes.dontFragment, Buffer.alloc(0));
      case 6:
        return raw(attributeType.additionalAddressFamily, '\x02\0\0\0');
      case 7:
        return write(attributes.xorPeerAddress, peer());
      case 8:
        return write(attributes.channelNumber, channel());
      case 9:
        return write(attributes.data, payload());
      case 10:
        return raw(attributeType.messageIntegritySha256, Buffer.alloc(32));
      case 11:
        return raw(pick(types), Buffer.alloc(random(40), random(256)));
      default:
        return raw(random(0x10000), payload());
    }
  };
  const some = (count: number, make: () => AttributeToWrite): AttributeToWrite[] => Array.from({ length: count }, make);

  const allocate = (): AttributeToWrite[] => [
    write(attributes.requestedTransport, 17),
    ...(chance(4) ? [write(attributes.evenPort, chance(2))] : []),
    ...(chance(4) ? [write(attributes.requestedAddressFamily, pick([1, 2]))] : []),
    ...(chance(3) ? [write(attributes.lifetime, pick([0, 777, 3600]))] : []),
    ...(chance(8) ? [write(attributes.reservationToken, pick(tokens))] : []),
  ];

  const kind = random(20);
  if (kind < 4) return client.signed(method.allocate, allocate(), transactionId);
  if (kind < 7)
    return client.signed(
      method.refresh,
      some(random(2), () => write(attributes.lifetime, pick([0, 600, 600, 3600, 3600, 3600]))),
      transactionId,
    );
  if (kind < 10) {
    return client.signed(
      method.createPermission,
      some(1 + random(3), () => write(attributes.xorPeerAddress, peer())),
      transactionId,
    );
  }
  if (kind < 13) {
    const binding = [write(attributes.channelNumber, channel()), write(attributes.xorPeerAddress, peer())];
    return client.signed(method.channelBind, binding, transactionId);
  }
  if (kind < 15) {
    const bytes = payload();
    return Buffer.concat([encodeChannelHeader(channel(), bytes.length), bytes, Buffer.alloc(random(4))]);
  }
  if (kind < 17) {
    return encodeMessage({ method: method.send, class: 'indication', transactionId }, [
      ...(chance(10) ? [anyAttribute()] : []),
      write(attributes.xorPeerAddress, peer()),
      write(attributes.data, payload()),
    ]);
  }
  if (kind < 19) return client.signed(pick(methods), some(random(5), anyAttribute), transactionId);
  const messageClass = pick(['request', 'request', 'indication', 'success', 'error'] as const);
  const head = { method: pick([...methods, random(0x1000)]), class: messageClass, transactionId };
  return encodeMessage(head, some(random(6), anyAttribute), { fingerprint: chance(2) });
};
