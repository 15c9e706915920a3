// Puts core and sockets together: opens the listeners, feeds the core, does what its actions say. Decides nothing.
import type { Action, FiveTuple } from '../core/actions.ts';
import { createTurnCore } from '../core/turn-core.ts';
import type { TurnServer, TurnServerOptions } from '../options.ts';
import type { TransportAddress } from '../wire/address.ts';
import { checkOptions } from './check-options.ts';
import { openListeners } from './listeners.ts';
import type { UdpListener } from './udp-listener.ts';

/**
 * Starts a relay.
 * @throws TypeError or RangeError on an option that makes no sense; an error with `code` (`EADDRINUSE`, `EACCES` …),
 *   `address` and `port` if a listener cannot be bound. Then nothing is left open.
 */
export const createTurnServer = async (options: TurnServerOptions): Promise<TurnServer> => {
  checkOptions(options);
  const { logger } = options;
  const core = createTurnCore();
  const byLocal = new Map<TransportAddress, UdpListener>();

  const perform = (action: Action): void => {
    switch (action.type) {
      case 'send':
        byLocal.get(action.to.server)?.send(action.bytes, action.to.client);
        break;
      // What an outsider sends is not worth a line.
      case 'drop':
        break;
    }
  };

  const onDatagram = (bytes: Buffer, client: TransportAddress, { local }: UdpListener): void => {
    const from: FiveTuple = { transport: 'udp', client, server: local };
    try {
      core.receive(bytes, from, Date.now()).forEach(perform);
    } catch (error) {
      // A broken invariant, ours to fix. It costs this datagram and not every call on this process.
      logger?.error({ err: error }, 'turn: a datagram broke an invariant and was dropped');
    }
  };

  const listeners = await openListeners(options, onDatagram);
  for (const listener of listeners) byLocal.set(listener.local, listener);

  return {
    addresses: listeners.map(({ local }) => ({ ...local, transport: 'udp' })),
    close: async () => {
      await Promise.all(listeners.map(listener => listener.close()));
    },
  };
};
