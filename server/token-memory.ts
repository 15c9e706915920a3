// Whose a token with an id is: that of who showed it first, for as long as it can be used. It knows no token's content.

/** Where the first bearers of tokens are remembered; several nodes need a common one. */
export interface TokenMemory {
  /** Whether one of `holders` showed the token first, or does so now. `until` and `now` in ms since the epoch. */
  belongsTo(tokenId: string, holders: readonly string[], until: number, now: number): Promise<boolean>;
}

/** Only genuine tokens get here, so a site would have to mint this many in ten minutes. */
const tokensMax = 100_000;

export class MemoryTokenMemory implements TokenMemory {
  readonly #bearers = new Map<string, { holders: readonly string[]; until: number }>();
  readonly #max: number;

  constructor(max = tokensMax) {
    this.#max = max;
  }

  get size(): number {
    return this.#bearers.size;
  }

  belongsTo(tokenId: string, holders: readonly string[], until: number, now: number): Promise<boolean> {
    const bearer = this.#bearers.get(tokenId);
    if (bearer && bearer.until > now) return Promise.resolve(holders.some(each => bearer.holders.includes(each)));
    this.#forgetOld(now);
    this.#bearers.set(tokenId, { holders, until });
    return Promise.resolve(true);
  }

  /** In order of first use, which is nearly that of their end: what is over stands in front. */
  #forgetOld(now: number): void {
    for (const [tokenId, { until }] of this.#bearers) {
      if (until > now && this.#bearers.size < this.#max) break;
      this.#bearers.delete(tokenId);
    }
  }
}
