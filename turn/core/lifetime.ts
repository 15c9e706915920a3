// How long an allocation lives (RFC 8656 §7.2, §8.2). Knows no allocation.
import { defaultLifetimeSec, maxLifetimeSec } from './limits.ts';

/** Seconds for what a client asked, if it asked: never less than the default, never more than the maximum. */
export const grantedLifetimeSec = (requestedSec: number | undefined): number =>
  Math.max(defaultLifetimeSec, Math.min(requestedSec ?? defaultLifetimeSec, maxLifetimeSec));
