// A rate limit that is checked on use: no timer. It knows no clock.
import type { Rate } from './limits.ts';

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  /** A full bucket. `now` in milliseconds, as everywhere below. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes `amount`, or nothing and answers false when there is less. */
  take(now: number, amount = 1): boolean {
    if (this.left(now) < amount) return false;
    this.#tokens -= amount;
    return true;
  }

  left(now: number): number {
    // A clock that was set back refills nothing and takes nothing.
    const elapsedSec = Math.max(0, now - this.#at) / 1000;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + elapsedSec * this.#rate.perSec);
    this.#at = now;
    return this.#tokens;
  }

  /** A full bucket remembers nothing and may be forgotten. */
  isFull(now: number): boolean {
    return this.left(now) >= this.#rate.burst;
  }
}
