// Puts core and sockets together: opens the listeners, feeds the core, does what its actions say. Decides nothing.
import { randomBytes, randomInt } from 'node:crypto';
import type { Action } from '../core/actions.ts';
import { defaultRealm, defaultRelayPorts, defaultTotalQuota, defaultUserQuota } from '../core/limits.ts';
import { createTurnCore } from '../core/turn-core.ts';
import type { TurnCore } from '../core/turn-core.ts';
import type { TurnServer, TurnServerOptions } from '../options.ts';
import type { TransportAddress } from '../wire/address.ts';
import { checkOptions, listOf } from './check-options.ts';
import { openListeners } from './listeners.ts';
import { RelaySockets } from './relay-sockets.ts';
import type { UdpSocket } from './udp-socket.ts';

/** Memory of what has expired is freed this often; expiry itself is checked on use. */
const sweepIntervalMs = 1000;

/**
 * Starts a relay.
 * @throws TypeError or RangeError on an option that makes no sense; an error with `code` (`EADDRINUSE`, `EACCES` …),
 *   `address` and `port` if a listener cannot be bound. Then nothing is left open.
 */
export const createTurnServer = async (options: TurnServerOptions): Promise<TurnServer> => {
  checkOptions(options);
  const { logger } = options;
  const byLocal = new Map<TransportAddress, UdpSocket>();
  // What comes before the last listener is open is lost, as UDP may.
  const running: { core?: TurnCore } = {};

  const perform = (action: Action): void => {
    switch (action.type) {
      case 'send':
        byLocal.get(action.to.server)?.send(action.bytes, action.to.client);
        break;
      case 'deliver':
        byLocal.get(action.to.server)?.send(action.parts, action.to.client);
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
    onBound: relay => guard(() => running.core?.relayBound(relay, Date.now()).forEach(perform)),
    onFailed: (relay, errorCode) => guard(() => running.core?.relayFailed(relay, errorCode).forEach(perform)),
    onDatagram: (bytes, peer, relay) =>
      guard(() => running.core && perform(running.core.receiveFromPeer(bytes, peer, relay, Date.now()))),
    logger,
  });

  const listeners = await openListeners(options, (bytes, client, { local }) =>
    guard(() => running.core?.receive(bytes, { transport: 'udp', client, server: local }, Date.now()).forEach(perform)),
  );
  for (const listener of listeners) byLocal.set(listener.local, listener);

  const core = createTurnCore({
    listeners: [...byLocal.keys()],
    realm: options.realm ?? defaultRealm,
    secrets: options.secrets,
    relayIps: listOf(options.relayIp),
    externalIps: listOf(options.externalIp),
    relayPorts: options.relayPorts ?? defaultRelayPorts,
    peerAllow: options.peerAllow ?? [],
    peerDeny: options.peerDeny ?? [],
    userQuota: options.userQuota ?? defaultUserQuota,
    totalQuota: options.totalQuota ?? defaultTotalQuota,
    randomInt: below => randomInt(below),
    randomBytes,
  });
  running.core = core;
  const sweeper = setInterval(() => guard(() => core.sweep(Date.now()).forEach(perform)), sweepIntervalMs);

  return {
    addresses: listeners.map(({ local }) => ({ ...local, transport: 'udp' })),
    revoke: (subject, forSec) =>
      guard(() => core.revoke(subject, Date.now() + forSec * 1000, Date.now()).forEach(perform)),
    close: async () => {
      clearInterval(sweeper);
      await Promise.all(listeners.map(listener => listener.close()));
      await relays.closeAll();
    },
  };
};
