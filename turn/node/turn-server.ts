// Puts core and sockets together: opens the listeners, feeds the core, does what its actions say. Decides nothing.
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Action, FiveTuple } from '../core/actions.ts';
import { defaultRealm, defaultRelayPorts, defaultTotalQuota, defaultUserQuota } from '../core/limits.ts';
import { createTurnCore } from '../core/turn-core.ts';
import type { TurnCore } from '../core/turn-core.ts';
import type { TurnServer, TurnServerOptions } from '../options.ts';
import type { TransportAddress } from '../wire/address.ts';
import { checkOptions, listOf } from './check-options.ts';
import { checkBindable } from './check-bindable.ts';
import { openListeners } from './listeners.ts';
import { localAddresses } from './local-addresses.ts';
import { RelaySockets } from './relay-sockets.ts';
import { secureContextOf } from './secure-context.ts';
import { StrangerSeats } from './stranger-seats.ts';
import type { StreamListener } from './stream-listener.ts';
import { streamLimits } from './stream-limits.ts';
import type { UdpSocket } from './udp-socket.ts';

/** Memory of what has expired is freed this often; expiry itself is checked on use. */
const sweepIntervalMs = 1000;

/** Addresses come and go: by DHCP, as IPv6 privacy addresses, with containers. */
const localAddressesIntervalMs = 60_000;

/**
 * Starts a relay.
 * @throws TypeError or RangeError on an option that makes no sense; an error of OpenSSL on a certificate; an error with
 *   `code` (`EADDRINUSE`, `EACCES` …), `address` and `port` if a listener or an address to relay from cannot be bound.
 *   Then nothing is left open.
 */
