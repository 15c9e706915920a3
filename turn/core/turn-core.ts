// The core's door: one datagram in, actions out. Routes by class and method. Knows no socket, no timer, no clock.
import { parseUsername } from '../credentials.ts';
import type { TransportAddress } from '../wire/address.ts';
import { unknownAttributes } from '../wire/attributes.ts';
import { decodeChannelData, startsChannelData } from '../wire/channel-data.ts';
import { write } from '../wire/encode.ts';
import { fingerprintHolds } from '../wire/fingerprint.ts';
import { requestMaxBytes } from '../wire/limits.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { isWellFormed, listUnknownRequired } from '../wire/read.ts';
import { drop } from './actions.ts';
import type { Action, FiveTuple } from './actions.ts';
import { createAllocator } from './allocate.ts';
import { Allocations } from './allocations.ts';
import { createAuthenticator } from './authenticate.ts';
import type { Login } from './authenticate.ts';
import { createBandwidth } from './bandwidth.ts';
import { answerBinding } from './binding.ts';
import { createChallengeLimiter } from './challenge-limiter.ts';
import { channelBind } from './channel-bind.ts';
import { Counters } from './counters.ts';
import type { TurnCoreCounters } from './counters.ts';
import { createPermission } from './create-permission.ts';
import { createNonces } from './nonces.ts';
import { createPeerPolicy } from './peer-policy.ts';
import { Quota } from './quota.ts';
import { refresh } from './refresh.ts';
import { createRelayAddresses } from './relay-addresses.ts';
import { RelayPorts } from './relay-ports.ts';
import { createRelaying } from './relaying.ts';
import { refuse } from './respond.ts';
import type { Exchange } from './respond.ts';
import { Revocations } from './revocations.ts';
import type { TurnCoreSettings } from './settings.ts';
import { countingTransactionIds } from './transaction-ids.ts';

/** `now` is milliseconds on a clock that is never set; where it began is no matter. No input throws, whatever the bytes. */
export interface TurnCore {
  /** A datagram from a client. It is given away: the core may write into it and have it sent on. */
  receive(datagram: Buffer, from: FiveTuple, now: number): readonly Action[];
  /** A datagram from a peer, at the relay socket that a `bind-relay` action opened. */
  receiveFromPeer(datagram: Buffer, from: TransportAddress, relay: TransportAddress, now: number): Action;
  /** The socket of a `bind-relay` action is open. */
  relayBound(relay: TransportAddress, now: number): readonly Action[];
  /** It is not; `errorCode` is the system's (`EADDRINUSE` …). */
  relayFailed(relay: TransportAddress, errorCode: string | undefined): readonly Action[];
  /** A stream has closed: what its client held is freed at once (RFC 8656 §5: it is gone with its 5-tuple). */
  clientGone(from: FiveTuple, now: number): readonly Action[];
  /** Whether this client has an allocation. */
  holdsAllocation(from: FiveTuple, now: number): boolean;
  /**
   * All addresses of this machine, from now on: none is a peer unless it was allowed. Services that trust their own machine
   * would take the relay for a part of it.
   */
  setLocalIps(addresses: readonly string[]): void;
  /** From now on every new Allocate is refused with 508; what is held lives on. */
  drain(): void;
  /** Ends everything of this user, who opens nothing more for `forSec` seconds of the time of day, as credentials count. */
  revoke(subject: string, forSec: number): readonly Action[];
  /** Frees what has expired; once a second is enough, since expiry is checked on use. */
  sweep(now: number): readonly Action[];
  /** What is held, for gauges and for tests of what is left behind. */
  counts(): TurnCoreCounts;
  /** What was done since the start. */
  counters(): TurnCoreCounters;
  /** Allocations by how their clients reach us. */
  allocationsByTransport(): Readonly<Record<FiveTuple['transport'], number>>;
}

