// Opens the signalling connection. With session.ts the only file that knows Socket.IO.
import { Manager } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  Handshake,
  IceServer,
  JoinRequest,
  ServerMessage,
  ServerToClientEvents,
} from '../../protocol/events.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { randomId } from './random-id.ts';

export type SignalingSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A socket that connects at once and tries again for ever, with jitter. WebSocket only: fewer round trips, no sticky sessions. */
export function connectTo(serverUrl: string, handshake: () => Promise<Omit<Handshake, 'protocol'>>): SignalingSocket {
  const { origin, pathname } = new URL(serverUrl);
  const auth = (send: (handshake: Handshake) => void): void => {
    const { engine } = manager;
    // A token may take longer than its socket lives, and must not go out by the next one.
    void handshake().then(more => manager.engine === engine && send({ protocol: PROTOCOL_VERSION, ...more }));
  };
  const options = {
    // Firefox lets a path that has failed wait the longer the more often it did, up to a minute. The server minds the
    // beginning of it only.
    get path() {
      return `${pathname.replace(/\/$/, '')}/socket.io/${randomId(3)}`;
    },
    set path(_) {
      // Socket.IO writes back what it has read.
    },
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
  const manager = new Manager(origin, options);
  return manager.socket('/', options);
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

/**
 * STUN servers that the server named along with the script (Server-Timing): no round trip to ask for them. None where the
 * script came from elsewhere, or the browser does not tell.
 */
export function namedServers(serverUrl: string): IceServer[] {
  const entries = globalThis.performance.getEntriesByType('resource') as Partial<PerformanceResourceTiming>[];
  const timings = entries.flatMap(({ name = '', serverTiming = [] }) =>
    name.startsWith(serverUrl) ? serverTiming : [],
  );
  const urls = timings.find(({ name }) => name === 'stun')?.description;
  return urls ? [{ urls: urls.split(' ') }] : [];
}

/**
 * Joins over the HTTP connection that the script came by, while the WebSocket is being opened. What the server says until
 * the socket is there comes as JSON lines. Resolves at the end of them, however it came.
 */
export async function postJoin(
  serverUrl: string,
  join: JoinRequest,
  signal: AbortSignal,
  onSaid: (said: ServerMessage) => void,
): Promise<void> {
  try {
    const body = JSON.stringify({ protocol: PROTOCOL_VERSION, join } satisfies Handshake);
    // As text: with any other type a page of another site would have to ask first.
    const { body: stream } = await fetch(new URL('join', serverUrl), { method: 'POST', body, signal });
    const reader = stream?.pipeThrough(new TextDecoderStream()).getReader();
    let unread = '';
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      const lines = (unread + chunk.value).split('\n');
      unread = lines.pop() ?? '';
      for (const line of lines) {
        onSaid(JSON.parse(line) as ServerMessage);
        // Whoever waits for the first one must be there for the next.
        await new Promise(resolve => setTimeout(resolve));
      }
    }
  } catch {
    // The socket asks again.
  }
}
