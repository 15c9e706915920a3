// Which ports of the range are ours already, and a random one that is not. Knows no socket.

/** What an Allocate wants of its port (RFC 8656 §7.2): any, an even one, or an even one and the next. */
export type Parity = 'any' | 'even' | 'pair';

/** A whole number from 0 up to, not including, `below`. */
export type RandomInt = (below: number) => number;

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The same range on each announced IP address. Several of ours may be announced as one, and then a port stands for one of
 * them only: peers could not mean the other.
 */
export class RelayPorts {
  readonly #range: PortRange;
  readonly #randomInt: RandomInt;
  readonly #taken = new Map<string, Set<number>>();

  constructor(range: PortRange, randomInt: RandomInt) {
    this.#range = range;
    this.#randomInt = randomInt;
  }

  /**
   * A free port of the wanted kind, not among `tried`. RFC 8656 §7.2: picked at random, so that it cannot be guessed;
   * from there on the next that will do. `undefined` if there is none.
   */
  pick(address: string, parity: Parity, tried: ReadonlySet<number>): number | undefined {
    const { min, max } = this.#range;
    const count = max - min + 1;
    const taken = this.#taken.get(address);
    const isFree = (port: number): boolean => port <= max && taken?.has(port) !== true && !tried.has(port);
    const first = this.#randomInt(count);
    for (let step = 0; step < count; step++) {
      const port = min + ((first + step) % count);
      if (parity !== 'any' && port % 2 !== 0) continue;
      if (isFree(port) && (parity !== 'pair' || isFree(port + 1))) return port;
    }
    return undefined;
  }

  take(address: string, port: number): void {
    const taken = this.#taken.get(address);
    if (taken) taken.add(port);
    else this.#taken.set(address, new Set([port]));
  }

  free(address: string, port: number): void {
    this.#taken.get(address)?.delete(port);
  }

  get takenCount(): number {
    return [...this.#taken.values()].reduce((sum, ports) => sum + ports.size, 0);
  }
}
