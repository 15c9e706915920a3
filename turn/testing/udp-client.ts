// A UDP socket that asks and awaits the answer. For tests only.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { TransportAddress } from '../wire/address.ts';

export interface UdpClient {
  readonly port: number;
  ask(bytes: Buffer, to: TransportAddress): Promise<Buffer>;
  /** Sends and waits for no answer. */
  tell(bytes: Buffer, to: TransportAddress): void;
  close(): Promise<void>;
}

export const openUdpClient = async (address: string): Promise<UdpClient> => {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const tell = (bytes: Buffer, to: TransportAddress) => socket.send(bytes, to.port, to.address);
  return {
    port: socket.address().port,
    tell,
    ask: async (bytes, to) => {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(2000) });
      tell(bytes, to);
      const [datagram] = (await answer) as [Buffer];
      return datagram;
    },
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
};
