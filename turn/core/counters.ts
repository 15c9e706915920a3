// What the core has done since it started, as numbers that only grow. Knows no user, no address and no clock.
import { dropReasons } from './actions.ts';
import type { Action, DropReason } from './actions.ts';
import { refusalCodes } from './refusal-codes.ts';
import type { RefusalCode } from './refusal-codes.ts';

export interface RelayedCounter {
  readonly datagrams: number;
  /** Of the application: without the headers of STUN, UDP and IP. */
  readonly bytes: number;
}

/** A copy: it does not change any more. */
export interface TurnCoreCounters {
  /**
   * Each datagram is counted once, where it left: at a relay socket, for a client, or from client to client. It was handed to
   * the transport then, which may still drop it; see `slowReaderDrops` and `slowNetworkDrops`.
   */
  readonly relayed: {
    readonly toPeer: RelayedCounter;
    readonly toClient: RelayedCounter;
    readonly hairpin: RelayedCounter;
  };
  readonly refusals: Readonly<Record<RefusalCode, number>>;
  readonly drops: Readonly<Record<DropReason, number>>;
}

/** Fields that are added to for each datagram, so that nothing is made for it. */
export class Relayed {
  #datagrams = 0;
  #bytes = 0;

  add(bytes: number): void {
    this.#datagrams++;
    this.#bytes += bytes;
  }

  read(): RelayedCounter {
    return { datagrams: this.#datagrams, bytes: this.#bytes };
  }
}

export class Counters {
  readonly toPeer = new Relayed();
  readonly toClient = new Relayed();
  readonly hairpin = new Relayed();
  readonly #refusals = zeros(refusalCodes);
  readonly #drops = zeros(dropReasons);

  /** Refusals and drops, on their way out. */
  note(action: Action): void {
    if (action.type === 'drop') this.#drops[action.reason]++;
    else if (action.type === 'send' && action.refused !== undefined) this.#refusals[action.refused]++;
  }

  read(): TurnCoreCounters {
    return {
      relayed: { toPeer: this.toPeer.read(), toClient: this.toClient.read(), hairpin: this.hairpin.read() },
      refusals: { ...this.#refusals },
      drops: { ...this.#drops },
    };
  }
}

const zeros = <K extends string | number>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map(key => [key, 0])) as Record<K, number>;
