// One TCP or TLS connection of a client: messages in, messages out, and never more memory than its limits say. Knows what a
// message is and not what it asks for.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { FiveTuple } from '../core/actions.ts';
import { framed, StreamFrames } from '../wire/stream-frames.ts';
import type { Seat } from './stranger-seats.ts';
import type { StreamLimits } from './stream-limits.ts';

/** RFC 7443 §3: TURN over TLS as an application of its own. */
const applicationProtocol = 'stun.turn';

/** Of TLS: with more than this waiting, a turn of the loop for each record would be too slow. */
const coalesceAboveBytes = 64 * 1024;

export interface StreamConnectionOptions {
  /** As it was accepted. */
  readonly socket: Socket;
  readonly fiveTuple: FiveTuple;
  /** Of TLS. */
  readonly secureContext: SecureContext | undefined;
  readonly seat: Seat;
  readonly limits: StreamLimits;
  /** Milliseconds, as `performance.now()` counts them: that the time of day is set is no matter. */
  readonly acceptedAt: number;
  readonly onMessage: (message: Buffer, from: FiveTuple) => void;
  readonly holdsAllocation: (fiveTuple: FiveTuple) => boolean;
  /** A datagram from a peer was dropped, because the client reads too slowly. */
  readonly onSlow: () => void;
  readonly onError: (error: Error) => void;
}

export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  readonly #socket: Socket;
  readonly #frames: StreamFrames;
  readonly #isSecure: boolean;
  /** Of TLS: what comes after the write under way. */
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #hasSpoken = false;
  /** Since when it has had no allocation; absent while it has one. */
  #strangerSince: number | undefined;

  constructor(options: StreamConnectionOptions) {
    const { socket, secureContext, fiveTuple, acceptedAt, holdsAllocation, onError } = options;
    this.#options = options;
    this.#strangerSince = acceptedAt;
    this.#isSecure = secureContext !== undefined;
    this.#frames = new StreamFrames(() => holdsAllocation(fiveTuple));
    // First of all: an 'error' without a listener ends the process.
    socket.on('error', onError);
    this.#socket = secureContext === undefined ? socket : secure(socket, secureContext, onError);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // Nothing is left to be said to a client that has ended; waiting for it to read would be waiting for ever.
    this.#socket.on('end', () => this.close());
  }

  /** An answer to the client's own request: never dropped, but a client that reads none is cut off. */
  reply(message: Buffer): void {
    const bytes = framed([message]);
    if (this.#waitingBytes + bytes.length > this.#options.limits.queueMaxBytes) this.close();
    else this.#write(bytes);
  }

  /** What comes from a peer: dropped while the client reads too slowly, as UDP would. The parts are one message. */
  deliver(parts: readonly Buffer[]): void {
    const bytes = framed(parts);
    if (this.#waitingBytes + bytes.length > this.#options.limits.mediaQueueMaxBytes) this.#options.onSlow();
    else this.#write(bytes);
  }

  /** Closes what has taken too long to say who it is. `now` as `acceptedAt`. */
  sweep(now: number): void {
    const { limits, seat, fiveTuple, acceptedAt, holdsAllocation } = this.#options;
    if (!this.#hasSpoken && now - acceptedAt >= limits.firstMessageMs) {
      this.close();
    } else if (holdsAllocation(fiveTuple)) {
      this.#strangerSince = undefined;
      seat.release();
    } else {
      this.#strangerSince ??= now;
      if (now - this.#strangerSince >= limits.withoutAllocationMs) this.close();
    }
  }

  /** At once, without a farewell. The socket's 'close' follows. */
  close(): void {
    this.#socket.destroy();
  }

  /** What the system has not taken yet. */
  get #waitingBytes(): number {
    return this.#socket.writableLength + this.#queuedBytes;
  }

  #read(chunk: Buffer): void {
    const { onMessage, fiveTuple } = this.#options;
    const isStun = this.#frames.push(chunk, message => {
      this.#hasSpoken = true;
      onMessage(message, fiveTuple);
    });
    if (!isStun) this.close();
  }

  #write(bytes: Buffer): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    if (!this.#isSecure) {
      this.#socket.write(bytes);
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isWriting) this.#writeRecord();
  }

  /**
   * Node puts all that waits into one TLS record. Records have no meaning (RFC 8446 §5.1), but some clients, coturn's
   * test client among them, hear the first message of a record only: so each has one, until too many wait for that.
   */
  readonly #writeRecord = (): void => {
    const batch = this.#queue.splice(0, this.#queuedBytes > coalesceAboveBytes ? this.#queue.length : 1);
    this.#isWriting = batch.length > 0 && !this.#socket.destroyed;
    if (!this.#isWriting) return;
    const bytes = batch.length === 1 && batch[0] ? batch[0] : Buffer.concat(batch);
    this.#queuedBytes -= bytes.length;
    this.#socket.write(bytes, this.#writeRecord);
  };
}

const secure = (socket: Socket, secureContext: SecureContext, onError: (error: Error) => void): TLSSocket => {
  const tlsSocket = new TLSSocket(socket, {
    isServer: true,
    secureContext,
    // RFC 7443 §3, RFC 7301 §3.2: who offers protocols and not this one is refused with no_application_protocol. Browsers
    // offer none, and then this is not called.
    ALPNCallback: ({ protocols }) => protocols.find(protocol => protocol === applicationProtocol),
  });
  tlsSocket.on('error', onError);
  return tlsSocket;
};
