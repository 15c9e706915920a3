// A connection made before anybody is there to connect to, so that its first offer can travel inside the join. It knows no
// roster and no socket.
import type { FirstOffer, IceServer } from '../../protocol/events.ts';
import { Peer } from './peer.ts';
import type { LocalTracks } from './peer.ts';

export interface SpareOptions {
  /** Servers that ask for no credential; those that do are for members of a room only. */
  servers: Promise<IceServer[] | undefined>;
  tracks: LocalTracks;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  signal: AbortSignal;
}

/** So long a join waits for the last candidates. */
const patienceMs = 50;

export class Spare {
  /** Made once the servers are known. */
  peer: Peer | undefined;
  readonly #gathered: Promise<void>;

  constructor({ servers, tracks, createConnection, signal }: SpareOptions) {
    signal.addEventListener('abort', () => this.peer?.close(), { once: true });
    this.#gathered = new Promise(resolve => {
      void servers.then(iceServers => {
        // Without STUN the offer would reach nobody but the neighbours, and nothing would say that UDP gets through.
        if (signal.aborted || !iceServers?.length) {
          resolve();
          return;
        }
        this.peer = new Peer({
          polite: true,
          offers: true,
          iceServers,
          iceTransportPolicy: 'all',
          tracks,
          createConnection,
          onGathered: resolve,
          ...unbound,
        });
      });
    });
  }

  /**
   * The offer with all its candidates; undefined where they are not all there: a STUN server that does not answer means
   * that UDP is blocked, and then only an offer with relayed candidates is any good.
   */
  async offer(): Promise<FirstOffer | undefined> {
    await Promise.race([this.#gathered, new Promise(resolve => setTimeout(resolve, patienceMs))]);
    return this.peer?.firstOffer;
  }

  close(): void {
    this.peer?.close();
  }
}

/** Nobody hears a spare until it is bound to a participant. */
const unbound = { send: () => undefined, onChange: () => undefined, onError: () => undefined };
