// Opens the signalling connection. With session.ts the only file that knows Socket.IO.
import { Manager } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { ClientToServerEvents, Handshake, ServerToClientEvents } from '../../protocol/events.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

export type SignalingSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A socket that connects at once and tries again for ever, with jitter. WebSocket only: fewer round trips, no sticky sessions. */
export function connectTo(serverUrl: string): SignalingSocket {
  const { origin, pathname } = new URL(serverUrl);
  const auth: Handshake = { protocol: PROTOCOL_VERSION };
  const options = {
    path: `${pathname.replace(/\/$/, '')}/socket.io`,
    transports: ['websocket'],
    // There is nothing to upgrade to; the build leaves out what would try.
    upgrade: false,
    timeout: 8_000,
    ackTimeout: 5_000,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8_000,
    randomizationFactor: 0.7,
    auth,
  };
  // Not `io()`: it keeps connections to share them, and brings a parser of addresses for that.
  return new Manager(origin, options).socket('/', options);
}

/** Why a handshake fails; a browser hides the answer to a refused WebSocket, so it is asked for over HTTP. */
export async function refusalOf(serverUrl: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL('handshake', serverUrl), { signal, credentials: 'omit', cache: 'no-store' });
    const body = (await answer.json()) as { error?: { code?: string } };
    return body.error?.code;
  } catch {
    return undefined;
  }
}
