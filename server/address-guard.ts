// Against guessing: what one address may try in vain. It knows no room and no token, and decides by counts alone.
import type { SignalingErrorCode } from '../protocol/errors.ts';
import type { ServerLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';
import { limitKeyOf } from './visitor.ts';
import type { Visitor } from './visitor.ts';

interface Tally {
  /** Times of wrong tokens, the newest last; never more than would block. */
  wrong: number[];
  guesses: TokenBucket;
  credentials: TokenBucket;
}

export class AddressGuard {
  readonly #limits: ServerLimits;
  /** In order of last use. */
  readonly #records = new Map<string, Tally>();

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** Whether this address has tried too much in vain to be heard at all. All times in ms since the epoch. */
  isBlocked(visitor: Visitor, now: number): boolean {
    const record = this.#records.get(limitKeyOf(visitor.address));
    if (!record) return false;
    return this.#wrongSince(record, now).length >= this.#limits.wrongTokens || record.guesses.left(now) < 1;
  }

  /** Counts a wrong token. */
  wrongToken(visitor: Visitor, now: number): void {
    const record = this.#record(visitor, now);
    record.wrong = [...this.#wrongSince(record, now), now].slice(-this.#limits.wrongTokens);
  }

  /** Counts a room that was empty, full or locked to somebody who knew no more than its name. */
  guessed(visitor: Visitor, now: number): void {
    this.#record(visitor, now).guesses.take(now);
  }

  /** Whether this address may be given one more relay credential; counts it. */
  mayHaveCredential(visitor: Visitor, now: number): boolean {
    return this.#record(visitor, now).credentials.take(now);
  }

  /** How long a refusal must take from the request on, in milliseconds: the same for all, and longer each time. */
  refusalMs(visitor: Visitor, code: SignalingErrorCode, now: number): number {
    const { refusalMinMs, refusalMaxMs } = this.#limits;
    const record = this.#records.get(limitKeyOf(visitor.address));
    const wrong = code === 'token-invalid' && record ? this.#wrongSince(record, now).length : 1;
    return Math.min(refusalMaxMs, refusalMinMs * 2 ** Math.max(0, wrong - 1));
  }

  /** Forgets who has been quiet long enough. */
  sweep(now: number): void {
    for (const [key, record] of this.#records) {
      const { guesses, credentials } = record;
      const isQuiet = this.#wrongSince(record, now).length === 0 && guesses.isFull(now) && credentials.isFull(now);
      if (isQuiet) this.#records.delete(key);
    }
  }

  #wrongSince({ wrong }: Tally, now: number): number[] {
    return wrong.filter(at => at > now - this.#limits.wrongTokensMs);
  }

  #record(visitor: Visitor, now: number): Tally {
    const key = limitKeyOf(visitor.address);
    const record = this.#records.get(key) ?? {
      wrong: [],
      guesses: new TokenBucket(this.#limits.guesses, now),
      credentials: new TokenBucket(this.#limits.credentials, now),
    };
    this.#records.delete(key);
    this.#records.set(key, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > this.#limits.addresses && oldest !== undefined) this.#records.delete(oldest);
    return record;
  }
}
