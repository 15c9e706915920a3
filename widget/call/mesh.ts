// All Peers of a call: who has one, who offers first, and when one is mended or made anew. It knows no roster.
import type { IceServer, Signal } from '../../protocol/events.ts';
import type { ParticipantConnection, ParticipantMedia } from './call-state.ts';
import { Peer } from './peer.ts';
import type { LocalTracks, PeerBinding } from './peer.ts';
import type { Path } from './path.ts';

export interface MeshOptions {
  selfId: string;
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  tracks: LocalTracks;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Resolves to false when the signal cannot have arrived. */
  send: (to: string, signal: Signal) => Promise<boolean>;
  freshIceServers: () => Promise<IceServer[]>;
  /** The connection or the media of this participant are other than before. */
  onChange: (id: string) => void;
  /** No path to this participant has been found for a while; it is still looked for. */
  onStalled: (id: string) => void;
  onError: (error: unknown) => void;
}

/**
 * Of two sides one mends first, the impolite one; the other only steps in when nothing came of it. A failed path gets
 * an ICE restart; a connection that does not come to be within the rebuild time is made anew.
 */
const restartDelayMs = { impolite: 0, polite: 3_000 };
const rebuildDelayMs = { impolite: 10_000, polite: 14_000 };
/**
 * Candidates that were gathered ahead of the relay's credentials are given so long before relayed ones join them; less
 * where the STUN server has not answered by then, which it does within a round trip where UDP gets through at all.
 */
const adoptedDelayMs = 2_500;
const stunDelayMs = 500;
/** A description that was refused, as by a limit or because the addressee is away, is said again so much later. */
const repeatDelayMs = 2_000;
/** Without a path for so long: first it is said, then it counts as failed. Trying goes on. */
const stalledAfterMs = 18_000;
const failedAfterMs = 30_000;

