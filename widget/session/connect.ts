// Opens the signalling connection. With session.ts the only file that knows Socket.IO.
import { Manager } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { ClientToServerEvents, Handshake, IceServer, ServerToClientEvents } from '../../protocol/events.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

export type SignalingSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A socket that connects at once and tries again for ever, with jitter. WebSocket only: fewer round trips, no sticky sessions. */
export function connectTo(serverUrl: string, handshake: () => Promise<Omit<Handshake, 'protocol'>>): SignalingSocket {
  const { origin, pathname } = new URL(serverUrl);
  const auth = (send: (handshake: Handshake) => void): void => {
    void handshake().then(more => send({ protocol: PROTOCOL_VERSION, ...more }));
  };
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

/** What the server says to whoever asks: whether it would let this page in, and where it knows a STUN server. */
export interface Greeting {
  ok: boolean;
  iceServers?: IceServer[];
  error?: { code?: string };
}

/**
 * Over HTTP, for two reasons: a browser hides the answer to a refused WebSocket, and the connection that the script came
 * by is open already. Resolves to undefined without an answer.
 */
export async function greet(serverUrl: string, signal: AbortSignal): Promise<Greeting | undefined> {
  try {
    const answer = await fetch(new URL('handshake', serverUrl), { signal, credentials: 'omit', cache: 'no-store' });
    return (await answer.json()) as Greeting;
  } catch {
    return undefined;
  }
}
