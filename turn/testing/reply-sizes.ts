// What a stranger gets back, in bytes of UDP payload: the table that docs cite and that a test holds the core to.
// For tests only.
import type { AttributeToWrite } from '../wire/encode.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import * as attributes from '../wire/attributes.ts';
import { attributeType } from '../wire/attribute-types.ts';
import { method } from '../wire/methods.ts';
import { raw, request } from './packets.ts';

export interface ReplySize {
  readonly request: string;
  readonly datagram: Buffer;
  /** 0: a success. */
  readonly code: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  /** Whether the answers to one address are limited. */
  readonly isLimited: boolean;
  readonly overIpv6?: boolean;
}

const udp = write(attributes.requestedTransport, 17);

const signed = (...toWrite: AttributeToWrite[]): Buffer =>
  request(method.allocate, [udp, ...toWrite], { integrityKey: Buffer.from('a guess') });

const login = [
  write(attributes.username, '1800000000:ada'),
  write(attributes.realm, 'turn'),
  write(attributes.nonce, '0'.repeat(24)),
];

/** Every kind of answer that an unauthenticated sender can get, to the smallest request that draws it. Realm: `turn`. */
export const replySizes: readonly ReplySize[] = [
  {
    request: 'Binding',
    datagram: request(method.binding),
    code: 0,
    requestBytes: 20,
    replyBytes: 32,
    isLimited: false,
  },
  {
    request: 'Binding over IPv6',
    datagram: request(method.binding),
    code: 0,
    requestBytes: 20,
    replyBytes: 44,
    isLimited: false,
    overIpv6: true,
  },
  {
    request: 'Binding with FINGERPRINT',
    datagram: request(method.binding, [], { fingerprint: true }),
    code: 0,
    requestBytes: 28,
    replyBytes: 40,
    isLimited: false,
  },
  {
    request: 'Binding with an unknown attribute',
    datagram: request(method.binding, [raw(0x7ffe)]),
    code: 420,
    requestBytes: 24,
    replyBytes: 36,
    isLimited: true,
  },
  {
    request: 'Binding with a malformed attribute',
    datagram: request(method.binding, [raw(attributeType.lifetime)]),
    code: 400,
    requestBytes: 24,
    replyBytes: 28,
    isLimited: true,
  },
  {
    request: 'Allocate of a header alone',
    datagram: request(method.allocate),
    code: 401,
    requestBytes: 20,
    replyBytes: 64,
    isLimited: true,
  },
  {
    request: 'Allocate as browsers begin',
    datagram: request(method.allocate, [udp]),
    code: 401,
    requestBytes: 28,
    replyBytes: 64,
    isLimited: true,
  },
  {
    request: 'Allocate with FINGERPRINT',
    datagram: request(method.allocate, [], { fingerprint: true }),
    code: 401,
    requestBytes: 28,
    replyBytes: 72,
    isLimited: true,
  },
  {
    request: 'Refresh, CreatePermission or ChannelBind of a header alone',
    datagram: request(method.refresh),
    code: 401,
    requestBytes: 20,
    replyBytes: 64,
    isLimited: true,
  },
  {
    request: 'Allocate, signed, without USERNAME, REALM or NONCE',
    datagram: signed(),
    code: 400,
    requestBytes: 52,
    replyBytes: 28,
    isLimited: true,
  },
  {
    request: 'Allocate, signed, with a nonce that is not ours',
    datagram: signed(...login),
    code: 438,
    requestBytes: 108,
    replyBytes: 64,
    isLimited: true,
  },
];

/** The same request as another transaction. */
export const withTransactionId = (datagram: Buffer, transactionId: Buffer): Buffer => {
  const bytes = Buffer.from(datagram);
  bytes.set(transactionId, 8);
  return bytes;
};

/** A bare Allocate, as a flood sends it. */
export const bareAllocate = (number: number): Buffer => {
  const transactionId = Buffer.alloc(12);
  transactionId.writeUInt32BE(number, 8);
  return encodeMessage({ method: method.allocate, class: 'request', transactionId }, [udp]);
};
