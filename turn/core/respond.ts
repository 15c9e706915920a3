// The one builder of responses: success, or a refusal with its code. Knows no method.
import type { Message } from '../wire/message.ts';
import { errorCode } from '../wire/attributes.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import type { AttributeToWrite } from '../wire/encode.ts';
import { send } from './actions.ts';
import type { FiveTuple, SendAction } from './actions.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** A request under way. */
export interface Exchange {
  readonly request: Message;
  readonly from: FiveTuple;
  /** The key that the request proved to have; its response is signed with it (RFC 8489 §9.2.5). */
  readonly key?: Buffer;
}

export const succeed = (exchange: Exchange, attributes: readonly AttributeToWrite[]): SendAction =>
  respond(exchange, 'success', attributes);

/** No reason phrase: it would help nobody but one who reflects our answers at a victim (fewer bytes for a spoofed one). */
export const refuse = (
  exchange: Exchange,
  code: RefusalCode,
  attributes: readonly AttributeToWrite[] = [],
): SendAction => respond(exchange, 'error', [write(errorCode, { code, reason: '' }), ...attributes], code);

const respond = (
  { request, from, key }: Exchange,
  responseClass: 'success' | 'error',
  attributes: readonly AttributeToWrite[],
  refused?: RefusalCode,
): SendAction => {
  const { method, transactionId, fingerprintAt } = request;
  // RFC 8489 §7: FINGERPRINT answers FINGERPRINT.
  const trailer = { integrityKey: key, fingerprint: fingerprintAt !== undefined };
  return send(from, encodeMessage({ method, class: responseClass, transactionId }, attributes, trailer), refused);
};