export const createTurnServer = async (options: TurnServerOptions): Promise<TurnServer> => {
  checkOptions(options);
  const { logger } = options;
  const udpByLocal = new Map<TransportAddress, UdpSocket>();
  const streamsByLocal = new Map<TransportAddress, StreamListener>();
  let secureContext = options.tls && secureContextOf(options.tls.certificate);
  let refusedConnections = 0;
  let slowReaderDrops = 0;
  let slowNetworkDrops = 0;
  await checkBindable(listOf(options.relayIp));
  // What comes before the last listener is open is lost, as UDP may.
  const running: { core?: TurnCore } = {};

  const perform = (action: Action): void => {
    switch (action.type) {
      case 'send':
        if (action.to.transport === 'udp') udpByLocal.get(action.to.server)?.send(action.bytes, action.to.client);
        else streamsByLocal.get(action.to.server)?.reply(action.bytes, action.to);
        break;
      case 'deliver':
        if (action.to.transport === 'udp') udpByLocal.get(action.to.server)?.deliver(action.parts, action.to.client);
        else streamsByLocal.get(action.to.server)?.deliver(action.parts, action.to);
        break;
      case 'relay':
        relays.send(action.relay, action.payload, action.to);
        break;
      case 'bind-relay':
        relays.open(action.relay);
        break;
      case 'close-relay':
        void relays.close(action.relay);
        break;
      // What an outsider sends is not worth a line.
      case 'drop':
        break;
    }
  };

  // A broken invariant is ours to fix. It costs this datagram and not every call on this process.
  const guard = (decide: () => void): void => {
    try {
      decide();
    } catch (error) {
      logger?.error({ err: error }, 'turn: an input broke an invariant and was dropped');
    }
  };

  const relays = new RelaySockets({
    onBound: relay => guard(() => running.core?.relayBound(relay, performance.now()).forEach(perform)),
    onFailed: (relay, errorCode) => guard(() => running.core?.relayFailed(relay, errorCode).forEach(perform)),
    onDatagram: (bytes, peer, relay) =>
      guard(() => running.core && perform(running.core.receiveFromPeer(bytes, peer, relay, performance.now()))),
    onSlow: () => slowNetworkDrops++,
    logger,
  });

  const receive = (bytes: Buffer, from: FiveTuple): void =>
    guard(() => running.core?.receive(bytes, from, performance.now()).forEach(perform));

  const { udp, streams } = await openListeners(options, {
    onDatagram: (bytes, client, { local }) => receive(bytes, { transport: 'udp', client, server: local }),
    onSlowNetwork: () => slowNetworkDrops++,
    secureContext: () => secureContext ?? fail('A TLS listener without a certificate.'),
    streams: {
      limits: streamLimits,
      seats: new StrangerSeats(streamLimits),
      onMessage: receive,
      onGone: from => guard(() => running.core?.clientGone(from, performance.now()).forEach(perform)),
      holdsAllocation: from => running.core?.holdsAllocation(from, performance.now()) ?? false,
      onSlow: () => slowReaderDrops++,
      onRefused: () => refusedConnections++,
    },
  });
  for (const listener of udp) udpByLocal.set(listener.local, listener);
  for (const listener of streams) streamsByLocal.set(listener.local, listener);

  const core = createTurnCore({
    listeners: [...udpByLocal.keys(), ...streamsByLocal.keys()],
    siblingPorts: options.siblingPorts,
    realm: options.realm ?? defaultRealm,
    secrets: options.secrets,
    relayIps: listOf(options.relayIp),
    externalIps: listOf(options.externalIp),
    relayPorts: options.relayPorts ?? defaultRelayPorts,
    peerAllow: options.peerAllow ?? [],
    peerDeny: options.peerDeny ?? [],
    userQuota: options.userQuota ?? defaultUserQuota,
    totalQuota: options.totalQuota ?? defaultTotalQuota,
    maxBps: options.maxBps,
    timeOfDay: () => Date.now(),
    randomInt: below => randomInt(below),
    randomBytes,
  });
  core.setLocalIps(localAddresses());
  running.core = core;
  let isDraining = false;
  const drained = new AbortController();
  const sweeper = setInterval(() => {
    const now = performance.now();
    guard(() => core.sweep(now).forEach(perform));
    for (const listener of streams) guard(() => listener.sweep(now));
    if (isDraining && isIdle(core)) drained.abort();
  }, sweepIntervalMs);
  const addressWatch = setInterval(() => core.setLocalIps(localAddresses()), localAddressesIntervalMs);

  return {
    addresses: [
      ...udp.map(({ local }) => ({ ...local, transport: 'udp' as const })),
      ...streams.map(({ local, transport }) => ({ ...local, transport })),
    ],
    counts: () => core.counts(),
    counters: () => core.counters(),
    transports: () => ({
      allocations: core.allocationsByTransport(),
      connections: { tcp: openCount(streams, 'tcp'), tls: openCount(streams, 'tls') },
      refusedConnections,
      slowReaderDrops,
      slowNetworkDrops,
    }),
    setCertificate: certificate => {
      if (options.tls === undefined) throw new TypeError('There is no TLS listener to use a certificate.');
      secureContext = secureContextOf(certificate);
    },
    drain: async () => {
      isDraining = true;
      core.drain();
      if (!isIdle(core) && !drained.signal.aborted) await once(drained.signal, 'abort');
    },
    revoke: (subject, forSec) => guard(() => core.revoke(subject, forSec).forEach(perform)),
    close: async () => {
      clearInterval(sweeper);
      clearInterval(addressWatch);
      await Promise.all([...udp, ...streams].map(listener => listener.close()));
      await relays.closeAll();
      drained.abort();
    },
  };
};

const isIdle = (core: TurnCore): boolean => {
  const { allocations, pending } = core.counts();
  return allocations + pending === 0;
};

const openCount = (streams: readonly StreamListener[], of: StreamListener['transport']): number =>
  streams.reduce((sum, listener) => sum + (listener.transport === of ? listener.openCount : 0), 0);

const fail = (message: string): never => {
  throw new Error(message);
};
