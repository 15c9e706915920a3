// Refresh (RFC 8656 §8.2): a longer life for an allocation, or its end. Knows no permission and no channel.
import { lifetime, requestedAddressFamily } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { read } from '../wire/read.ts';
import type { Action } from './actions.ts';
import type { Allocation } from './allocation.ts';
import type { Allocations } from './allocations.ts';
import { grantedLifetimeSec } from './lifetime.ts';
import { refuse, succeed } from './respond.ts';
import type { Exchange } from './respond.ts';

export const refresh = (
  exchange: Exchange,
  allocation: Allocation,
  allocations: Allocations,
  now: number,
): readonly Action[] => {
  const { request } = exchange;
  const family = read(request, requestedAddressFamily);
  const ours = allocation.relay.bound.family === 'IPv4' ? 0x01 : 0x02;
  if (family !== undefined && family !== ours) return [refuse(exchange, 443)];

  const requestedSec = read(request, lifetime);
  if (requestedSec === 0) return [allocations.end(allocation), succeed(exchange, [write(lifetime, 0)])];
  const lifetimeSec = grantedLifetimeSec(requestedSec);
  allocations.refresh(allocation, now + lifetimeSec * 1000);
  return [succeed(exchange, [write(lifetime, lifetimeSec)])];
};
