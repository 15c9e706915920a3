// How many relayed addresses users may hold. Counts leases; knows no socket and no allocation.

/** Counted from the request on, before any socket is open: a burst cannot pass a limit that its own binds will reach. */
export class Quota {
  readonly #userQuota: number;
  readonly #totalQuota: number;
  readonly #byUser = new Map<string, number>();
  #total = 0;

  constructor({ userQuota, totalQuota }: { readonly userQuota: number; readonly totalQuota: number }) {
    this.#userQuota = userQuota;
    this.#totalQuota = totalQuota;
  }

  get total(): number {
    return this.#total;
  }

  /** Users who hold something; for tests of what is left behind. */
  get userCount(): number {
    return this.#byUser.size;
  }

  /** All of `count` leases, or `undefined` and nothing is taken. */
  reserve(user: string, count: number): Lease[] | undefined {
    const held = this.#byUser.get(user) ?? 0;
    if (held + count > this.#userQuota || this.#total + count > this.#totalQuota) return undefined;
    this.#byUser.set(user, held + count);
    this.#total += count;
    return Array.from({ length: count }, () => new Lease(this, user));
  }

  /** What {@link Lease.release} calls. */
  giveBack(user: string): void {
    this.#total--;
    const left = (this.#byUser.get(user) ?? 0) - 1;
    if (left > 0) this.#byUser.set(user, left);
    else this.#byUser.delete(user);
  }
}

/** The right to one relayed address. Given back once, however often `release` is called. */
export class Lease {
  #quota: Quota | undefined;
  readonly #user: string;

  constructor(quota: Quota, user: string) {
    this.#quota = quota;
    this.#user = user;
  }

  release(): void {
    this.#quota?.giveBack(this.#user);
    this.#quota = undefined;
  }
}
