// How many connections one participant may make another's browser build. It knows no room and no connection of its own.
import type { Signal } from '../protocol/events.ts';
import type { Rate } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one participant offered to another. */
interface Pair {
  readonly bucket: TokenBucket;
  /** The sender's connection that was counted last. */
  connectionId: string | undefined;
}

/**
 * Counts by pairs: a newcomer offers to everybody at once, but to each only once, whatever the room holds. By participants
 * and not by sockets: a new socket is cheap. An offer of the connection that was counted last is free, be it said again or
 * an ICE restart, for who gets it has built theirs. Of another one it is not, also where it names whom it is for: a client
 * takes that for a page that was loaded anew.
 */
export class OfferGuard {
  readonly #rate: Rate;
  readonly #pairs = new Map<string, Pair>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Pairs that are remembered. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Whether the signal may go from one participant to the other; counts it. `now` in milliseconds. */
  mayPass(from: string, to: string, signal: Signal, now: number): boolean {
    if (!('description' in signal) || signal.description.type !== 'offer') return true;
    const key = `${from} ${to}`;
    const pair = this.#pairs.get(key) ?? { bucket: new TokenBucket(this.#rate, now), connectionId: undefined };
    if (pair.connectionId === signal.connectionId) return true;
    if (!pair.bucket.take(now)) return false;
    pair.connectionId = signal.connectionId;
    this.#pairs.set(key, pair);
    return true;
  }

  /** Forgets who has been quiet long enough: what they offer next costs one more. */
  sweep(now: number): void {
    for (const [key, { bucket }] of this.#pairs) if (bucket.isFull(now)) this.#pairs.delete(key);
  }
}
