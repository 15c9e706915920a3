// Binding: tells a client its address as we see it (RFC 8489 §2). Asks for no credential.
import { xorMappedAddress } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import type { SendAction } from './actions.ts';
import { succeed } from './respond.ts';
import type { Exchange } from './respond.ts';

/** XOR-MAPPED-ADDRESS alone: 32 bytes for IPv4, so that a spoofed request gains nothing worth having. */
export const answerBinding = (exchange: Exchange): SendAction =>
  succeed(exchange, [write(xorMappedAddress, exchange.from.client)]);
