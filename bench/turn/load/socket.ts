// A UDP socket of the load generator: cheap, with room for bursts. Knows no protocol.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress } from '../../../turn/wire/address.ts';

/** The system cuts it down to its own limit. */
const recvBufferSize = 4 * 1024 * 1024;

export const openSocket = async (address: string): Promise<Socket> => {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize,
    lookup: (hostname, _options, callback) => callback(null, hostname, 4),
  });
  // A relay that is gone answers with ICMP; the run then counts what is missing.
  socket.on('error', () => undefined);
  // Asked for first: without a look-up to wait for, a bind is done when it returns.
  const listening = once(socket, 'listening');
  socket.bind({ address, port: 0, exclusive: true });
  await listening;
  return socket;
};

export const addressOf = (socket: Socket): TransportAddress => {
  const { address, port } = socket.address();
  return { address, port, family: 'IPv4' };
};