/** What the mesh knows of one participant, whatever becomes of the connection to them. */
interface Link {
  peer: Peer;
  connection: ParticipantConnection;
  /** Began as a spare, and has no relayed candidates of its own. */
  isAdopted?: boolean | undefined;
  /** Until the next mending. */
  mending?: ReturnType<typeof setTimeout> | undefined;
  /** Until the next step from connecting to stalled to failed. */
  patience?: ReturnType<typeof setTimeout> | undefined;
  /** Until a description that did not arrive is said again. */
  repetition?: ReturnType<typeof setTimeout> | undefined;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #links = new Map<string, Link>();
  #iceServers: IceServer[];
  #tracks: LocalTracks;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#iceServers = options.iceServers;
    this.#tracks = options.tracks;
  }

  get ids(): string[] {
    return [...this.#links.keys()];
  }

  /** What is being sent to everyone. */
  get tracks(): LocalTracks {
    return this.#tracks;
  }

  connectionOf(id: string): ParticipantConnection | undefined {
    return this.#links.get(id)?.connection;
  }

  /** The way that media takes, once connected. */
  pathOf(id: string): Path | undefined {
    return this.#links.get(id)?.peer.path;
  }

  /** Whether media may still come over this connection without any mending. */
  isAlive(id: string): boolean {
    const link = this.#links.get(id);
    return link !== undefined && !link.peer.hasFailed && link.connection !== 'connecting';
  }

  mediaOf(id: string): ParticipantMedia | undefined {
    return this.#links.get(id)?.peer.media;
  }

  /** The connections that media flows over, by participant. */
  get connected(): Map<string, RTCPeerConnection> {
    const connected = [...this.#links].filter(([, { peer }]) => peer.isConnected);
    return new Map(connected.map(([id, { peer }]) => [id, peer.connection]));
  }

  /** Makes a connection and the first offer, in place of the one there may be. */
  offer(id: string): void {
    this.#make(id, true);
  }

  /** Goes on with a spare connection whose first offer was handed to this participant. */
  adopt(id: string, peer: Peer): void {
    peer.bind(
      this.#bindingOf(id, () => peer),
      this.#iceServers,
    );
    const isAdopted = this.#options.iceTransportPolicy === 'all';
    this.#links.set(id, { peer, connection: 'connecting', isAdopted });
    this.#onPeerChange(id, peer);
  }

  /** The participant is in the room (again): says at once what could not reach them. */
  repeatUndelivered(id: string): void {
    const link = this.#links.get(id);
    if (link?.repetition === undefined) return;
    clearTimeout(link.repetition);
    link.repetition = undefined;
    link.peer.repeat();
  }

  /** After one's own return: makes anew what did not outlive the absence. */
  rebuildUnconnected(iceServers: IceServer[]): void {
    this.#iceServers = iceServers;
    for (const [id, { peer }] of [...this.#links]) if (!peer.isConnected) this.offer(id);
  }

  async receive(from: string, signal: Signal): Promise<void> {
    const link = this.#links.get(from);
    if (!link) {
      if (!('description' in signal) || signal.description.type !== 'offer') return;
      // An offer to a connection that we have given up: they cannot know, so we start over.
      if (signal.remoteConnectionId !== undefined) {
        this.offer(from);
        return;
      }
    }
    const peer = !link || link.peer.isSupersededBy(signal) ? this.#make(from, false) : link.peer;
    await peer.receive(signal);
  }

  async setTracks(tracks: LocalTracks): Promise<void> {
    this.#tracks = tracks;
    await Promise.all([...this.#links.values()].map(({ peer }) => peer.setTracks(tracks)));
  }

  delete(id: string): void {
    const link = this.#links.get(id);
    if (!link) return;
    clearTimeout(link.mending);
    clearTimeout(link.patience);
    clearTimeout(link.repetition);
    this.#links.delete(id);
    link.peer.close();
  }

  close(): void {
    for (const id of this.ids) this.delete(id);
  }

  #side(id: string): 'polite' | 'impolite' {
    return this.#options.selfId > id ? 'polite' : 'impolite';
  }

  /** A new connection in place of the one there may be; how long there has been no path is not forgotten. */
  #make(id: string, offers: boolean): Peer {
    const before = this.#links.get(id);
    clearTimeout(before?.mending);
    clearTimeout(before?.repetition);
    before?.peer.close();
    const peer: Peer = new Peer({
      ...this.#bindingOf(id, () => peer),
      offers,
      iceServers: this.#iceServers,
      iceTransportPolicy: this.#options.iceTransportPolicy,
      tracks: this.#tracks,
      createConnection: this.#options.createConnection,
    });
    this.#links.set(id, { peer, connection: before?.connection ?? 'connecting', patience: before?.patience });
    this.#onPeerChange(id, peer);
    return peer;
  }

  #bindingOf(id: string, peer: () => Peer): PeerBinding {
    return {
      polite: this.#side(id) === 'polite',
      send: signal => void this.#send(id, peer(), signal),
      onChange: () => this.#onPeerChange(id, peer()),
      onError: error => this.#onPeerError(id, peer(), error),
    };
  }

  async #send(id: string, peer: Peer, signal: Signal): Promise<void> {
    const arrived = await this.#options.send(id, signal);
    const link = this.#links.get(id);
    if (arrived || !('description' in signal) || link?.peer !== peer) return;
    // Without it both sides would wait for each other for ever.
    clearTimeout(link.repetition);
    link.repetition = setTimeout(() => this.repeatUndelivered(id), repeatDelayMs);
  }

  #onPeerChange(id: string, peer: Peer): void {
    const link = this.#links.get(id);
    if (link?.peer !== peer) return;
    clearTimeout(link.mending);
    if (peer.isConnected) {
      clearTimeout(link.patience);
      link.patience = undefined;
      link.connection = 'connected';
    } else {
      if (link.connection === 'connected') link.connection = 'reconnecting';
      link.patience ??= setTimeout(() => this.#onStalled(id), stalledAfterMs);
      link.mending = this.#mend(id, peer, link.isAdopted);
    }
    this.#options.onChange(id);
  }

  #mend(id: string, peer: Peer, isAdopted?: boolean): ReturnType<typeof setTimeout> {
    if (peer.hasFailed) return setTimeout(() => void this.#restart(id, peer), restartDelayMs[this.#side(id)]);
    // What is being tried goes on meanwhile.
    if (isAdopted) {
      if (peer.reachesServer) return setTimeout(() => this.#restartWith(id, peer), adoptedDelayMs);
      return setTimeout(() => {
        const link = this.#links.get(id);
        if (link?.peer === peer && peer.reachesServer) link.mending = this.#mend(id, peer, true);
        else this.#restartWith(id, peer);
      }, stunDelayMs);
    }
    return setTimeout(() => this.offer(id), rebuildDelayMs[this.#side(id)]);
  }

  #onStalled(id: string): void {
    const link = this.#links.get(id);
    if (!link) return;
    link.patience = setTimeout(() => {
      const failed = this.#links.get(id);
      if (!failed) return;
      failed.connection = 'failed';
      this.#options.onChange(id);
    }, failedAfterMs - stalledAfterMs);
    this.#options.onStalled(id);
  }

  /** The two sides no longer agree on what they negotiated: nothing but a new connection helps. */
  #onPeerError(id: string, peer: Peer, error: unknown): void {
    const link = this.#links.get(id);
    if (link?.peer !== peer) return;
    clearTimeout(link.mending);
    link.mending = setTimeout(() => this.offer(id), rebuildDelayMs[this.#side(id)]);
    this.#options.onError(error);
  }

  /** Fresh servers first: credentials may have run out since the connection was made. */
  async #restart(id: string, peer: Peer): Promise<void> {
    // Without an answer the servers at hand must do: a path needs no new allocation in every case.
    this.#iceServers = await this.#options.freshIceServers().catch(() => this.#iceServers);
    if (peer.hasFailed) this.#restartWith(id, peer);
  }

  #restartWith(id: string, peer: Peer): void {
    const link = this.#links.get(id);
    if (link?.peer !== peer) return;
    link.isAdopted = undefined;
    link.mending = setTimeout(() => this.offer(id), rebuildDelayMs[this.#side(id)]);
    peer.restartIce(this.#iceServers);
  }
}
