// A TURN client that costs little: it logs in, asks, and then only writes and reads media. Knows no peer's meaning.
import type { Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { issueCredential } from '../../../turn/index.ts';
import type { TransportAddress } from '../../../turn/wire/address.ts';
import * as attributes from '../../../turn/wire/attributes.ts';
import {
  channelNumberMin,
  decodeChannelData,
  encodeChannelHeader,
  startsChannelData,
} from '../../../turn/wire/channel-data.ts';
import { encodeMessage, write } from '../../../turn/wire/encode.ts';
import type { AttributeToWrite } from '../../../turn/wire/encode.ts';
import { padded } from '../../../turn/wire/limits.ts';
import { longTermKey } from '../../../turn/wire/integrity.ts';
import { decodeMessage } from '../../../turn/wire/message.ts';
import type { Message } from '../../../turn/wire/message.ts';
import { method } from '../../../turn/wire/methods.ts';
import { read } from '../../../turn/wire/read.ts';
import type { Framing, RelayTarget } from './messages.ts';
import { openSocket } from './socket.ts';

/** UDP may lose a request, and a relay may leave a stranger unanswered for a second. */
const patienceMs = 500;
const attempts = 20;

const protocolUdp = 17;

export interface TurnClient {
  readonly relayed: TransportAddress;
  /** Allows a peer and, for ChannelData, binds a channel to it; also renews both. */
  reach(peer: TransportAddress, framing: Framing): Promise<void>;
  write(payload: Buffer): void;
  hear: (payload: Buffer) => void;
}

/** @throws Error if the relay refuses or is silent */
export const openTurnClient = async (target: RelayTarget, subject: string, local: string): Promise<TurnClient> => {
  const { server, login } = target;
  const socket = await openSocket(local);
  const { username, credential } =
    'secret' in login ? issueCredential({ secret: login.secret, subject, ttlSec: 86_400, now: Date.now() }) : login;
  const tell = (parts: Buffer | readonly Buffer[]): void => socket.send(parts, server.port, server.address);
  const requests = createRequests(socket, tell, { username, credential });

  const allocated = await requests.ask(method.allocate, [write(attributes.requestedTransport, protocolUdp)]);
  const relayed = read(allocated, attributes.xorRelayedAddress);
  if (relayed === undefined) throw new Error('Allocate: no relayed address.');

  let frame = (payload: Buffer): readonly Buffer[] => [payload];
  const client: TurnClient = {
    relayed,
    reach: async (peer, framing) => {
      const named = write(attributes.xorPeerAddress, peer);
      if (framing === 'channel') {
        await requests.ask(method.channelBind, [write(attributes.channelNumber, channelNumberMin), named]);
        frame = payload => [encodeChannelHeader(channelNumberMin, payload.length), payload];
      } else {
        await requests.ask(method.createPermission, [named]);
        frame = sendIndications(peer);
      }
    },
    write: payload => tell(frame(payload)),
    hear: () => undefined,
  };
  requests.onPayload = payload => client.hear(payload);
  return client;
};

/** Made once for each size: nothing answers an indication, so that all may have one transaction ID. */
const sendIndications = (peer: TransportAddress): ((payload: Buffer) => readonly Buffer[]) => {
  const transactionId = randomBytes(12);
  const frames = new Map<number, readonly [Buffer, Buffer]>();
  const frameOf = (payloadBytes: number): readonly [Buffer, Buffer] => {
    const known = frames.get(payloadBytes);
    if (known) return known;
    const whole = encodeMessage({ method: method.send, class: 'indication', transactionId }, [
      write(attributes.xorPeerAddress, peer),
      write(attributes.data, Buffer.alloc(payloadBytes)),
    ]);
    const paddingBytes = padded(payloadBytes) - payloadBytes;
    const headBytes = whole.length - payloadBytes - paddingBytes;
    const made = [whole.subarray(0, headBytes), Buffer.alloc(paddingBytes)] as const;
    frames.set(payloadBytes, made);
    return made;
  };
  return payload => {
    const [head, padding] = frameOf(payload.length);
    return padding.length === 0 ? [head, payload] : [head, payload, padding];
  };
};

interface Requests {
  ask(methodNumber: number, toWrite: readonly AttributeToWrite[]): Promise<Message>;
  onPayload: (payload: Buffer) => void;
}

const createRequests = (
  socket: Socket,
  tell: (bytes: Buffer) => void,
  { username, credential }: { readonly username: string; readonly credential: string },
): Requests => {
  const waiting = new Map<string, (answer: Message) => void>();
  let realm: string | undefined;
  let nonce: string | undefined;

  socket.on('message', bytes => {
    const message = startsChannelData(bytes[0] ?? 0) ? undefined : decodeMessage(bytes);
    const payload = message ? read(message, attributes.data) : decodeChannelData(bytes)?.payload;
    if (payload) requests.onPayload(payload);
    else if (message) waiting.get(message.transactionId.toString('hex'))?.(message);
  });

  const askOnce = (methodNumber: number, toWrite: readonly AttributeToWrite[]): Promise<Message> => {
    const transactionId = randomBytes(12);
    const head = { method: methodNumber, class: 'request', transactionId } as const;
    const bytes =
      realm === undefined || nonce === undefined
        ? encodeMessage(head, toWrite)
        : encodeMessage(
            head,
            [
              ...toWrite,
              write(attributes.username, username),
              write(attributes.realm, realm),
              write(attributes.nonce, nonce),
            ],
            { integrityKey: longTermKey(username, realm, credential) },
          );
    const key = transactionId.toString('hex');
    return new Promise((resolve, reject) => {
      let left = attempts;
      const attempt = () => {
        if (left-- > 0) tell(bytes);
        else answer(undefined);
      };
      const timer = setInterval(attempt, patienceMs);
      const answer = (message: Message | undefined) => {
        clearInterval(timer);
        waiting.delete(key);
        if (message) resolve(message);
        else reject(new Error(`No answer to method ${methodNumber}.`));
      };
      waiting.set(key, answer);
      attempt();
    });
  };

  const requests: Requests = {
    ask: async (methodNumber, toWrite) => {
      // The first two answers may tell what to sign with (401), and that it was too old (438).
      for (let round = 1; ; round++) {
        const answer = await askOnce(methodNumber, toWrite);
        if (answer.class === 'success') return answer;
        const code = read(answer, attributes.errorCode)?.code ?? 0;
        if (round === 3 || ![401, 438].includes(code)) throw new Error(`Method ${methodNumber}: refused with ${code}.`);
        realm = read(answer, attributes.realm);
        nonce = read(answer, attributes.nonce);
      }
    },
    onPayload: () => undefined,
  };
  return requests;
};
