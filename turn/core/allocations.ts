// Every relay socket that is ours, from the wish for one to its end, and whose it is. Knows no request's rules.
import { bindRelay, closeRelay } from './actions.ts';
import type { Action, BindRelayAction, FiveTuple } from './actions.ts';
import { parseUsername } from '../credentials.ts';
import type { TransportAddress } from '../wire/address.ts';
import type { Allocation, Relay } from './allocation.ts';
import { removeExpired } from './allocation.ts';
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
  /** By token in hex. */
  readonly #reservations = new Map<string, Reservation>();

  constructor(ports: RelayPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#byRelay.size;
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

  isLive(address: string, port: number, now: number): boolean {
    return ifLive(this.#byAddress.get(address)?.get(port), now) !== undefined;
  }

  /** Takes the port at once, before the socket is open: nobody else is offered it meanwhile. */
  open({ family, boundIp, announcedIp }: RelayPlace, port: number, lease: Lease): [Relay, BindRelayAction] {
    const bound = { address: boundIp, port, family };
    this.#ports.take(boundIp, port);
    return [{ bound, relayedAddress: { address: announcedIp, port, family }, lease }, bindRelay(bound)];
  }

  /** Gives a port back whose socket could not be opened. The lease stays: another port is tried for it. */
  abandon({ bound }: Relay): void {
    this.#ports.free(bound.address, bound.port);
  }

  /** Closes a socket and gives its port back. The lease stays, as after {@link abandon}. */
  discard({ bound }: Relay): Action {
    this.#ports.free(bound.address, bound.port);
    return closeRelay(bound);
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
    return actions;
  }

  /** Frees all of it, permissions and channels too. */
  end(allocation: Allocation): Action {
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

  /** Frees what has expired. */
  sweep(now: number): Action[] {
    const actions: Action[] = [];
    for (const allocation of this.#byRelay.values()) {
      if (allocation.expiresAt <= now) actions.push(this.end(allocation));
      else removeExpired(allocation, now);
    }
    for (const [key, { relay, expiresAt }] of this.#reservations) {
      if (expiresAt > now) continue;
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
