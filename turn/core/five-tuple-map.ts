// A map whose keys are clients. Knows nothing of what it holds, and builds no text for a look-up: one comes per datagram.
import type { TransportAddress } from '../wire/address.ts';
import type { FiveTuple } from './actions.ts';

type ByPort<T> = Map<number, T>;
type ByAddress<T> = Map<string, ByPort<T>>;

/** RFC 8656 §2: one value for each 5-tuple. */
export class FiveTupleMap<T> {
  readonly #servers = new Map<TransportAddress, ByAddress<T>>();

  get({ client, server }: FiveTuple): T | undefined {
    return this.#servers.get(server)?.get(client.address)?.get(client.port);
  }

  set({ client, server }: FiveTuple, value: T): void {
    const byAddress = getOrAdd(this.#servers, server);
    getOrAdd(byAddress, client.address).set(client.port, value);
  }

  /** Leaves no empty map behind: addresses come from outside, and there are many. */
  delete({ client, server }: FiveTuple): void {
    const byAddress = this.#servers.get(server);
    const byPort = byAddress?.get(client.address);
    byPort?.delete(client.port);
    if (byPort?.size === 0) byAddress?.delete(client.address);
  }

  /** Number of client addresses with a value; for tests of what is left behind. */
  get addressCount(): number {
    return [...this.#servers.values()].reduce((sum, byAddress) => sum + byAddress.size, 0);
  }
}

const getOrAdd = <K, A, B>(map: Map<K, Map<A, B>>, key: K): Map<A, B> => {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, (inner = new Map<A, B>()));
  return inner;
};
