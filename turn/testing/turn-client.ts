// A TURN client over any wire: allocates, binds a channel, queues what it hears. For tests only.
import assert from 'node:assert/strict';
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

/** How messages come and go: datagrams, or what was cut out of a stream. */
export interface Wire {
  send(message: Buffer): void;
  close(): Promise<void>;
}

/** Long enough on a machine that is busy with browsers; reached only if something is wrong. */
const patienceMs = 5000;

export interface TurnClient {
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

/**
 * Allocates; IPv6 if that is what `server` is. `open` is given where each message goes, and what to say when no more
 * will come.
 */
export const openTurnClient = async (
  server: TransportAddress,
  secret: string,
  open: (onMessage: (bytes: Buffer) => void, onEnd: () => void) => Promise<Wire>,
): Promise<TurnClient> => {
  const { username, credential } = issueCredential({ secret, subject: 'ada', ttlSec: 60, now: Date.now() });
  let realm = '';
  let nonce = '';
  const heard: Buffer[] = [];
  const answers: Message[] = [];
  const waiting = new Set<() => void>();

  const receive = (bytes: Buffer): void => {
    const message = startsChannelData(bytes[0] ?? 0) ? undefined : decodeMessage(bytes);
    const payload = message ? read(message, attributes.data) : decodeChannelData(bytes)?.payload;
    if (payload) heard.push(payload);
    else if (message) answers.push(message);
    for (const wake of waiting) wake();
  };

  const closing = new AbortController();
  const wire = await open(receive, () => closing.abort());
  const close = () => {
    closing.abort();
    return wire.close();
  };

  /** The next of a queue; several may wait, each for another queue. */
  const take = async <T>(queue: T[]): Promise<T> => {
    const isLate = AbortSignal.timeout(patienceMs);
    for (;;) {
      const first = queue.shift();
      if (first !== undefined) return first;
      const signal = AbortSignal.any([closing.signal, isLate]);
      if (signal.aborted) throw new Error('Nothing came.');
      await new Promise<void>(resolve => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  };

  const request = async (methodNumber: number, toWrite: readonly AttributeToWrite[] = []): Promise<Message> => {
    const login = [
      write(attributes.username, username),
      write(attributes.realm, realm),
      write(attributes.nonce, nonce),
    ];
    const isKnown = nonce !== '';
    const trailer = isKnown ? { integrityKey: longTermKey(username, realm, credential) } : {};
    const head = { method: methodNumber, class: 'request', transactionId: newTransactionId() } as const;
    wire.send(encodeMessage(head, isKnown ? [...toWrite, ...login] : toWrite, trailer));
    const answer = await take(answers);
    assert.deepEqual(answer.transactionId, head.transactionId);
    if (isKnown) return answer;
    realm = read(answer, attributes.realm) ?? '';
    nonce = read(answer, attributes.nonce) ?? '';
    return request(methodNumber, toWrite);
  };

  const code: TurnClient['code'] = async (...asked) => codeOf(await request(...asked));

  const family = familyOf(server.address) === 'IPv6' ? 2 : 1;
  const answer = await request(method.allocate, [
    write(attributes.requestedTransport, 17),
    write(attributes.requestedAddressFamily, family),
  ]).catch(async (error: unknown) => {
    await close();
    throw error;
  });
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
    channelData: (number, payload) => wire.send(Buffer.concat([encodeChannelHeader(number, payload.length), payload])),
    send: (peer, payload) =>
      wire.send(
        encodeMessage({ method: method.send, class: 'indication', transactionId: newTransactionId() }, [
          write(attributes.xorPeerAddress, peer),
          write(attributes.data, payload),
        ]),
      ),
    hear: () => take(heard),
    close,
  };
};
