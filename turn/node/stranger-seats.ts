// How many connections may be open that have shown no credential yet, per source and in all. Knows no socket.
import { ipToBytes } from '../wire/address.ts';
import type { StreamLimits } from './stream-limits.ts';

/** The right to one connection. Given back once, however often `release` is called. */
export interface Seat {
  release(): void;
}

/** A network hands at least this much of an IPv6 address to one customer, who may then change the rest at will. */
const ipv6NetworkBytes = 8;

export class StrangerSeats {
  readonly #limits: Pick<StreamLimits, 'strangersPerSource' | 'strangersInAll'>;
  readonly #bySource = new Map<string, number>();
  #total = 0;

  constructor(limits: Pick<StreamLimits, 'strangersPerSource' | 'strangersInAll'>) {
    this.#limits = limits;
  }

  /** Connections, and sources that have one; for tests of what is left behind. */
  get counts(): { readonly total: number; readonly sources: number } {
    return { total: this.#total, sources: this.#bySource.size };
  }

  take(address: string): Seat | undefined {
    const source = sourceOf(address);
    const taken = this.#bySource.get(source) ?? 0;
    if (taken >= this.#limits.strangersPerSource || this.#total >= this.#limits.strangersInAll) return undefined;
    this.#bySource.set(source, taken + 1);
    this.#total++;
    let isTaken = true;
    return {
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#total--;
        const left = (this.#bySource.get(source) ?? 0) - 1;
        if (left > 0) this.#bySource.set(source, left);
        else this.#bySource.delete(source);
      },
    };
  }
}

const sourceOf = (address: string): string => {
  const ip = ipToBytes(address);
  return ip?.length === 16 ? ip.toString('hex', 0, ipv6NetworkBytes) : address;
};
