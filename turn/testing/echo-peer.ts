// A peer on a real socket that sends back what it gets, and sends on its own when told to. For tests only.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { familyOf } from '../wire/address.ts';
import type { TransportAddress } from '../wire/address.ts';

export interface EchoPeer {
  readonly address: TransportAddress;
  tell(bytes: Buffer, to: TransportAddress): void;
  close(): Promise<void>;
}

export const openEchoPeer = async (address: string): Promise<EchoPeer> => {
  const family = familyOf(address);
  const socket = createSocket(family === 'IPv6' ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address));
  return {
    address: { address, port: socket.address().port, family },
    tell: (bytes, to) => socket.send(bytes, to.port, to.address),
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
};
