// What an Allocate request asks for, or why it may not (RFC 8656 §7.2, steps 3 to 8). Knows no port and no allocation.
import { attributeType } from '../wire/attribute-types.ts';
import {
  dontFragment,
  evenPort,
  lifetime,
  requestedAddressFamily,
  requestedTransport,
  reservationToken,
  unknownAttributes,
} from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { findAttribute } from '../wire/message.ts';
import { read } from '../wire/read.ts';
import type { SendAction } from './actions.ts';
import { grantedLifetimeSec } from './lifetime.ts';
import type { RelayAddresses, RelayPlace } from './relay-addresses.ts';
import type { Parity } from './relay-ports.ts';
import { refuse } from './respond.ts';
import type { Exchange } from './respond.ts';

/** A socket of its own, or the one that an earlier Allocate reserved. */
export type AllocationWish = { readonly lifetimeSec: number } & (
  { readonly token: Buffer } | { readonly token?: undefined; readonly place: RelayPlace; readonly parity: Parity }
);

/** IANA's protocol number of UDP. */
const udp = 17;

const familyNumbers = new Map([
  [0x01, 'IPv4'],
  [0x02, 'IPv6'],
] as const);

export const readWish = (
  exchange: Exchange,
  addresses: RelayAddresses,
): { readonly wish: AllocationWish } | { readonly refusal: SendAction } => {
  const { request, from } = exchange;
  const transport = read(request, requestedTransport);
  if (transport === undefined) return { refusal: refuse(exchange, 400) };
  if (transport !== udp) return { refusal: refuse(exchange, 442) };

  // Node cannot set the DF bit, so this is an attribute that we do not understand.
  if (read(request, dontFragment)) {
    return { refusal: refuse(exchange, 420, [write(unknownAttributes, [dontFragment.type])]) };
  }

  const even = read(request, evenPort);
  const familyNumber = read(request, requestedAddressFamily);
  const asksForBoth = findAttribute(request, attributeType.additionalAddressFamily) !== undefined;
  const lifetimeSec = grantedLifetimeSec(read(request, lifetime));

  const token = read(request, reservationToken);
  if (token) {
    const isAmbiguous = even !== undefined || familyNumber !== undefined || asksForBoth;
    return isAmbiguous ? { refusal: refuse(exchange, 400) } : { wish: { token, lifetimeSec } };
  }
  // Asking for both families alone gets IPv4: the attribute is optional, and one that we do not support.
  if (asksForBoth && (familyNumber !== undefined || even === true)) return { refusal: refuse(exchange, 400) };

  // Step 7: without the attribute it "MUST allocate an IPv4 relayed transport address", whatever the client came over.
  const family = familyNumbers.get((familyNumber ?? 0x01) as 0x01 | 0x02);
  const place = family && addresses.placeFor(family, from.server);
  if (place === undefined) return { refusal: refuse(exchange, 440) };
  return { wish: { place, lifetimeSec, parity: even === undefined ? 'any' : even ? 'pair' : 'even' } };
};
