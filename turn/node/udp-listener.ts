// One UDP socket that clients reach. Carries datagrams and knows not what is in them.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { TransportAddress } from '../wire/address.ts';

export interface UdpListener {
  /** The local address, with the actual port. One object for the listener's lifetime. */
  readonly local: TransportAddress;
  /** Sends one datagram. What the network refuses is lost, as UDP may. After `close()` it does nothing. */
  send(bytes: Buffer, to: TransportAddress): void;
  close(): Promise<void>;
}

export interface UdpListenerOptions {
  readonly address: string;
  readonly port: number;
  readonly onDatagram: (bytes: Buffer, from: TransportAddress, listener: UdpListener) => void;
  /** Errors after the bind: ICMP, a removed interface. The socket lives on. */
  readonly onError: (error: Error) => void;
}

/** Binds; rejects with Node's own error (`code`, `address`, `port`), and then leaves no handle. */
export const openUdpListener = async (options: UdpListenerOptions): Promise<UdpListener> => {
  const { address, port, onDatagram, onError } = options;
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  const socket = createSocket({
    type: family === 'IPv6' ? 'udp6' : 'udp4',
    // Else a socket on `::` takes IPv4 too, and reports clients as ::ffff:a.b.c.d.
    ipv6Only: family === 'IPv6',
    // Addresses here are always literals: without this, Node defers every send by a look-up and a closure.
    lookup: (hostname, _options, callback) => callback(null, hostname, family === 'IPv6' ? 6 : 4),
  });
  // First of all: an 'error' without a listener ends the process.
  socket.on('error', onError);
  const listening = once(socket, 'listening');
  try {
    socket.bind({ address, port, exclusive: true });
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }

  let closing: Promise<void> | undefined;
  const listener: UdpListener = {
    local: { address, port: socket.address().port, family },
    send: (bytes, to) => {
      if (!closing) socket.send(bytes, to.port, to.address);
    },
    close: () => (closing ??= new Promise(resolve => socket.close(() => resolve()))),
  };
  socket.on('message', (bytes, from) => onDatagram(bytes, from, listener));
  return listener;
};
