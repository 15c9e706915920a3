// A UDP socket that asks and awaits the answer. For tests only.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { TransportAddress } from '../wire/address.ts';

export interface UdpClient {
  readonly port: number;
  ask(bytes: Buffer, to: TransportAddress): Promise<Buffer>;
  /** The next datagram that comes. */
  next(): Promise<Buffer>;
  /** Sends and waits for no answer. */
  tell(bytes: Buffer, to: TransportAddress): void;
  close(): Promise<void>;
}

export const openUdpClient = async (address: string): Promise<UdpClient> => {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const tell = (bytes: Buffer, to: TransportAddress) => socket.send(bytes, to.port, to.address);
  const arrived: Buffer[] = [];
  const waiting: ((datagram: Buffer) => void)[] = [];
  socket.on('message', datagram => {
    const first = waiting.shift();
    if (first) first(datagram);
    else arrived.push(datagram);
  });
  const next = (): Promise<Buffer> => {
    const datagram = arrived.shift();
    if (datagram) return Promise.resolve(datagram);
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error('No answer.')), 5000);
      waiting.push(answer => {
        clearTimeout(timeout);
        resolve(answer);
      });
    });
  };
  return {
    port: socket.address().port,
    tell,
    next,
    ask: (bytes, to) => {
      const answer = next();
      tell(bytes, to);
      return answer;
    },
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
};
