// The core's door: one datagram in, actions out. Routes by class and method. Knows no socket, no timer, no clock.
import { unknownAttributes } from '../wire/attributes.ts';
import { decodeChannelData, startsChannelData } from '../wire/channel-data.ts';
import { write } from '../wire/encode.ts';
import { fingerprintHolds } from '../wire/fingerprint.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { isWellFormed, listUnknownRequired } from '../wire/read.ts';
import { drop } from './actions.ts';
import type { Action, FiveTuple } from './actions.ts';
import { answerBinding } from './binding.ts';
import { refuse } from './respond.ts';
import type { Exchange } from './respond.ts';

export interface TurnCore {
  /** Decides on one datagram from a client. `now` in milliseconds. Never throws, whatever the bytes. */
  receive(datagram: Buffer, from: FiveTuple, now: number): readonly Action[];
}

export const createTurnCore = (): TurnCore => ({
  receive: (datagram, from) => [decide(datagram, from)],
});

const decide = (datagram: Buffer, from: FiveTuple): Action => {
  // No socket sends from port 0, and nothing can be sent there: the source is forged.
  if (from.client.port === 0) return drop('source-port-zero');
  // Media first: once a call runs, nearly every datagram is ChannelData.
  if (startsChannelData(datagram[0] ?? 0)) return receiveChannelData(datagram);
  const message = decodeMessage(datagram);
  if (message === undefined) return drop('not-stun');
  if (!fingerprintHolds(message)) return drop('fingerprint-wrong');
  if (message.class === 'request') return receiveRequest({ request: message, from });
  return message.class === 'indication' ? receiveIndication(message) : drop('not-for-servers');
};

// RFC 8656 §12.6: silence where no channel is bound.
const receiveChannelData = (datagram: Buffer): Action =>
  drop(decodeChannelData(datagram) ? 'channel-unbound' : 'not-stun');

// RFC 8489 §6.3.2: an indication is never answered, not even a wrong one.
const receiveIndication = (message: Message): Action =>
  drop(message.method === method.binding ? 'indication-answered-by-silence' : 'not-for-servers');

const receiveRequest = (exchange: Exchange): Action => {
  switch (exchange.request.method) {
    case method.binding:
      return refuseAttributes(exchange) ?? answerBinding(exchange);
    // RFC 8656 §7.2: a relay without relayed addresses to grant is out of capacity, and …
    case method.allocate:
      return refuseAttributes(exchange) ?? refuse(exchange, 508);
    // … RFC 8656 §5: without an allocation each of these is a mismatch.
    case method.refresh:
    case method.createPermission:
    case method.channelBind:
      return refuseAttributes(exchange) ?? refuse(exchange, 437);
    // RFC 8489 §6.3: a method that is not supported is discarded.
    default:
      return drop('not-for-servers');
  }
};

// RFC 8489 §6.3.1: what is unknown and must be understood is named to the client; then 400 for what is malformed.
const refuseAttributes = (exchange: Exchange): Action | undefined => {
  const unknown = listUnknownRequired(exchange.request);
  if (unknown.length > 0) return refuse(exchange, 420, [write(unknownAttributes, unknown)]);
  return isWellFormed(exchange.request) ? undefined : refuse(exchange, 400);
};