export interface TurnCoreCounts {
  readonly allocations: number;
  /** Sockets that wait for their RESERVATION-TOKEN. */
  readonly reservations: number;
  /** Sockets being opened. */
  readonly pending: number;
  readonly leases: number;
  readonly users: number;
  readonly ports: number;
  readonly clients: number;
}

/** @throws TypeError on a peer range that is none */
export const createTurnCore = (settings: TurnCoreSettings): TurnCore => {
  const { listeners, realm, secrets, peerAllow, peerDeny, relayPorts, timeOfDay, randomInt, randomBytes } = settings;
  const ports = new RelayPorts(relayPorts, randomInt);
  const allocations = new Allocations(ports);
  const quota = new Quota(settings);
  const addresses = createRelayAddresses(settings);
  const policy = createPeerPolicy({
    allow: peerAllow,
    deny: peerDeny,
    relayIps: addresses.all,
    listeners,
    siblingPorts: settings.siblingPorts ?? [],
    isLive: (peer, now) => allocations.at(peer, now) !== undefined,
  });
  const nonces = createNonces(randomBytes(32));
  const limiter = createChallengeLimiter(randomBytes);
  const { authenticate, challenge, mayAnswer } = createAuthenticator({ realm, secrets, nonces, limiter });
  const allocator = createAllocator({ allocations, addresses, ports, quota, challenge, timeOfDay, randomBytes });
  const counters = new Counters();
  const bandwidth = createBandwidth(settings.maxBps);
  const transactionId = countingTransactionIds(randomBytes(12));
  const relaying = createRelaying({ allocations, policy, bandwidth, counters, transactionId });

  const noted = <T extends readonly Action[]>(actions: T): T => {
    for (const action of actions) counters.note(action);
    return actions;
  };
  const revocations = new Revocations();

  const receive: TurnCore['receive'] = (datagram, from, now) => {
    // No socket sends from port 0, and nothing can be sent there: the source is forged.
    if (from.client.port === 0) return [drop('source-port-zero')];
    // Media first: once a call runs, nearly every datagram is ChannelData.
    if (startsChannelData(datagram[0] ?? 0)) return [receiveChannelData(datagram, from, now)];
    const message = decodeMessage(datagram);
    if (message === undefined) return [drop('not-stun')];
    // Before any work on what anybody may have written: nobody needs so many attributes.
    if (message.class === 'request' && datagram.length > requestMaxBytes) return [drop('too-large')];
    if (!fingerprintHolds(message)) return [drop('fingerprint-wrong')];
    if (message.class === 'request') return receiveRequest({ request: message, from }, now);
    return [message.class === 'indication' ? receiveIndication(message, from, now) : drop('not-for-servers')];
  };

  const receiveChannelData = (datagram: Buffer, from: FiveTuple, now: number): Action => {
    const allocation = allocations.of(from, now);
    if (allocation) return relaying.channelData(datagram, allocation, now);
    return drop(decodeChannelData(datagram) ? 'allocation-unknown' : 'not-stun');
  };

  // RFC 8489 §6.3.2: an indication is never answered, not even a wrong one.
  const receiveIndication = (message: Message, from: FiveTuple, now: number): Action => {
    if (message.method === method.binding) return drop('indication-answered-by-silence');
    if (message.method !== method.send) return drop('not-for-servers');
    const allocation = allocations.of(from, now);
    if (allocation === undefined) return drop('allocation-unknown');
    return relaying.sendIndication(message, allocation, now);
  };

  const receiveRequest = (exchange: Exchange, now: number): readonly Action[] => {
    switch (exchange.request.method) {
      case method.binding:
        return [receiveBinding(exchange, now)];
      case method.allocate:
      case method.refresh:
      case method.createPermission:
      case method.channelBind: {
        // RFC 8489 §9.2.4 before §6.3.1: a stranger learns nothing about what we understand.
        const authentication = authenticate(exchange, now);
        if ('refusal' in authentication) return [authentication.refusal];
        const { login } = authentication;
        const refusal = refuseAttributes(login.exchange);
        return refusal ? [refusal] : receiveFromUser(login, now);
      }
      // RFC 8489 §6.3: a method that is not supported is discarded.
      default:
        return [drop('not-for-servers')];
    }
  };

  // The success is hardly larger than the request, and everybody behind one NAT needs some: it is not limited.
  const receiveBinding = (exchange: Exchange, now: number): Action => {
    const refusal = refuseAttributes(exchange);
    if (refusal === undefined) return answerBinding(exchange);
    return mayAnswer(exchange, now) ? refusal : drop('challenge-suppressed');
  };

  const receiveFromUser = (login: Login, now: number): readonly Action[] => {
    const { exchange, username } = login;
    if (exchange.request.method === method.allocate) {
      // As an expired credential: no use to try again with it.
      return revocations.holds(login.subject, timeOfDay())
        ? [challenge(exchange, now)]
        : allocator.allocate(login, now);
    }
    // RFC 8656 §5: without an allocation 437, with another user's 441.
    const allocation = allocations.of(exchange.from, now);
    if (allocation === undefined) return [refuse(exchange, 437)];
    if (allocation.username !== username) return [refuse(exchange, 441)];
    switch (exchange.request.method) {
      case method.refresh:
        return refresh(exchange, allocation, allocations, now);
      case method.createPermission:
        return [createPermission(exchange, allocation, policy, now)];
      default:
        return [channelBind(exchange, allocation, policy, now)];
    }
  };

  const receiveFromPeer: TurnCore['receiveFromPeer'] = (datagram, from, relay, now) => {
    const allocation = allocations.ofRelay(relay, now);
    if (allocation === undefined) return drop('allocation-unknown');
    return relaying.fromPeer(datagram, from, allocation, now);
  };

  return {
    receive: (datagram, from, now) => noted(receive(datagram, from, now)),
    receiveFromPeer: (datagram, from, relay, now) => {
      const action = receiveFromPeer(datagram, from, relay, now);
      counters.note(action);
      return action;
    },
    relayBound: (relay, now) => {
      const actions = noted(allocator.relayBound(relay, now));
      const owner = parseUsername(allocations.ofRelay(relay, now)?.username ?? '')?.subject ?? '';
      // Who was revoked while the socket was being opened loses it again.
      return revocations.holds(owner, timeOfDay()) ? [...actions, ...allocations.endOf(owner)] : actions;
    },
    relayFailed: (relay, errorCode) => noted(allocator.relayFailed(relay, errorCode)),
    clientGone: (from, now) => {
      allocator.forget(from);
      const allocation = allocations.of(from, now);
      return allocation ? [allocations.end(allocation)] : [];
    },
    holdsAllocation: (from, now) => allocations.of(from, now) !== undefined,
    setLocalIps: addresses => policy.setLocalIps(addresses),
    drain: () => allocator.drain(),
    revoke: (subject, forSec) => {
      if (forSec <= 0) return [];
      revocations.add(subject, timeOfDay() + forSec * 1000);
      return allocations.endOf(subject);
    },
    sweep: now => {
      revocations.sweep(timeOfDay());
      return allocations.sweep(now);
    },
    counts: () => ({
      allocations: allocations.count,
      reservations: allocations.reservationCount,
      pending: allocator.pendingCount,
      leases: quota.total,
      users: quota.userCount,
      ports: ports.takenCount,
      clients: allocations.clientCount,
    }),
    counters: () => counters.read(),
    allocationsByTransport: () => allocations.countByTransport,
  };
};

// RFC 8489 §6.3.1: what is unknown and must be understood is named to the client; then 400 for what is malformed.
const refuseAttributes = (exchange: Exchange): Action | undefined => {
  const unknown = listUnknownRequired(exchange.request);
  if (unknown.length > 0) return refuse(exchange, 420, [write(unknownAttributes, unknown)]);
  return isWellFormed(exchange.request) ? undefined : refuse(exchange, 400);
};
