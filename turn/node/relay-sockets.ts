// The sockets of relayed addresses, by the object that the core names them with. Knows no allocation.
import type { TurnServerOptions } from '../options.ts';
import type { TransportAddress } from '../wire/address.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpSocket } from './udp-socket.ts';

/** One allocation's bursts: key frames of a few participants. */
const receiveBufferBytes = 1024 * 1024;

/** One allocation's again, as much as a stream lets wait. */
const sendQueueMaxBytes = 256 * 1024;

export interface RelaySocketsOptions {
  readonly onBound: (relay: TransportAddress) => void;
  readonly onFailed: (relay: TransportAddress, errorCode: string | undefined) => void;
  readonly onDatagram: (bytes: Buffer, peer: TransportAddress, relay: TransportAddress) => void;
  /** A datagram was dropped, because the network does not take them as fast as they come. */
  readonly onSlow: () => void;
  readonly logger: TurnServerOptions['logger'];
}

export class RelaySockets {
  readonly #options: RelaySocketsOptions;
  readonly #open = new Map<TransportAddress, UdpSocket>();
  readonly #underWay = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: RelaySocketsOptions) {
    this.#options = options;
  }

  /** The outcome comes as `onBound` or `onFailed`; once closing has begun, as neither. */
  open(relay: TransportAddress): void {
    if (this.#isClosing) return;
    const opening = this.#bind(relay).finally(() => this.#underWay.delete(opening));
    this.#underWay.add(opening);
  }

  send(relay: TransportAddress, payload: Buffer, to: TransportAddress): void {
    this.#open.get(relay)?.deliver(payload, to);
  }

  /** The only place where a relay socket is closed, here for one and in `closeAll` for the rest. */
  async close(relay: TransportAddress): Promise<void> {
    const socket = this.#open.get(relay);
    this.#open.delete(relay);
    await socket?.close();
  }

  /** Resolves when no handle is left, those of sockets that were just being opened included. */
  async closeAll(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#underWay);
    await Promise.all([...this.#open.keys()].map(relay => this.close(relay)));
  }

  async #bind(relay: TransportAddress): Promise<void> {
    const { onBound, onFailed, onDatagram, onSlow, logger } = this.#options;
    const { address, port } = relay;
    try {
      const socket = await openUdpSocket({
        address,
        port,
        receiveBufferBytes,
        sendQueueMaxBytes,
        onSlow,
        onDatagram: (bytes, peer) => onDatagram(bytes, peer, relay),
        onError: error => logger?.debug({ err: error, address, port }, 'turn: relay socket error'),
      });
      this.#open.set(relay, socket);
    } catch (error) {
      logger?.debug({ err: error, address, port }, 'turn: relay socket not opened');
      if (!this.#isClosing) onFailed(relay, codeOf(error));
      return;
    }
    if (!this.#isClosing) onBound(relay);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
