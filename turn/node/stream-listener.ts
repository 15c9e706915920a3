// One listening TCP port, plain or under TLS, and the connections that came in by it. Decides nothing about a message.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { FiveTuple } from '../core/actions.ts';
import { FiveTupleMap } from '../core/five-tuple-map.ts';
import { familyOf } from '../wire/address.ts';
import type { TransportAddress } from '../wire/address.ts';
import type { StrangerSeats } from './stranger-seats.ts';
import { StreamConnection } from './stream-connection.ts';
import type { StreamConnectionOptions } from './stream-connection.ts';
import { keepAliveDelayMs } from './stream-limits.ts';
import type { StreamLimits } from './stream-limits.ts';

export interface StreamListener {
  readonly transport: 'tcp' | 'tls';
  /** The local address, with the actual port. One object for the listener's lifetime. */
  readonly local: TransportAddress;
  readonly openCount: number;
  reply(message: Buffer, to: FiveTuple): void;
  deliver(parts: readonly Buffer[], to: FiveTuple): void;
  /** Once a second. `now` in milliseconds, as `performance.now()` counts them. */
  sweep(now: number): void;
  /** Closes every connection too. Resolves when no handle is left. */
  close(): Promise<void>;
}

export interface StreamListenerOptions extends Pick<
  StreamConnectionOptions,
  'onMessage' | 'holdsAllocation' | 'onSlow'
> {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** With it TLS: asked for at each connection, so that a new certificate holds from the next one on. */
  readonly secureContext: (() => SecureContext) | undefined;
  readonly limits: StreamLimits;
  readonly seats: StrangerSeats;
  /** A connection has closed, for whatever reason. Once for each. */
  readonly onGone: (fiveTuple: FiveTuple) => void;
  /** A connection was refused, because its source or all together have too many. */
  readonly onRefused: () => void;
  /** Whatever an outsider causes. Nothing ends by it but the one connection. */
  readonly onError: (error: Error) => void;
}

/** Listens; rejects with Node's own error (`code`, `address`, `port`), and then leaves no handle. */
export const openStreamListener = async (options: StreamListenerOptions): Promise<StreamListener> => {
  const { address, port, secureContext, limits, seats, onGone, onRefused, onError } = options;
  const family = familyOf(address);
  const transport = secureContext === undefined ? 'tcp' : 'tls';
  const open = new FiveTupleMap<StreamConnection>();
  const connections = new Map<StreamConnection, FiveTuple>();

  const forget = (connection: StreamConnection, fiveTuple: FiveTuple): void => {
    if (!connections.delete(connection)) return;
    open.delete(fiveTuple);
    onGone(fiveTuple);
  };

  const accept = (socket: Socket): void => {
    const { remoteAddress, remotePort } = socket;
    const seat = remoteAddress === undefined ? undefined : seats.take(remoteAddress);
    if (remoteAddress === undefined || remotePort === undefined || seat === undefined) {
      socket.on('error', onError);
      socket.destroy();
      if (remoteAddress !== undefined) onRefused();
      return;
    }
    const client: TransportAddress = { address: remoteAddress, port: remotePort, family };
    const fiveTuple: FiveTuple = { transport, client, server: local };
    // Its predecessor from the same port is dead, even if its 'close' is still on its way.
    const predecessor = open.get(fiveTuple);
    if (predecessor) {
      predecessor.close();
      forget(predecessor, connections.get(predecessor) ?? fiveTuple);
    }
    const connection = new StreamConnection({
      ...options,
      socket,
      fiveTuple,
      secureContext: secureContext?.(),
      seat,
      limits,
      acceptedAt: performance.now(),
    });
    open.set(fiveTuple, connection);
    connections.set(connection, fiveTuple);
    socket.once('close', () => {
      seat.release();
      forget(connection, fiveTuple);
    });
  };

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs }, accept);
  server.on('error', onError);
  const listening = once(server, 'listening');
  server.listen({ host: address, port, ipv6Only: family === 'IPv6', exclusive: true });
  await listening;
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('A TCP server without an address.');
  const local: TransportAddress = { address, port: bound.port, family };

  let closing: Promise<void> | undefined;
  return {
    transport,
    local,
    get openCount() {
      return connections.size;
    },
    reply: (message, to) => open.get(to)?.reply(message),
    deliver: (parts, to) => open.get(to)?.deliver(parts),
    sweep: now => {
      for (const connection of connections.keys()) connection.sweep(now);
    },
    close: () =>
      (closing ??= new Promise(resolve => {
        server.close(() => resolve());
        for (const connection of connections.keys()) connection.close();
      })),
  };
};
