// All listeners of a relay: one for each address and transport, UDP and TCP on one port, TLS on another, or none at all.
// Knows no protocol.
import { isIPv6 } from 'node:net';
import type { TurnServerOptions } from '../options.ts';
import { canonicalIp } from '../wire/address.ts';
import { localAddresses } from './local-addresses.ts';
import { openStreamListener } from './stream-listener.ts';
import type { StreamListener, StreamListenerOptions } from './stream-listener.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpSocket, UdpSocketOptions } from './udp-socket.ts';

type Options = Pick<TurnServerOptions, 'port' | 'tls' | 'listen' | 'logger'>;

export interface Listeners {
  readonly udp: readonly UdpSocket[];
  /** TCP, then TLS. */
  readonly streams: readonly StreamListener[];
}

export interface ListenersOptions {
  readonly onDatagram: UdpSocketOptions['onDatagram'];
  readonly onSlowNetwork: UdpSocketOptions['onSlow'];
  /** Whatever a stream listener needs beside its place. */
  readonly streams: Omit<StreamListenerOptions, 'address' | 'port' | 'onError' | 'secureContext'>;
  /** Of TLS. */
  readonly secureContext: NonNullable<StreamListenerOptions['secureContext']>;
}

type Listener = Pick<UdpSocket, 'local' | 'close'>;
type Open<T> = (address: string, port: number) => Promise<T>;

/** Bursts of all clients at once. The system cuts it down to its own limit. */
const receiveBufferBytes = 4 * 1024 * 1024;

/** All clients share it: at 10 Mbit/s the last media in it waits for 0.4 s. */
const sendQueueMaxBytes = 1024 * 1024;

/** How often another free port is tried when the one that suited the first listener is taken for a later one. */
const freePortAttempts = 20;

/**
 * A socket for each address, not one on 0.0.0.0: an answer must leave from the address that the client reached, and a
 * wildcard socket leaves that choice to the routing table.
 */
export const openListeners = async (options: Options, handlers: ListenersOptions): Promise<Listeners> => {
  const { port, tls, logger } = options;
  const onErrorAt = (address: string, atPort: number) => (error: Error) =>
    logger?.debug({ err: error, address, port: atPort }, 'turn: listener error');
  const openUdp: Open<UdpSocket> = (address, at) =>
    openUdpSocket({
      address,
      port: at,
      receiveBufferBytes,
      sendQueueMaxBytes,
      onDatagram: handlers.onDatagram,
      onSlow: handlers.onSlowNetwork,
      onError: onErrorAt(address, at),
    });
  const openStream =
    (secureContext: StreamListenerOptions['secureContext']): Open<StreamListener> =>
    (address, at) =>
      openStreamListener({ ...handlers.streams, secureContext, address, port: at, onError: onErrorAt(address, at) });

  const openPlain = async (at: number) => {
    const udp = await openUdpListeners(options, at, openUdp);
    const [first] = udp;
    const tcp = await orClose(udp, () => openOnEach(addressesOf(udp), first.local.port, openStream(undefined)));
    return { udp, tcp };
  };
  const { udp, tcp } = await onFreePort(port, openPlain);
  if (tls === undefined) return { udp, streams: tcp };
  const secure = await orClose([...udp, ...tcp], () =>
    onFreePort(tls.port, at => openOnEach(addressesOf(udp), at, openStream(handlers.secureContext))),
  );
  return { udp, streams: [...tcp, ...secure] };
};

const addressesOf = (listeners: readonly UdpSocket[]): string[] => listeners.map(({ local }) => local.address);

/** Port 0: a port that is free on the first address may be taken on another, or for another transport. */
const onFreePort = async <T>(port: number, open: (port: number) => Promise<T>): Promise<T> => {
  const attempts = port === 0 ? freePortAttempts : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(port);
    } catch (error) {
      if (attempt === attempts || codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
};

const openUdpListeners = async (
  { listen, logger }: Options,
  port: number,
  open: Open<UdpSocket>,
): Promise<[UdpSocket, ...UdpSocket[]]> => {
  let unavailable: unknown;
  // An interface can lose its address between the listing and the bind; one that the caller named must be there.
  const openIfThere: Open<UdpSocket | undefined> = async (address, at) => {
    try {
      return await open(address, at);
    } catch (error) {
      if (listen !== undefined || codeOf(error) !== 'EADDRNOTAVAIL') throw error;
      unavailable = error;
      logger?.warn({ err: error, address }, 'turn: not listening on this address: it is gone or not ready yet');
      return undefined;
    }
  };
  const addresses = [...new Set((listen?.flatMap(expandWildcard) ?? localAddresses()).map(inOneSpelling))];
  const [first, ...more] = await openOnEach(addresses, port, openIfThere);
  if (first === undefined) throw new Error('No local IP address to listen on.', { cause: unavailable });
  return [first, ...more];
};

/** One after the other, all on the port that the first one got. */
const openOnEach = async <T extends Listener>(
  addresses: readonly string[],
  port: number,
  open: Open<T | undefined>,
): Promise<T[]> => {
  const listeners: T[] = [];
  for (const address of addresses) {
    const listener = await orClose(listeners, () => open(address, listeners[0]?.local.port ?? port));
    if (listener) listeners.push(listener);
  }
  return listeners;
};

/** What was opened before is closed again when the next cannot be opened. */
const orClose = async <T>(opened: readonly Listener[], open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (error) {
    await Promise.all(opened.map(listener => listener.close()));
    throw error;
  }
};

// An allocation is bound on the address that its client reached: a wildcard would not tell which that was.
const expandWildcard = (address: string): string[] => {
  const isWildcard = /^(0\.0\.0\.0|[0:]*:[0:]*)$/.test(address);
  return isWildcard ? localAddresses().filter(local => isIPv6(local) === isIPv6(address)) : [address];
};

// What is bound here is compared with addresses that came as bytes. A zone is no part of those, and a bind needs it.
const inOneSpelling = (address: string): string =>
  address.includes('%') ? address : (canonicalIp(address) ?? address);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
