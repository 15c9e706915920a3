// One UDP socket, of a listener or of a relayed address. Carries datagrams and knows not what is in them.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { TransportAddress } from '../wire/address.ts';

export interface UdpSocket {
  /** The local address, with the actual port. One object for the socket's lifetime. */
  readonly local: TransportAddress;
  /**
   * Sends one datagram, the parts one behind the other. What the network refuses (`ENETUNREACH`, `EMSGSIZE` …) is lost,
   * as UDP may, and so is what it does not take as fast as it comes. After `close()` it does nothing.
   */
  send(datagram: Buffer | readonly Buffer[], to: TransportAddress): void;
  /** The same for media, which is lost at half of that queue: answers still have a place when it is too much. */
  deliver(datagram: Buffer | readonly Buffer[], to: TransportAddress): void;
  close(): Promise<void>;
}

export interface UdpSocketOptions {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Bytes that the system shall hold for us while we are busy, as far as it allows. */
  readonly receiveBufferBytes: number;
  /** Bytes that wait for the system to take them; Node by itself would let as many wait as come. */
  readonly sendQueueMaxBytes: number;
  readonly onDatagram: (bytes: Buffer, from: TransportAddress, socket: UdpSocket) => void;
  /** A datagram was dropped, because too many wait. */
  readonly onSlow: () => void;
  /** Errors after the bind: ICMP, a removed interface. The socket lives on. */
  readonly onError: (error: Error) => void;
}

/** Binds; rejects with Node's own error (`code`, `address`, `port`), and then leaves no handle. */
export const openUdpSocket = async (options: UdpSocketOptions): Promise<UdpSocket> => {
  const { address, port, receiveBufferBytes, sendQueueMaxBytes, onDatagram, onSlow, onError } = options;
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
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
  } catch (error) {
    // Some systems refuse what others cut down to their limit. A smaller buffer loses more in a burst, that is all.
    if (error instanceof Error) onError(error);
  }

  let closing: Promise<void> | undefined;
  const sendUnless = (maxBytes: number, datagram: Buffer | readonly Buffer[], to: TransportAddress): void => {
    if (closing) return;
    if (socket.getSendQueueSize() > maxBytes) onSlow();
    // Without a callback: Node then drops the error of a send that fails, and defers nothing.
    else socket.send(unlisted(datagram), to.port, to.address);
  };
  const udpSocket: UdpSocket = {
    local: { address, port: socket.address().port, family },
    send: (datagram, to) => sendUnless(sendQueueMaxBytes, datagram, to),
    deliver: (datagram, to) => sendUnless(sendQueueMaxBytes / 2, datagram, to),
    close: () => (closing ??= new Promise(resolve => socket.close(() => resolve()))),
  };
  socket.on('message', (bytes, from) => onDatagram(bytes, from, udpSocket));
  return udpSocket;
};

/** One part alone: of each part of a list, Node makes a buffer of its own first. */
const unlisted = (datagram: Buffer | readonly Buffer[]): Buffer | readonly Buffer[] =>
  Buffer.isBuffer(datagram) || datagram.length > 1 ? datagram : (datagram[0] ?? datagram);
