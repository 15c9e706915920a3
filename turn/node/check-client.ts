// A TURN client for the self-check: one request after the other, over any transport. Knows not what is being checked.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TurnCredential } from '../credentials.ts';
import type { ListeningAddress } from '../options.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite } from '../wire/encode.ts';
import { longTermKey } from '../wire/integrity.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { framed, StreamFrames } from '../wire/stream-frames.ts';
import { openUdpSocket } from './udp-socket.ts';

export interface CheckClient {
  /** The answer; logs in as soon as it is asked to. */
  request(methodNumber: number, toWrite?: readonly AttributeToWrite[]): Promise<Message>;
  /** Sends and waits for nothing. */
  indicate(methodNumber: number, toWrite: readonly AttributeToWrite[]): void;
  /** The next Data indication. */
  hear(): Promise<Message>;
  /** Gives back what it was granted, also after the signal has aborted. Never rejects. */
  close(): Promise<void>;
}

interface Wire {
  send(message: Buffer): void;
  close(): Promise<void>;
}

type OnMessage = (message: Buffer) => void;

const bufferBytes = 64 * 1024;

/** RFC 8489 §6.2.1: UDP loses. */
const retransmitMs = 500;

/** A relay that does not answer to this either has lost it, or us. */
const farewellMs = 1000;

/** Every promise of it but that of `close` rejects when `signal` aborts. */
export const openCheckClient = async (
  server: ListeningAddress,
  { username, credential }: TurnCredential,
  signal: AbortSignal,
): Promise<CheckClient> => {
  const arrivals = new EventTarget();
  const onMessage: OnMessage = bytes => {
    const message = decodeMessage(bytes);
    if (message) arrivals.dispatchEvent(new CustomEvent(keyOf(message), { detail: message }));
  };
  const next = async (key: string, until: AbortSignal): Promise<Message> => {
    const [event] = (await once(arrivals, key, { signal: until })) as [CustomEvent<Message>];
    return event.detail;
  };
  const wire =
    server.transport === 'udp' ? await openUdp(server, onMessage) : await openStream(server, onMessage, signal);
  let login: { readonly realm: string; readonly nonce: string } | undefined;

  const ask = async (methodNumber: number, toWrite: readonly AttributeToWrite[], until = signal): Promise<Message> => {
    const transactionId = randomBytes(12);
    const head = { method: methodNumber, class: 'request', transactionId } as const;
    const bytes = login
      ? encodeMessage(
          head,
          [
            ...toWrite,
            write(attributes.username, username),
            write(attributes.realm, login.realm),
            write(attributes.nonce, login.nonce),
          ],
          { integrityKey: longTermKey(username, login.realm, credential) },
        )
      : encodeMessage(head, toWrite);
    const answer = next(transactionId.toString('hex'), until);
    const resend = server.transport === 'udp' ? setInterval(() => wire.send(bytes), retransmitMs) : undefined;
    try {
      wire.send(bytes);
      return await answer;
    } finally {
      clearInterval(resend);
    }
  };

  return {
    request: async (methodNumber, toWrite = []) => {
      const first = await ask(methodNumber, toWrite);
      const isChallenge = [401, 438].includes(read(first, attributes.errorCode)?.code ?? 0);
      const [realm, nonce] = [read(first, attributes.realm), read(first, attributes.nonce)];
      if (!isChallenge || realm === undefined || nonce === undefined || login?.nonce === nonce) return first;
      login = { realm, nonce };
      return ask(methodNumber, toWrite);
    },
    indicate: (methodNumber, toWrite) =>
      wire.send(encodeMessage({ method: methodNumber, class: 'indication', transactionId: randomBytes(12) }, toWrite)),
    hear: () => next('data', signal),
    close: async () => {
      try {
        if (login) await ask(method.refresh, [write(attributes.lifetime, 0)], AbortSignal.timeout(farewellMs));
      } catch {
        // Not answered in time.
      }
      await wire.close();
    },
  };
};

const keyOf = (message: Message): string =>
  message.class === 'indication' && message.method === method.data ? 'data' : message.transactionId.toString('hex');

const openUdp = async (server: ListeningAddress, onMessage: OnMessage): Promise<Wire> => {
  const socket = await openUdpSocket({
    address: server.address,
    port: 0,
    receiveBufferBytes: bufferBytes,
    sendQueueMaxBytes: bufferBytes,
    onDatagram: bytes => onMessage(bytes),
    onSlow: () => undefined,
    onError: () => undefined,
  });
  return { send: message => socket.send(message, server), close: () => socket.close() };
};

const openStream = async (
  { address: host, port, transport }: ListeningAddress,
  onMessage: OnMessage,
  signal: AbortSignal,
): Promise<Wire> => {
  const isSecure = transport === 'tls';
  // Whether the certificate is good is looked at by itself; here it is only about whether TLS works.
  const socket: Socket = isSecure
    ? connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ['stun.turn'] })
    : connect({ host, port, noDelay: true });
  const close = async (): Promise<void> => {
    if (socket.closed) return;
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  };
  try {
    await once(socket, isSecure ? 'secureConnect' : 'connect', { signal });
  } catch (error) {
    socket.on('error', () => undefined);
    await close();
    throw error;
  }
  socket.on('error', () => undefined);
  const frames = new StreamFrames(() => true);
  socket.on('data', (chunk: Buffer) => frames.push(chunk, onMessage));
  return { send: message => socket.write(framed([message])), close };
};
