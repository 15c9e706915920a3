// A TURN client on a real socket: allocates, binds a channel, counts what it hears. For tests only.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { issueCredential } from '../credentials.ts';
import { familyOf } from '../wire/address.ts';
import type { TransportAddress } from '../wire/address.ts';
import * as attributes from '../wire/attributes.ts';
import { decodeChannelData, encodeChannelHeader, startsChannelData } from '../wire/channel-data.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite } from '../wire/encode.ts';
import { longTermKey } from '../wire/integrity.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { codeOf, newTransactionId } from './lab-client.ts';

/** Long enough on a machine that is busy with browsers; reached only if something is wrong. */
const patienceMs = 5000;

export interface UdpTurnClient {
  readonly relayed: TransportAddress;
  code(methodNumber: number, toWrite?: readonly AttributeToWrite[]): Promise<number>;
  /** Binds a channel and expects success. */
  bind(number: number, peer: TransportAddress): Promise<void>;
  channelData(number: number, payload: Buffer): void;
  send(peer: TransportAddress, payload: Buffer): void;
  /** The payload of the next datagram from a peer. */
  hear(): Promise<Buffer>;
  close(): Promise<void>;
}

/** Allocates; IPv6 if that is what `server` is. */
export const openUdpTurnClient = async (server: TransportAddress, secret: string): Promise<UdpTurnClient> => {
  const socket = createSocket(server.family === 'IPv6' ? 'udp6' : 'udp4');
  socket.bind(0, server.address);
  await once(socket, 'listening');
  const { username, credential } = issueCredential({ secret, subject: 'ada', ttlSec: 60, now: Date.now() });
  let realm = '';
  let nonce = '';
  const heard: Buffer[] = [];
  const answers: Message[] = [];
  let wake = (): void => undefined;

  socket.on('message', bytes => {
    const message = startsChannelData(bytes[0] ?? 0) ? undefined : decodeMessage(bytes);
    const payload = message ? read(message, attributes.data) : decodeChannelData(bytes)?.payload;
    if (payload) heard.push(payload);
    else if (message) answers.push(message);
    wake();
  });

  const closing = new AbortController();
  const close = () => {
    closing.abort();
    return new Promise<void>(resolve => socket.close(() => resolve()));
  };

  const take = async <T>(queue: T[]): Promise<T> => {
    const timeout = setTimeout(() => closing.abort(), patienceMs);
    try {
      for (;;) {
        const first = queue.shift();
        if (first !== undefined) return first;
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          closing.signal.onabort = () => reject(new Error('Nothing came.'));
        });
      }
    } finally {
      clearTimeout(timeout);
    }
  };

  const tell = (bytes: Buffer) => socket.send(bytes, server.port, server.address);

  const request = async (methodNumber: number, toWrite: readonly AttributeToWrite[] = []): Promise<Message> => {
    const login = [
      write(attributes.username, username),
      write(attributes.realm, realm),
      write(attributes.nonce, nonce),
    ];
    const isKnown = nonce !== '';
    const trailer = isKnown ? { integrityKey: longTermKey(username, realm, credential) } : {};
    const head = { method: methodNumber, class: 'request', transactionId: newTransactionId() } as const;
    tell(encodeMessage(head, isKnown ? [...toWrite, ...login] : toWrite, trailer));
    const answer = await take(answers);
    assert.deepEqual(answer.transactionId, head.transactionId);
    if (isKnown) return answer;
    realm = read(answer, attributes.realm) ?? '';
    nonce = read(answer, attributes.nonce) ?? '';
    return request(methodNumber, toWrite);
  };

  const code: UdpTurnClient['code'] = async (...asked) => codeOf(await request(...asked));

  const family = familyOf(server.address) === 'IPv6' ? 2 : 1;
  const answer = await request(method.allocate, [
    write(attributes.requestedTransport, 17),
    write(attributes.requestedAddressFamily, family),
  ]);
  const relayed = read(answer, attributes.xorRelayedAddress);
  if (relayed === undefined) {
    await close();
    assert.fail(`Allocate: ${codeOf(answer)}`);
  }

  return {
    relayed,
    code,
    bind: async (number, peer) => {
      const toWrite = [write(attributes.channelNumber, number), write(attributes.xorPeerAddress, peer)];
      assert.equal(await code(method.channelBind, toWrite), 0);
    },
    channelData: (number, payload) => tell(Buffer.concat([encodeChannelHeader(number, payload.length), payload])),
    send: (peer, payload) =>
      tell(
        encodeMessage({ method: method.send, class: 'indication', transactionId: newTransactionId() }, [
          write(attributes.xorPeerAddress, peer),
          write(attributes.data, payload),
        ]),
      ),
    hear: () => take(heard),
    close,
  };
};
