// A TURN client of the lab: signs, takes up challenges, keeps its nonce. For tests only.
import assert from 'node:assert/strict';
import type { FiveTuple } from '../core/actions.ts';
import type { TransportAddress } from '../wire/address.ts';
import * as attributes from '../wire/attributes.ts';
import { decodeChannelData, encodeChannelHeader } from '../wire/channel-data.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite } from '../wire/encode.ts';
import { longTermKey } from '../wire/integrity.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { credentialOf, listeners } from './turn-lab.ts';
import type { Outcome, TurnLab } from './turn-lab.ts';

export interface LabClientOptions {
  readonly subject: string;
  readonly username: string;
  readonly credential: string;
  readonly address: string;
  readonly port: number;
  readonly server: TransportAddress;
  readonly transport: FiveTuple['transport'];
}

let nextTransaction = 1;

export const newTransactionId = (): Buffer => {
  const id = Buffer.alloc(12);
  id.writeUInt32BE(nextTransaction++, 8);
  return id;
};

/** The code of an error response; 0 of a success. */
export const codeOf = (message: Message): number => {
  if (message.class === 'success') return 0;
  assert.equal(message.class, 'error');
  return read(message, attributes.errorCode)?.code ?? assert.fail('an error without a code');
};

let nextPort = 20_000;

/** An IP address for each client, so that none uses up the answers that another may get. */
const addressOf = (port: number): string => `9.100.${(port >> 8) & 255}.${port & 255}`;

export class LabClient {
  readonly from: FiveTuple;
  username: string;
  credential: string;
  realm = 'lab.test';
  nonce = '';
  relayed: TransportAddress | undefined;
  readonly #lab: TurnLab;

  constructor(lab: TurnLab, options: Partial<LabClientOptions>) {
    const { port = nextPort++, address = addressOf(port), server = listeners.ipv4 } = options;
    this.#lab = lab;
    this.from = {
      transport: options.transport ?? 'udp',
      client: { address, port, family: address.includes(':') ? 'IPv6' : 'IPv4' },
      server,
    };
    const issued = credentialOf(options.subject ?? 'ada', lab.now);
    this.username = options.username ?? issued.username;
    this.credential = options.credential ?? issued.credential;
  }

  get key(): Buffer {
    return longTermKey(this.username, this.realm, this.credential);
  }

  /** The bytes of a signed request. */
  signed(methodNumber: number, toWrite: readonly AttributeToWrite[] = [], transactionId = newTransactionId()): Buffer {
    return encodeMessage(
      { method: methodNumber, class: 'request', transactionId },
      [
        ...toWrite,
        write(attributes.username, this.username),
        write(attributes.realm, this.realm),
        write(attributes.nonce, this.nonce),
      ],
      { integrityKey: this.key },
    );
  }

  /** Sends what it is given, as it is. */
  tell(bytes: Buffer): Outcome {
    return this.#lab.receive(bytes, this.from);
  }

  /** Sends what it is given and expects one answer, to itself. */
  ask(bytes: Buffer): Message {
    const { sent } = this.tell(bytes);
    const [answer, ...more] = sent;
    assert.ok(answer && more.length === 0, 'one answer');
    assert.deepEqual(answer.to, this.from);
    return answer.message;
  }

  /** Takes up one challenge, as browsers do. */
  request(methodNumber: number, toWrite: readonly AttributeToWrite[] = []): Message {
    if (this.nonce === '') this.learnNonce();
    const first = this.ask(this.signed(methodNumber, toWrite));
    if (codeOf(first) !== 438) return first;
    this.nonce = read(first, attributes.nonce) ?? '';
    return this.ask(this.signed(methodNumber, toWrite));
  }

  code(methodNumber: number, toWrite: readonly AttributeToWrite[] = []): number {
    return codeOf(this.request(methodNumber, toWrite));
  }

  learnNonce(): void {
    const bytes = encodeMessage({ method: method.refresh, class: 'request', transactionId: newTransactionId() }, []);
    this.nonce = read(this.ask(bytes), attributes.nonce) ?? assert.fail('a challenge without a nonce');
  }

  /** The code of an Allocate for UDP; the relayed address is kept. */
  allocate(toWrite: readonly AttributeToWrite[] = []): number {
    const answer = this.request(method.allocate, [write(attributes.requestedTransport, 17), ...toWrite]);
    this.relayed = read(answer, attributes.xorRelayedAddress) ?? this.relayed;
    return codeOf(answer);
  }

  permit(...peers: readonly TransportAddress[]): number {
    return this.code(
      method.createPermission,
      peers.map(peer => write(attributes.xorPeerAddress, peer)),
    );
  }

  bind(number: number, peer: TransportAddress): number {
    return this.code(method.channelBind, [
      write(attributes.channelNumber, number),
      write(attributes.xorPeerAddress, peer),
    ]);
  }

  refresh(lifetimeSec?: number): number {
    return this.code(method.refresh, lifetimeSec === undefined ? [] : [write(attributes.lifetime, lifetimeSec)]);
  }

  send(peer: TransportAddress, payload: Buffer | string): Outcome {
    return this.tell(
      encodeMessage({ method: method.send, class: 'indication', transactionId: newTransactionId() }, [
        write(attributes.xorPeerAddress, peer),
        write(attributes.data, Buffer.from(payload)),
      ]),
    );
  }

  channelData(number: number, payload: Buffer | string): Outcome {
    const bytes = Buffer.from(payload);
    return this.tell(Buffer.concat([encodeChannelHeader(number, bytes.length), bytes]));
  }

  /** What a peer's datagram to the relayed address brings: a channel number or an address, and the payload. */
  hear(
    payload: Buffer | string,
    from: TransportAddress,
  ): { via: number | TransportAddress; payload: Buffer } | undefined {
    assert.ok(this.relayed);
    return this.heard(this.#lab.receiveFromPeer(payload, from, this.relayed));
  }

  /** What of an outcome was for this client, at most one datagram; nothing of it may be for another. */
  heard({ delivered }: Outcome): { via: number | TransportAddress; payload: Buffer } | undefined {
    const [first, ...more] = delivered;
    assert.equal(more.length, 0);
    if (first === undefined) return undefined;
    assert.deepEqual(first.to, this.from);
    const channelData = decodeChannelData(first.bytes);
    if (channelData) return { via: channelData.channelNumber, payload: channelData.payload };
    const message = decodeMessage(first.bytes);
    assert.ok(message?.method === method.data && message.class === 'indication');
    const via = read(message, attributes.xorPeerAddress);
    const bytes = read(message, attributes.data);
    assert.ok(via && bytes);
    return { via, payload: bytes };
  }
}
