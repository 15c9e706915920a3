// A TURN client on a TCP or TLS connection. For tests only.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { ListeningAddress } from '../options.ts';
import { framed, StreamFrames } from '../wire/stream-frames.ts';
import { openTurnClient } from './turn-client.ts';
import type { TurnClient } from './turn-client.ts';

export interface StreamTurnClient extends TurnClient {
  readonly socket: Socket;
}

/** A connection to a listener, through TLS if that is what it speaks. */
export const openStream = async (server: ListeningAddress, options: ConnectionOptions = {}): Promise<Socket> => {
  const { address: host, port, transport } = server;
  const isSecure = transport === 'tls';
  const socket = isSecure
    ? connectTls({ rejectUnauthorized: false, ...options, host, port })
    : connect({ host, port, noDelay: true });
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  // A relay that cuts a client off may do so with unread bytes: ECONNRESET.
  socket.on('error', () => undefined);
  return socket;
};

export const openStreamTurnClient = async (
  server: ListeningAddress,
  secret: string,
  options: ConnectionOptions = {},
): Promise<StreamTurnClient> => {
  const socket = await openStream(server, options);
  const client = await openTurnClient(server, secret, (onMessage, onEnd) => {
    const frames = new StreamFrames(() => true);
    socket.on('data', (chunk: Buffer) => frames.push(chunk, onMessage));
    socket.on('close', onEnd);
    return Promise.resolve({
      send: message => socket.write(framed([message])),
      close: async () => {
        if (socket.closed) return;
        socket.destroy();
        await once(socket, 'close');
      },
    });
  });
  return { ...client, socket };
};
