// Who may open one more connection: counts by address. It knows no socket and no clock.
import type { SignalingErrorCode } from '../protocol/errors.ts';
import type { ServerLimits } from './limits.ts';
import { isOriginAllowed } from './origins.ts';
import type { OriginPolicy } from './origins.ts';
import { TokenBucket } from './token-bucket.ts';
import { limitKeyOf } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export type AdmissionRefusal = Extract<SignalingErrorCode, 'origin-not-allowed' | 'rate-limited'>;

export class Admission {
  readonly #policy: OriginPolicy;
  readonly #limits: ServerLimits;
  readonly #handshakes = new Map<string, TokenBucket>();
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(policy: OriginPolicy, limits: ServerLimits) {
    this.#policy = policy;
    this.#limits = limits;
  }

  /** Why a handshake would be refused now. Asking costs nothing. */
  refusalOf(visitor: Visitor, origin: string | undefined, now: number): AdmissionRefusal | undefined {
    if (!isOriginAllowed(origin, visitor.host, this.#policy)) return 'origin-not-allowed';
    const key = limitKeyOf(visitor.address);
    const left = this.#handshakes.get(key)?.left(now) ?? this.#limits.handshakes.burst;
    const crowded =
      (this.#open.get(key) ?? 0) >= this.#limits.connectionsPerAddress || this.#total >= this.#limits.connections;
    return left < 1 || crowded ? 'rate-limited' : undefined;
  }

  /** Counts a handshake, then answers as `refusalOf`. */
  admit(visitor: Visitor, origin: string | undefined, now: number): AdmissionRefusal | undefined {
    const refusal = this.refusalOf(visitor, origin, now);
    const key = limitKeyOf(visitor.address);
    const bucket = this.#handshakes.get(key) ?? new TokenBucket(this.#limits.handshakes, now);
    bucket.take(now);
    this.#handshakes.set(key, bucket);
    return refusal;
  }

  opened(visitor: Visitor): void {
    this.#count(visitor, 1);
  }

  closed(visitor: Visitor): void {
    this.#count(visitor, -1);
  }

  /** Forgets who has been quiet long enough. */
  sweep(now: number): void {
    for (const [key, bucket] of this.#handshakes) if (bucket.isFull(now)) this.#handshakes.delete(key);
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#handshakes.size + this.#open.size;
  }

  #count(visitor: Visitor, change: 1 | -1): void {
    const key = limitKeyOf(visitor.address);
    const count = (this.#open.get(key) ?? 0) + change;
    this.#total += change;
    if (count > 0) this.#open.set(key, count);
    else this.#open.delete(key);
  }
}
