// A connection made before anybody is there to connect to, so that its first offer can travel inside the join. It knows no
// roster and no socket.
import type { FirstOffer, IceServer } from '../../protocol/events.ts';
import { Peer } from './peer.ts';
import type { LocalTracks } from './peer.ts';

export interface SpareOptions {
  /** Servers that ask for no credential; those that do are for members of a room only. */
  servers: () => Promise<IceServer[] | undefined>;
  iceTransportPolicy: RTCIceTransportPolicy;
  tracks: LocalTracks;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  signal: AbortSignal;
}

export class Spare {
  /**
   * Resolves when the offer is worth sending: with an address that others can reach, or, where only relayed ones may be
   * told, without any: those follow once there are credentials for them. Behind a NAT that lets no UDP through it never
   * resolves, since only a relay would be any good then, and a join goes without an offer.
   */
  readonly ready: Promise<void>;
  #peer: Peer | undefined;
  #isReady = false;
  #isOver = false;

  constructor({ servers, iceTransportPolicy, tracks, createConnection, signal }: SpareOptions) {
    signal.addEventListener('abort', () => this.close(), { once: true });
    const isRelayed = iceTransportPolicy === 'relay';
    this.ready = (isRelayed ? Promise.resolve([]) : servers()).then(
      iceServers =>
        new Promise(resolve => {
          // Without STUN the offer would reach nobody but the neighbours, and nothing would say that UDP gets through.
          if (this.#isOver || !(isRelayed || iceServers?.length)) return;
          this.#peer = new Peer({
            polite: true,
            offers: true,
            iceServers: iceServers ?? [],
            iceTransportPolicy,
            tracks,
            createConnection,
            onOffer: () => {
              this.#isReady = true;
              resolve();
            },
            ...unbound,
          });
        }),
    );
  }

  /** The offer, if it is worth sending by now. */
  get offer(): FirstOffer | undefined {
    return this.#isReady ? this.#peer?.firstOffer : undefined;
  }

  /** The connection whose offer was sent. From here on it is somebody else's to close. */
  take(): Peer | undefined {
    const peer = this.#peer;
    this.#peer = undefined;
    return peer;
  }

  close(): void {
    this.#isOver = true;
    this.#peer?.close();
  }
}

/** Nobody hears a spare until it is bound to a participant. */
const unbound = { send: () => undefined, onChange: () => undefined, onError: () => undefined };
