// Typed reading of a message's covered attributes. Knows no method: which ones must be there is the core's matter.
import { attributeType, isComprehensionRequired } from './attribute-types.ts';
import * as attributes from './attributes.ts';
import type { AttributeCodec } from './attributes.ts';
import { findAttribute, forEachAttribute, listAttributes } from './message.ts';
import type { Message } from './message.ts';

/** The value of the first such attribute. Of a {@link isWellFormed} message, `undefined` means that there is none. */
export const read = <T>(message: Message, { type, decode }: AttributeCodec<T>): T | undefined => {
  const bytes = findAttribute(message, type);
  return bytes && decode(bytes, message.transactionId);
};

/** The values of all such attributes, in order: a CreatePermission may name many peers (RFC 8656 §10.1). */
export const readAll = <T>(message: Message, { type, decode }: AttributeCodec<T>): T[] =>
  listAttributes(message)
    .filter(attribute => attribute.type === type)
    .map(({ value }) => decode(value, message.transactionId))
    .filter(value => value !== undefined);

const codecs = new Map<number, Pick<AttributeCodec<unknown>, 'decode'>>(
  Object.values(attributes).map(codec => [codec.type, codec]),
);

/** Whether each covered attribute that has a codec holds a value that it allows. */
export const isWellFormed = (message: Message): boolean =>
  listAttributes(message).every(({ type, value }) => {
    const codec = codecs.get(type);
    return codec === undefined || codec.decode(value, message.transactionId) !== undefined;
  });

const understood = new Set<number>(Object.values(attributeType));

/** RFC 8489 §14: comprehension-required, and not one of ours. */
export const isUnknownRequired = (type: number): boolean => isComprehensionRequired(type) && !understood.has(type);

const none: readonly number[] = [];

/** RFC 8489 §6.3.1: the comprehension-required types that we do not understand, each once, for a 420. */
export const listUnknownRequired = (message: Message): readonly number[] => {
  let unknown: Set<number> | undefined;
  forEachAttribute(message, type => {
    if (isUnknownRequired(type)) (unknown ??= new Set()).add(type);
  });
  return unknown ? [...unknown] : none;
};
