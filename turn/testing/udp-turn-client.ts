// A TURN client on a UDP socket. For tests only.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress } from '../wire/address.ts';
import { openTurnClient } from './turn-client.ts';
import type { TurnClient } from './turn-client.ts';

export const openUdpTurnClient = (server: TransportAddress, secret: string): Promise<TurnClient> =>
  openTurnClient(server, secret, async onMessage => {
    const socket = createSocket(server.family === 'IPv6' ? 'udp6' : 'udp4');
    socket.bind(0, server.address);
    await once(socket, 'listening');
    socket.on('message', onMessage);
    return {
      send: message => socket.send(message, server.port, server.address),
      close: () => new Promise<void>(resolve => socket.close(() => resolve())),
    };
  });
