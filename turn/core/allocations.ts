// Every relay socket that is ours, from the wish for one to its end, and whose it is. Knows no request's rules.
import { closeRelay } from './actions.ts';
import type { Action, FiveTuple } from './actions.ts';
import { parseUsername } from '../credentials.ts';
import type { TransportAddress } from '../wire/address.ts';
import type { Allocation, Relay } from './allocation.ts';
import { removeExpired } from './allocation.ts';
import { DueQueue } from './due-queue.ts';
import { FiveTupleMap } from './five-tuple-map.ts';
import type { Lease } from './quota.ts';
import type { RelayPlace } from './relay-addresses.ts';
import type { RelayPorts } from './relay-ports.ts';

/** A socket without an allocation: the odd port of a pair, waiting for its RESERVATION-TOKEN (RFC 8656 §7.2). */
export interface Reservation {
  readonly relay: Relay;
  readonly place: RelayPlace;
  readonly subject: string;
  readonly expiresAt: number;
}

export class Allocations {
  readonly #ports: RelayPorts;
  readonly #byFiveTuple = new FiveTupleMap<Allocation>();
  readonly #byRelay = new Map<TransportAddress, Allocation>();
  /** By IP address and port, bound and announced: what peers could mean. */
  readonly #byAddress = new Map<string, Map<number, Allocation>>();
  /** By when each would expire if it were not refreshed, or earlier. */
  readonly #due = new DueQueue<Allocation>();
  /** By token in hex, the oldest first. */
  readonly #reservations = new Map<string, Reservation>();

  constructor(ports: RelayPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#byRelay.size;
  }

  /** By how their clients reach us. Counted when asked: nobody asks often. */
  get countByTransport(): Record<FiveTuple['transport'], number> {
    const counts = { udp: 0, tcp: 0, tls: 0 };
    for (const { fiveTuple } of this.#byRelay.values()) counts[fiveTuple.transport]++;
    return counts;
  }

  get reservationCount(): number {
    return this.#reservations.size;
  }

  /** Client addresses that something is held for; for tests of what is left behind. */
  get clientCount(): number {
    return this.#byFiveTuple.addressCount;
  }

  /** RFC 8656 §6: an allocation that has expired is none, also before the sweep has come by. */
  of(fiveTuple: FiveTuple, now: number): Allocation | undefined {
    return ifLive(this.#byFiveTuple.get(fiveTuple), now);
  }

  ofRelay(relay: TransportAddress, now: number): Allocation | undefined {
    return ifLive(this.#byRelay.get(relay), now);
  }

  /** Whose relayed address this is, in the form that is announced or the one that is bound. */
  at({ address, port }: TransportAddress, now: number): Allocation | undefined {
    return ifLive(this.#byAddress.get(address)?.get(port), now);
  }

  /** Takes the port at once, before its socket is open: nobody else is offered it meanwhile. */
  takePort({ family, boundIp, announcedIp }: RelayPlace, port: number, lease: Lease): Relay {
    this.#ports.take(announcedIp, port);
    const bound = { address: boundIp, port, family };
    // One object for both where nothing stands between.
    const relayedAddress = announcedIp === boundIp ? bound : { address: announcedIp, port, family };
    return { bound, relayedAddress, lease };
  }

  /** Gives a port back whose socket could not be opened. The lease stays: another port is tried for it. */
  abandon({ relayedAddress }: Relay): void {
    this.#ports.free(relayedAddress.address, relayedAddress.port);
  }

  /** Closes a socket and gives its port back. The lease stays, as after {@link abandon}. */
  discard(relay: Relay): Action {
    this.abandon(relay);
    return closeRelay(relay.bound);
  }

  /** Ends a relay for good: socket, port and lease. */
  close(relay: Relay): Action {
    relay.lease.release();
    return this.discard(relay);
  }

  /** Also ends an expired allocation of the same client that no sweep has seen yet. */
  add(allocation: Allocation): readonly Action[] {
    const expired = this.#byFiveTuple.get(allocation.fiveTuple);
    const actions = expired ? [this.end(expired)] : [];
    this.#byFiveTuple.set(allocation.fiveTuple, allocation);
    this.#byRelay.set(allocation.relay.bound, allocation);
    for (const { address, port } of addressesOf(allocation)) {
      const byPort = this.#byAddress.get(address);
      if (byPort) byPort.set(port, allocation);
      else this.#byAddress.set(address, new Map([[port, allocation]]));
    }
    this.#due.put(allocation, allocation.expiresAt);
    return actions;
  }

  /** Gives it another time to live, which may be a shorter one. */
  refresh(allocation: Allocation, expiresAt: number): void {
    allocation.expiresAt = expiresAt;
    // Later is soon enough found out when it is due.
    if (allocation.dueAt === undefined || expiresAt < allocation.dueAt) this.#due.put(allocation, expiresAt);
  }

  /** Frees all of it, permissions and channels too. */
  end(allocation: Allocation): Action {
    this.#due.delete(allocation);
    this.#byFiveTuple.delete(allocation.fiveTuple);
    this.#byRelay.delete(allocation.relay.bound);
    for (const { address, port } of addressesOf(allocation)) this.#byAddress.get(address)?.delete(port);
    return this.close(allocation.relay);
  }

  /** Frees everything of one user: allocations and reservations. */
  endOf(subject: string): Action[] {
    const actions: Action[] = [];
    for (const allocation of this.#byRelay.values()) {
      if (parseUsername(allocation.username)?.subject === subject) actions.push(this.end(allocation));
    }
    for (const [key, reservation] of this.#reservations) {
      if (reservation.subject !== subject) continue;
      this.#reservations.delete(key);
      actions.push(this.close(reservation.relay));
    }
    return actions;
  }

  reserve(token: Buffer, reservation: Reservation): void {
    this.#reservations.set(token.toString('hex'), reservation);
  }

  /** Hands a reservation out, once, and to the user who made it only. */
  claim(token: Buffer, subject: string, now: number): Reservation | undefined {
    const key = token.toString('hex');
    const reservation = this.#reservations.get(key);
    if (reservation?.subject !== subject || reservation.expiresAt <= now) return undefined;
    this.#reservations.delete(key);
    return reservation;
  }

  /** Frees what has expired, without a look at what has not: a call that is refreshed is come by once in a lifetime. */
  sweep(now: number): Action[] {
    const actions: Action[] = [];
    for (const allocation of this.#due.take(now)) {
      if (allocation.expiresAt <= now) {
        actions.push(this.end(allocation));
        continue;
      }
      removeExpired(allocation, now);
      this.#due.put(allocation, allocation.expiresAt);
    }
    for (const [key, { relay, expiresAt }] of this.#reservations) {
      // All live equally long.
      if (expiresAt > now) break;
      this.#reservations.delete(key);
      actions.push(this.close(relay));
    }
    return actions;
  }
}

const ifLive = (allocation: Allocation | undefined, now: number): Allocation | undefined =>
  allocation !== undefined && allocation.expiresAt > now ? allocation : undefined;

const addressesOf = ({ relay: { bound, relayedAddress } }: Allocation): readonly TransportAddress[] => [
  bound,
  relayedAddress,
];
