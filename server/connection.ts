// One WebSocket as the server bears it: what it sends, what waits for it, how it is cut. It knows no request and no room.
import type { IncomingMessage } from 'node:http';
import type { ServerLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Visitor } from './visitor.ts';

/** Engine.IO's socket, as far as it is used here; its own types hide the buffer. */
export interface EngineSocket {
  readonly id: string;
  request: IncomingMessage | null;
  readonly writeBuffer?: readonly { data?: string | Buffer }[];
  /** Over a WebSocket it is that. */
  readonly transport: { readonly socket: NodeJS.EventEmitter };
  on(event: 'packet', listener: (packet: { data?: string | Buffer }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  close(discard?: boolean): unknown;
}

/** RFC 6455 §7.4.1: the browser has navigated away. */
const goingAway = 1001;

export class Connection {
  readonly visitor: Visitor;
  /** Resolves when the TCP socket is gone. */
  readonly closed: Promise<void>;
  readonly #engineSocket: EngineSocket;
  readonly #tcp: IncomingMessage['socket'];
  readonly #limits: ServerLimits;
  readonly #bytes: TokenBucket;
  readonly #violations: TokenBucket;
  readonly #credentials: TokenBucket;
  readonly #requests = new Map<string, TokenBucket>();
  #closingSince: number | undefined;
  #overBudget = false;
  #pageIsGone = false;

  constructor(engineSocket: EngineSocket, request: IncomingMessage, visitor: Visitor, options: ConnectionOptions) {
    this.visitor = visitor;
    this.#engineSocket = engineSocket;
    this.#tcp = request.socket;
    this.#limits = options.limits;
    this.#bytes = new TokenBucket(options.limits.bytes, options.now());
    this.#violations = new TokenBucket(options.limits.violations, options.now());
    this.#credentials = new TokenBucket(options.limits.credentialsPerConnection, options.now());
    // The first request would be kept as long as the connection: some 3 kB each (signalling.md §1.6).
    engineSocket.request = null;
    // Packets of every kind, before they are decoded: a flood need not be made of requests.
    engineSocket.on('packet', ({ data }) => this.#charge(data, options.now()));
    // Before Engine.IO hears of it, who tells everybody else.
    engineSocket.transport.socket.prependListener('close', code => (this.#pageIsGone = code === goingAway));
    engineSocket.on('close', () => (this.#closingSince ??= options.now()));
    this.closed = new Promise(resolve => this.#tcp.once('close', () => resolve()));
  }

  /** The browser said that it leaves the page: what Firefox tells even when it has no time left for `leaving`. */
  get pageIsGone(): boolean {
    return this.#pageIsGone;
  }

  /** Whether a request may be looked at. */
  mayAsk(event: string, now: number): boolean {
    const rate = this.#limits.requests[event];
    if (this.#overBudget || !rate) return false;
    const bucket = this.#requests.get(event) ?? new TokenBucket(rate, now);
    this.#requests.set(event, bucket);
    return bucket.take(now);
  }

  /** Whether one more relay credential may go to this client; counts it. */
  mayHaveCredential(now: number): boolean {
    return this.#credentials.take(now);
  }

  /** Counts a refused or unknown request; who makes too many is shown out. */
  violate(now: number): void {
    if (!this.#violations.take(now)) this.close(now);
  }

  /** Closes after what is already on its way. */
  close(now: number): void {
    this.#closingSince ??= now;
    this.#engineSocket.close();
  }

  /** Cuts a client that does not read, or does not go. Its backlog is freed at once. */
  sweep(now: number): 'slow' | undefined {
    const lingers = this.#closingSince !== undefined && now - this.#closingSince >= this.#limits.lingerMs;
    const slow = this.#isSlow();
    if (lingers || slow) this.destroy();
    return slow ? 'slow' : undefined;
  }

  /** What waits lies in two places: packets in Engine.IO's buffer, bytes in the socket's. */
  #isSlow(): boolean {
    const { writeBuffer = [] } = this.#engineSocket;
    if (writeBuffer.length > this.#limits.unsentPackets) return true;
    const bytes = writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), this.#tcp.writableLength);
    return bytes > this.#limits.unsentBytes;
  }

  destroy(): void {
    this.#tcp.destroy();
  }

  #charge(data: string | Buffer | undefined, now: number): void {
    const bytes = Math.max(this.#limits.packetMinBytes, data === undefined ? 0 : Buffer.byteLength(data));
    this.#overBudget = !this.#bytes.take(now, bytes);
    if (this.#overBudget) this.violate(now);
  }
}

interface ConnectionOptions {
  limits: ServerLimits;
  now: () => number;
}
