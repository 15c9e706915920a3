// Socket.IO wiring: options, gates in front, every event to one place. It knows no rule of a room.
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { Server } from 'socket.io';
import type { ServerToClientEvents } from '../protocol/events.ts';
import { packetMaxBytes } from '../protocol/limits.ts';
import { handshakeSchema } from '../protocol/schemas.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import type { Admission, AdmissionRefusal } from './admission.ts';
import { Connection } from './connection.ts';
import type { EngineSocket } from './connection.ts';
import type { ServerLimits } from './limits.ts';
import { PostedJoin, PostedJoins } from './posted-joins.ts';
import { RequestGate } from './requests.ts';
import type { GateOptions } from './requests.ts';
import { RoomService } from './room-service.ts';
import type { RoomServiceOptions } from './room-service.ts';
import type { Log, SignalingServer } from './signaling-types.ts';
import type { Visitor } from './visitor.ts';

/** When who was one too many may knock again. */
const retryAfterSec = 5;

export interface SignalingOptions extends Omit<RoomServiceOptions, 'io' | 'posted'> {
  admission: Admission;
  visitorOf: (request: IncomingMessage) => Visitor;
  serverLimits: ServerLimits;
  log: Log;
  /** Hears of each request that failed by a fault of ours. */
  failed: GateOptions['failed'];
}

export interface Signaling {
  /** Takes a join that came by HTTP, a handshake as text. Its gates are those of a socket. */
  post: (request: IncomingMessage, handshake: string, response: ServerResponse) => Promise<void>;
  /** What must be done once a second. */
  sweep: () => Promise<void>;
  /** Closes every connection; those that do not go within the linger time are cut. */
  close: () => Promise<void>;
}

export function attachSignaling(httpServer: HttpServer, options: SignalingOptions): Signaling {
  const { admission, visitorOf, serverLimits, log, now } = options;
  const io: SignalingServer = new Server(httpServer, {
    transports: ['websocket'],
    allowUpgrades: false,
    serveClient: false,
    allowEIO3: false,
    maxHttpBufferSize: packetMaxBytes,
    connectTimeout: 5_000,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    perMessageDeflate: false,
    httpCompression: false,
    // The only gate that a WebSocket passes: CORS does not apply to it.
    allowRequest: (request, decide) => {
      const refusal = admission.admit(visitorOf(request), request.headers.origin, now());
      if (refusal === undefined) {
        decide(undefined, true);
        return;
      }
      log.debug({ refusal }, 'signalling: handshake refused');
      // Engine.IO would answer 400 to all of it; it is not told, and so forgets the request.
      refuseUpgrade(request.socket, refusal);
    },
  });
  limitFragments(io.engine as EngineServer, serverLimits.fragments);
  const posted = new PostedJoins();
  const rooms = new RoomService({ ...options, io, posted });
  const gate = new RequestGate(rooms.handlers, options);
  /** By Engine.IO's id, until the TCP socket is gone. */
  const connections = new Map<string, Connection>();

  io.engine.on('connection', (engineSocket: EngineSocket & { request: IncomingMessage }) => {
    const { request } = engineSocket;
    const visitor = visitorOf(request);
    const connection = new Connection(engineSocket, request, visitor, { limits: serverLimits, now });
    connections.set(engineSocket.id, connection);
    admission.opened(visitor);
    void connection.closed.then(() => {
      connections.delete(engineSocket.id);
      admission.closed(visitor);
    });
  });

  io.use((socket, next) => {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    const connection = connections.get((socket.conn as unknown as EngineSocket).id);
    if (!connection) {
      next(new Error('closed'));
    } else if (handshake.data?.protocol === PROTOCOL_VERSION) {
      socket.data = { connection };
      next();
    } else {
      next(Object.assign(new Error('version-unsupported'), { data: { code: 'version-unsupported' } }));
    }
  });

  io.on('connection', socket => {
    // A middleware that never passes on is the one place that sees every event, whatever its name.
    socket.use(event => {
      if (socket.connected) void gate.receive(socket, event);
    });
    // A join that came with the connection is a request like any other, one round trip earlier.
    const { join } = handshakeSchema.parse(socket.handshake.auth);
    if (join !== undefined) {
      const enter = (answer: Parameters<ServerToClientEvents['entered']>[0]) => socket.emit('entered', answer);
      void gate.receive(socket, ['join', join, enter]);
    }
    socket.on('disconnect', () => {
      // Who only leaves the namespace would keep the WebSocket, and nothing would ever close it.
      const { connection } = socket.data;
      connection.close(now());
      void gate.inTurn(socket, () => (connection.pageIsGone ? rooms.handlers.leaving(socket) : rooms.lost(socket)));
    });
  });

  return {
    async post(request, text, response) {
      const visitor = visitorOf(request);
      const handshake = handshakeSchema.safeParse(parseJson(text)).data;
      const code =
        admission.admit(visitor, request.headers.origin, now()) ??
        (handshake?.protocol === PROTOCOL_VERSION ? undefined : 'version-unsupported');
      const join: PostedJoin = new PostedJoin(visitor, response, now(), how => {
        // Who closes it is a page that goes, as with a WebSocket; a network that is lost says nothing.
        void gate.inTurn(join, () => (how === 'gone' ? rooms.handlers.leaving(join) : rooms.lost(join)));
      });
      posted.add(join);
      if (code) {
        join.answer({ ok: false, error: { code } });
        return;
      }
      admission.opened(visitor);
      response.once('close', () => admission.closed(visitor));
      await gate.receive(join, ['join', handshake?.join, join.answer.bind(join)]);
    },
    async sweep() {
      posted.sweep(now());
      for (const connection of connections.values()) {
        if (connection.sweep(now()) === 'slow') log.warn({}, 'signalling: a client that does not read was cut off');
      }
      admission.sweep(now());
      options.guard.sweep(now());
      await rooms.sweep();
    },
    async close() {
      io.disconnectSockets(true);
      io.engine.close();
      const deadline = setTimeout(() => connections.forEach(connection => connection.destroy()), serverLimits.lingerMs);
      await Promise.all([...connections.values()].map(connection => connection.closed));
      clearTimeout(deadline);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The part of Engine.IO's server that is used here. */
interface EngineServer {
  opts: { wsEngine: new (options: object) => object };
}

/** A message in a thousand pieces is none of ours. Engine.IO makes its WebSocket server when the port opens, of this class. */
function limitFragments({ opts }: EngineServer, maxFragments: number): void {
  const Base = opts.wsEngine;
  opts.wsEngine = class extends Base {
    constructor(options: object) {
      super({ ...options, maxFragments, maxBufferedChunks: maxFragments });
    }
  };
}

/** Browsers hide this from scripts; proxies and other clients learn when to come again. */
function refuseUpgrade(socket: IncomingMessage['socket'], refusal: AdmissionRefusal): void {
  const isOrigin = refusal === 'origin-not-allowed';
  const body = JSON.stringify({ ok: false, error: { code: refusal } });
  socket.end(
    [
      `HTTP/1.1 ${isOrigin ? '403 Forbidden' : '503 Service Unavailable'}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(isOrigin ? [] : [`Retry-After: ${retryAfterSec}`]),
      '',
      body,
    ].join('\r\n'),
  );
}
