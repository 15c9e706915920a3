// Allocate (RFC 8656 §7): from the request over the binding of its socket to the answer. Opens no socket itself.
import { lifetime, reservationToken, xorMappedAddress, xorRelayedAddress } from '../wire/attributes.ts';
import type { TransportAddress } from '../wire/address.ts';
import { write } from '../wire/encode.ts';
import { isExpired } from '../credentials.ts';
import { bindRelay, drop, send } from './actions.ts';
import type { Action, FiveTuple } from './actions.ts';
import type { Relay } from './allocation.ts';
import { readWish } from './allocation-wish.ts';
import type { Allocations } from './allocations.ts';
import type { Authenticator, Login } from './authenticate.ts';
import { FiveTupleMap } from './five-tuple-map.ts';
import { maxBindAttempts, reservationLifetimeSec } from './limits.ts';
import type { Lease, Quota } from './quota.ts';
import type { RelayAddresses, RelayPlace } from './relay-addresses.ts';
import type { Parity, RelayPorts } from './relay-ports.ts';
import { refuse, succeed } from './respond.ts';

export interface AllocateSettings {
  readonly allocations: Allocations;
  readonly addresses: RelayAddresses;
  readonly ports: RelayPorts;
  readonly quota: Quota;
  readonly challenge: Authenticator['challenge'];
  readonly timeOfDay: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

export interface Allocator {
  allocate(login: Login, now: number): readonly Action[];
  /** The two outcomes of a `bind-relay` action. */
  relayBound(bound: TransportAddress, now: number): readonly Action[];
  relayFailed(bound: TransportAddress, errorCode: string | undefined): readonly Action[];
  /** The client will hear no answer: what is being opened for it is closed as soon as it is open. */
  forget(from: FiveTuple): void;
  /** From now on nothing new is granted. */
  drain(): void;
  readonly pendingCount: number;
}

/** An Allocate whose sockets are being opened. */
interface Pending {
  readonly login: Login;
  readonly place: RelayPlace;
  readonly parity: Parity;
  readonly lifetimeSec: number;
  readonly leases: readonly Lease[];
  readonly tried: Set<number>;
  /** Being opened now. */
  readonly opening: Relay;
  /** The odd port of a pair: kept for it while the even one is being opened. */
  readonly odd?: Relay | undefined;
  /** The even port of a pair, open already while the odd one is being opened. */
  readonly even?: Relay | undefined;
  isForgotten?: boolean;
}

export const createAllocator = (settings: AllocateSettings): Allocator => {
  const { allocations, addresses, ports, quota, challenge, timeOfDay, randomBytes } = settings;
  const pendingByFiveTuple = new FiveTupleMap<Pending>();
  const pendingByRelay = new Map<TransportAddress, Pending>();
  let isDraining = false;

  const allocate: Allocator['allocate'] = (login, now) => {
    const { exchange, subject } = login;
    const { request, from } = exchange;

    // RFC 8656 §7.2: a retransmission opens no second socket; it gets the first answer, if there is one yet.
    const allocation = allocations.of(from, now);
    if (allocation?.transactionId === request.transactionId.toString('latin1')) {
      return [send(from, Buffer.from(allocation.reply, 'latin1'))];
    }
    const pending = pendingByFiveTuple.get(from);
    if (pending?.login.exchange.request.transactionId.equals(request.transactionId))
      return [drop('allocation-pending')];
    if (allocation || pending) return [refuse(exchange, 437)];

    if (isDraining) return [refuse(exchange, 508)];
    if (isExpired(login, timeOfDay())) return [challenge(exchange, now)];
    const read = readWish(exchange, addresses);
    if ('refusal' in read) return [read.refusal];
    const { wish } = read;

    if (wish.token) {
      const reservation = allocations.claim(wish.token, subject, now);
      return reservation ? grant(login, reservation.relay, wish.lifetimeSec, now) : [refuse(exchange, 508)];
    }
    const { place, parity, lifetimeSec } = wish;
    const leases = quota.reserve(subject, parity === 'pair' ? 2 : 1);
    if (leases === undefined) return [refuse(exchange, 486)];
    return openFirst({ login, place, parity, lifetimeSec, leases, tried: new Set<number>() });
  };

  const openFirst = (wanted: Omit<Pending, 'opening' | 'odd' | 'even'>): readonly Action[] => {
    const { login, place, parity, leases, tried } = wanted;
    const [lease, secondLease] = leases;
    const port = tried.size < maxBindAttempts ? ports.pick(place.announcedIp, parity, tried) : undefined;
    if (port === undefined || lease === undefined) return giveUp(login, leases);
    const opening = allocations.takePort(place, port, lease);
    return open({ ...wanted, opening, odd: secondLease && allocations.takePort(place, port + 1, secondLease) });
  };

  const open = (pending: Pending): readonly Action[] => {
    pendingByRelay.set(pending.opening.bound, pending);
    pendingByFiveTuple.set(pending.login.exchange.from, pending);
    return [bindRelay(pending.opening.bound)];
  };

  const giveUp = (login: Login, leases: readonly Lease[]): readonly Action[] => {
    for (const lease of leases) lease.release();
    return [refuse(login.exchange, 508)];
  };

  const takePending = (bound: TransportAddress): Pending | undefined => {
    const pending = pendingByRelay.get(bound);
    pendingByRelay.delete(bound);
    if (pending && !pending.isForgotten) pendingByFiveTuple.delete(pending.login.exchange.from);
    return pending;
  };

  const relayBound: Allocator['relayBound'] = (bound, now) => {
    const pending = takePending(bound);
    if (pending === undefined) return [];
    const { login, lifetimeSec, leases, opening, odd, even } = pending;
    if (pending.isForgotten) {
      if (odd) allocations.abandon(odd);
      for (const lease of leases) lease.release();
      return [opening, ...(even ? [even] : [])].map(relay => allocations.close(relay));
    }
    if (odd) return open({ ...pending, opening: odd, odd: undefined, even: opening });
    return even ? grantPair(pending, even, now) : grant(login, opening, lifetimeSec, now);
  };

  const relayFailed: Allocator['relayFailed'] = (bound, errorCode) => {
    const pending = takePending(bound);
    if (pending === undefined) return [];
    const { login, place, parity, lifetimeSec, leases, tried, opening, odd, even } = pending;
    allocations.abandon(opening);
    if (odd) allocations.abandon(odd);
    const closing = even ? [allocations.discard(even)] : [];
    if (pending.isForgotten) {
      for (const lease of leases) lease.release();
      return closing;
    }
    // Another program holds that port, or may alone: one of the others will do. Anything else is no port's fault.
    if (errorCode !== 'EADDRINUSE' && errorCode !== 'EACCES') return [...closing, ...giveUp(login, leases)];
    tried.add(even ? even.bound.port : bound.port);
    return [...closing, ...openFirst({ login, place, parity, lifetimeSec, leases, tried })];
  };

  const grantPair = ({ login, place, opening, lifetimeSec }: Pending, even: Relay, now: number): readonly Action[] => {
    const token = randomBytes(8);
    const expiresAt = now + reservationLifetimeSec * 1000;
    allocations.reserve(token, { relay: opening, place, subject: login.subject, expiresAt });
    return grant(login, even, lifetimeSec, now, token);
  };

  const grant = (login: Login, relay: Relay, lifetimeSec: number, now: number, token?: Buffer): readonly Action[] => {
    const { exchange, username } = login;
    const { request, from } = exchange;
    const answer = succeed(exchange, [
      write(xorRelayedAddress, relay.relayedAddress),
      write(lifetime, lifetimeSec),
      ...(token ? [write(reservationToken, token)] : []),
      write(xorMappedAddress, from.client),
    ]);
    const ended = allocations.add({
      fiveTuple: from,
      username,
      transactionId: request.transactionId.toString('latin1'),
      reply: answer.bytes.toString('latin1'),
      relay,
      peers: new Map(),
      channels: new Map(),
      toPeer: { paidUntil: 0 },
      toClient: { paidUntil: 0 },
      expiresAt: now + lifetimeSec * 1000,
      dueAt: undefined,
    });
    return [...ended, answer];
  };

  return {
    allocate,
    relayBound,
    relayFailed,
    forget: from => {
      const pending = pendingByFiveTuple.get(from);
      if (pending) pending.isForgotten = true;
      // The same address and port may be another client's the next moment.
      pendingByFiveTuple.delete(from);
    },
    drain: () => {
      isDraining = true;
    },
    get pendingCount() {
      return pendingByRelay.size;
    },
  };
};
