// How many allocations a participant takes: by the size of rooms, since each talks to each other one by a connection of its
// own. It knows no relay and counts nothing.
import { allocationsPerPeer, defaultUserQuota } from '../turn/index.ts';

/** While an ICE restart replaces a path, the old allocations live beside the new ones. */
const pathsPerPeer = 2;

/** What a participant of a full room holds at the most: one allocation for each of our `turn:` and `turns:` URLs. */
export const leastUserQuotaFor = (roomCapacity: number, { hasTls }: { readonly hasTls: boolean }): number =>
  Math.max(1, (roomCapacity - 1) * (hasTls ? 3 : 2) * pathsPerPeer);

/** With room for a second network, on which a browser allocates too. */
export const userQuotaFor = (roomCapacity: number): number =>
  Math.max(defaultUserQuota, (roomCapacity - 1) * allocationsPerPeer);
