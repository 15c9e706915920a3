// All listeners of a relay: one for each address, all on one port, or none. Knows no protocol.
import { isIPv6 } from 'node:net';
import type { TurnServerOptions } from '../options.ts';
import { localAddresses } from './local-addresses.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpSocket, UdpSocketOptions } from './udp-socket.ts';

type Options = Pick<TurnServerOptions, 'port' | 'listen' | 'logger'>;
type OnDatagram = UdpSocketOptions['onDatagram'];

/** Bursts of all clients at once. The system cuts it down to its own limit. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** How often another free port is tried when the one that suited the first address is taken on a later one. */
const freePortAttempts = 20;

/**
 * A socket for each address, not one on 0.0.0.0: an answer must leave from the address that the client reached, and a
 * wildcard socket leaves that choice to the routing table.
 */
export const openListeners = async (options: Options, onDatagram: OnDatagram): Promise<UdpSocket[]> => {
  const attempts = options.port === 0 ? freePortAttempts : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnOnePort(options, onDatagram);
    } catch (error) {
      if (attempt === attempts || codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
};

const openOnOnePort = async (options: Options, onDatagram: OnDatagram): Promise<UdpSocket[]> => {
  const { listen, logger } = options;
  const listeners: UdpSocket[] = [];
  let unavailable: unknown;
  for (const address of new Set(listen?.flatMap(expandWildcard) ?? localAddresses())) {
    try {
      const port = listeners[0]?.local.port ?? options.port;
      const onError = (error: Error) => logger?.debug({ err: error, address, port }, 'turn: listener error');
      listeners.push(await openUdpSocket({ address, port, receiveBufferBytes, onDatagram, onError }));
    } catch (error) {
      // An interface can lose its address between the listing and the bind; one that the caller named must be there.
      if (listen === undefined && codeOf(error) === 'EADDRNOTAVAIL') {
        unavailable = error;
        logger?.warn({ err: error, address }, 'turn: not listening on this address: it is gone or not ready yet');
        continue;
      }
      await Promise.all(listeners.map(listener => listener.close()));
      throw error;
    }
  }
  if (listeners.length === 0) throw new Error('No local IP address to listen on.', { cause: unavailable });
  return listeners;
};

// An allocation is bound on the address that its client reached: a wildcard would not tell which that was.
const expandWildcard = (address: string): string[] => {
  const isWildcard = /^(0\.0\.0\.0|[0:]*:[0:]*)$/.test(address);
  return isWildcard ? localAddresses().filter(local => isIPv6(local) === isIPv6(address)) : [address];
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
