// Send indication: what a client wants sent, and where (RFC 8656 §11.1). Knows no permission and copies no payload.
import type { TransportAddress } from './address.ts';
import { attributeType } from './attribute-types.ts';
import { headerBytes } from './limits.ts';
import { nextAt, valueAt } from './message.ts';
import type { Message } from './message.ts';
import { isUnknownRequired } from './read.ts';
import { decodeXorAddress } from './xor-address.ts';

export interface SendIndication {
  readonly peer: TransportAddress;
  readonly payload: Buffer;
  /** Whether there is nothing in it that must be understood and is not (RFC 8489 §6.3.2). */
  readonly isUnderstood: boolean;
}

/**
 * Everything that is needed of a Send indication in one walk, as one comes for each datagram. Of several attributes of a
 * type the first counts. `undefined` without an address and a payload.
 */
export const readSendIndication = (message: Message): SendIndication | undefined => {
  const { bytes, coveredEnd, transactionId } = message;
  let peerAt = 0;
  let payloadAt = 0;
  let isUnderstood = true;
  for (let at = headerBytes; at < coveredEnd; at = nextAt(bytes, at)) {
    const type = bytes.readUInt16BE(at);
    if (type === attributeType.xorPeerAddress) peerAt ||= at;
    else if (type === attributeType.data) payloadAt ||= at;
    // Node cannot set the DF bit, so DONT-FRAGMENT is an attribute that we do not understand.
    else if (type === attributeType.dontFragment || isUnknownRequired(type)) isUnderstood = false;
  }
  if (peerAt === 0 || payloadAt === 0) return undefined;
  const peer = decodeXorAddress(valueAt(bytes, peerAt), transactionId);
  return peer && { peer, payload: valueAt(bytes, payloadAt), isUnderstood };
};
