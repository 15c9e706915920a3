// Socket.IO's types with our events in them. Types only.
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { ClientToServerEvents, ServerToClientEvents } from '../protocol/events.ts';
import type { Connection } from './connection.ts';
import type { Claim } from './room-store.ts';

/** Who asks, as far as requests and rooms know: a socket, or a join that came by HTTP. */
export interface Asker {
  readonly id: string;
  readonly data: {
    readonly connection: Pick<Connection, 'visitor' | 'mayAsk' | 'mayHaveCredential' | 'violate'>;
    claim?: Claim | undefined;
  };
  join(channel: string): Promise<void> | void;
  leave(channel: string): Promise<void> | void;
}

/** What we know of a socket. */
export interface SocketState {
  connection: Connection;
  /** The seat that it took; whether it still has it, the store knows. */
  claim?: Claim | undefined;
}

export type SignalingServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketState>;
export type SignalingSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketState>;

/** A logger as pino makes it. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
