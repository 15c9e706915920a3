// All Peers of a call: who has one, who offers first, and when one is mended or made anew. It knows no roster.
import type { IceServer, Signal } from '../../protocol/events.ts';
import type { Refused } from '../session/refused.ts';
import type { ParticipantConnection, ParticipantMedia } from './call-state.ts';
import { isOffer, Peer } from './peer.ts';
import type { LocalTracks, PeerBinding } from './peer.ts';

export interface MeshOptions {
  selfId: string;
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  tracks: LocalTracks;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Resolves to false when the signal cannot have arrived. */
  send: (to: string, signal: Signal) => Promise<boolean>;
  /** @throws {Refused} with `server-unreachable` where nobody can be asked just now. */
  freshIceServers: () => Promise<IceServer[]>;
  /** The connection or the media of this participant are other than before; of who is out of the room: gone, too. */
  onChange: (id: string) => void;
  /** No path to this participant has been found for a while; it is still looked for. */
  onStalled: (id: string) => void;
  onError: (error: unknown) => void;
}

/**
 * A browser may hold on to a path that is gone, call itself connected, and try the new ones less than it should: Chromium,
 * for 3 s and more. Where an ICE restart has had its answer, in a silence or shortly before it, and nothing comes for so
 * long, the connection is made anew, by whoever hears nothing.
 */
const clingMs = 2_000;
/**
 * Of two sides one mends first, the impolite one; the other only steps in when nothing came of it. A failed path gets
 * an ICE restart; a connection that does not come to be within the rebuild time is made anew.
 */
const restartDelayMs = { impolite: 0, polite: 2_500 };
/** Who says so of less begins a silence; what was done in the one before does not count. */
const newSilenceMs = 2_000;
/** ICE may come back from `disconnected` by itself, but seldom after this. */
const disconnectedDelayMs = 1_000;
/** A connection that is made anew in vain is left more time each time, so many times double. */
const doublingsMax = 2;
/**
 * Who is out of the room stays while their media does, and so long without a path: browsers take up to 18 s to say that
 * ICE has failed, and nobody waits for that before a picture that stands still.
 */
const absentDelayMs = 8_000;
const rebuildDelayMs = { impolite: 10_000, polite: 14_000 };
/**
 * Candidates that were gathered ahead of the relay's credentials are given so long before relayed ones join them; less
 * where the STUN server has not answered by then, which it does within a round trip where UDP gets through at all.
 */
const adoptedDelayMs = 2_500;
const stunDelayMs = 500;
/**
 * A description that was refused, as by a limit or because the addressee is away, and an offer without an answer, are said
 * again so much later.
 */
const repeatDelayMs = 2_000;
/** Without a path for so long: first it is said, then it counts as failed. Trying goes on. */
const stalledAfterMs = 18_000;
const failedAfterMs = 30_000;

type Timer = 'mending' | 'patience' | 'repetition' | 'grace';

/** What the mesh knows of one participant, whatever becomes of the connection to them. */
interface Link {
  peer: Peer;
  connection: ParticipantConnection;
  /** Began as a spare, and has no relayed candidates of its own. */
  isAdopted?: boolean;
  /** This very Peer was connected once. */
  hasCarried?: boolean;
  /** Out of the roster. */
  isAbsent?: boolean;
  /** Without a path for longer than somebody absent is kept. */
  isCold?: boolean;
  /** An ICE restart is under way; what it comes to is waited for. */
  isRestarting?: boolean;
  /** How long nothing had come from them when a restart was last begun because of that. */
  mendedAtMs?: number;
  /** Times that the connection was made anew without success. */
  rebuilds: number;
  /**
   * `mending`: until the next one. `patience`: until the next step from connecting to stalled to failed. `repetition`:
   * until a description that may not have arrived is said again. `grace`: until the link is cold.
   */
  timers: Partial<Record<Timer, ReturnType<typeof setTimeout> | undefined>>;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #links = new Map<string, Link>();
  #iceServers: IceServer[];
  #tracks: LocalTracks;
  #fresh: Promise<IceServer[] | undefined> | undefined;

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
    const link: Link = { peer, connection: 'connecting', isAdopted, rebuilds: 0, timers: {} };
    this.#links.set(id, link);
    this.#repeatLater(link);
    this.#onPeerChange(id, peer);
  }

  /**
   * Who is in the room. Media outlives signalling: who is not stays while their connection does, but is neither looked
   * for nor spoken to. Who is back hears at once what has no answer.
   */
  setPresent(present: ReadonlySet<string>): void {
    for (const [id, link] of [...this.#links]) {
      const wasAbsent = link.isAbsent;
      link.isAbsent = !present.has(id);
      if (link.isAbsent === wasAbsent) continue;
      if (wasAbsent) link.peer.repeat();
      if (this.#isGone(link)) this.delete(id);
      else if (link.isAbsent || !link.peer.isConnected) this.#mendByState(id, link);
    }
  }

  /** After one's own return: makes anew what did not outlive the absence, and gives the rest what it may gather with. */
  rebuildUnconnected(iceServers: IceServer[]): void {
    this.#iceServers = iceServers;
    for (const [id, { peer, isAbsent }] of [...this.#links]) {
      const mayComeBack = peer.connection.connectionState === 'disconnected' && !peer.awaitsAnswer;
      if (peer.isConnected || isAbsent || mayComeBack) peer.setIceServers(iceServers);
      else this.offer(id);
    }
  }

  /** Nothing has come from them for `silentMs`, though it should: a new path is looked for before the browser says so. */
  onSilent(id: string, silentMs: number): void {
    const link = this.#links.get(id);
    if (!link?.hasCarried || link.isAbsent) return;
    // A path that is there again and carries nothing is not mended better by mending it every second.
    if (silentMs < newSilenceMs) link.mendedAtMs = 0;
    const { isRestarting, mendedAtMs = 0, peer } = link;
    if (isRestarting && peer.awaitsAnswer) return;
    const negotiatedMs = performance.now() - peer.negotiatedAt;
    if (silentMs < Infinity && negotiatedMs < silentMs + clingMs) {
      // What was agreed upon gets its time.
      if (Math.min(negotiatedMs, silentMs) >= clingMs) this.offer(id);
      return;
    }
    const isOurs = silentMs > Math.max(restartDelayMs[this.#side(id)], 2 * mendedAtMs);
    // A restart that has had its answer was for the address before, when one's own network has changed again.
    if (isOurs && (!isRestarting || silentMs === Infinity)) void this.#restart(id, link, silentMs);
  }

  async receive(from: string, signal: Signal): Promise<void> {
    const link = this.#links.get(from);
    if (!link) {
      if (!isOffer(signal)) return;
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
    this.#stop(link, 'mending', 'patience', 'repetition', 'grace');
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
    if (before) this.#stop(before, 'mending', 'repetition', 'grace');
    before?.peer.close();
    const peer: Peer = new Peer({
      ...this.#bindingOf(id, () => peer),
      offers,
      iceServers: this.#iceServers,
      iceTransportPolicy: this.#options.iceTransportPolicy,
      tracks: this.#tracks,
      createConnection: this.#options.createConnection,
    });
    this.#links.set(id, {
      peer,
      connection: before?.connection ?? 'connecting',
      isAbsent: before?.isAbsent ?? false,
      rebuilds: before ? before.rebuilds + 1 : 0,
      timers: before?.timers ?? {},
    });
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
    if (!('description' in signal) || link?.peer !== peer || link.isAbsent) return;
    // Without it both sides would wait for each other. What the server took may end in a socket that is dead.
    if (!arrived || isOffer(signal)) this.#repeatLater(link);
  }

  #repeatLater(link: Link): void {
    this.#start(link, 'repetition', repeatDelayMs, () => link.peer.repeat());
  }

  #onPeerChange(id: string, peer: Peer): void {
    const link = this.#links.get(id);
    if (link?.peer !== peer) return;
    if (peer.isConnected) {
      if (!link.isRestarting || !peer.awaitsAnswer) {
        this.#stop(link, 'mending');
        link.isRestarting = false;
      }
      this.#stop(link, 'patience', 'grace');
      link.connection = 'connected';
      link.hasCarried = true;
      link.isCold = false;
      link.rebuilds = 0;
    } else {
      if (link.connection === 'connected') link.connection = 'reconnecting';
      if (link.timers.patience === undefined)
        this.#start(link, 'patience', stalledAfterMs, () => this.#onStalled(id, link));
      if (link.timers.grace === undefined) this.#start(link, 'grace', absentDelayMs, () => this.#onCold(id, link));
      if (this.#isGone(link)) this.delete(id);
      else this.#mendByState(id, link);
    }
    this.#options.onChange(id);
  }

  /** What helps a connection that is not there. A restart under way is given its time. */
  #mendByState(id: string, link: Link): void {
    const { connectionState } = link.peer.connection;
    const wait = restartDelayMs[this.#side(id)];
    const restart = (): void => void this.#restart(id, link);
    if (link.isAbsent) {
      link.isRestarting = false;
      this.#stop(link, 'mending', 'repetition');
    } else if (link.isRestarting) return;
    // ICE has given up; an ICE restart may still find a path.
    else if (connectionState === 'failed') this.#start(link, 'mending', wait, restart);
    // It hears nothing, and may come back by itself.
    else if (connectionState === 'disconnected') this.#start(link, 'mending', wait + disconnectedDelayMs, restart);
    else if (link.isAdopted) this.#mendAdopted(id, link);
    else this.#start(link, 'mending', this.#rebuildDelay(id, link), () => this.offer(id));
  }

  #mendAdopted(id: string, link: Link): void {
    const restart = (): void => this.#restartWith(id, link);
    if (link.peer.reachesServer) {
      this.#start(link, 'mending', adoptedDelayMs, restart);
    } else {
      this.#start(link, 'mending', stunDelayMs, () => {
        if (link.peer.reachesServer) this.#start(link, 'mending', adoptedDelayMs, restart);
        else restart();
      });
    }
  }

  #rebuildDelay(id: string, { rebuilds }: Link): number {
    return rebuildDelayMs[this.#side(id)] * 2 ** Math.min(rebuilds, doublingsMax);
  }

  #start(link: Link, name: Timer, delayMs: number, what: () => void): void {
    this.#stop(link, name);
    link.timers[name] = setTimeout(what, delayMs);
  }

  #stop({ timers }: Link, ...names: Timer[]): void {
    for (const name of names) {
      clearTimeout(timers[name]);
      timers[name] = undefined;
    }
  }

  /** Nothing more is to come from who is out of the room. */
  #isGone({ isAbsent, isCold, hasCarried, peer }: Link): boolean {
    return (
      isAbsent === true &&
      (!hasCarried || peer.connection.connectionState === 'failed' || (isCold === true && !peer.isConnected))
    );
  }

  #onCold(id: string, { timers }: Link): void {
    const link = this.#links.get(id);
    if (link?.timers !== timers) return;
    link.isCold = true;
    if (!this.#isGone(link)) return;
    this.delete(id);
    this.#options.onChange(id);
  }

  #onStalled(id: string, { timers }: Link): void {
    const link = this.#links.get(id);
    if (link?.timers !== timers) return;
    this.#start(link, 'patience', failedAfterMs - stalledAfterMs, () => {
      const failed = this.#links.get(id);
      if (failed?.timers !== timers) return;
      failed.connection = 'failed';
      this.#options.onChange(id);
    });
    this.#options.onStalled(id);
  }

  /** The two sides no longer agree on what they negotiated: nothing but a new connection helps. */
  #onPeerError(id: string, peer: Peer, error: unknown): void {
    const link = this.#links.get(id);
    if (link?.peer !== peer || link.isAbsent) return;
    this.#start(link, 'mending', rebuildDelayMs[this.#side(id)], () => this.offer(id));
    this.#options.onError(error);
  }

  /** Fresh servers first: credentials may have run out since the connection was made. Asked once for all who need them. */
  async #restart(id: string, link: Link, silentMs = Infinity): Promise<void> {
    link.isRestarting = true;
    this.#stop(link, 'mending');
    this.#fresh ??= this.#options
      .freshIceServers()
      // Where they are refused, those at hand must do: a path needs no new allocation in every case.
      .catch((error: unknown) => ((error as Refused).code === 'server-unreachable' ? undefined : this.#iceServers))
      .finally(() => (this.#fresh = undefined));
    const servers = await this.#fresh;
    const current = this.#links.get(id);
    if (current !== link || current.isAbsent || !current.isRestarting) {
      // Whoever is back by then must find nothing under way.
      link.isRestarting = false;
      return;
    }
    if (servers) {
      this.#iceServers = servers;
      if (silentMs < Infinity) link.mendedAtMs = silentMs;
      this.#restartWith(id, link);
    } else {
      // Who cannot be asked cannot pass an offer on, either: what there is of a path is left alone.
      link.isRestarting = false;
      this.#start(link, 'mending', repeatDelayMs, () => !link.peer.isConnected && void this.#restart(id, link));
    }
  }

  /** What is being tried goes on meanwhile. */
  #restartWith(id: string, link: Link): void {
    const { peer } = link;
    link.isAdopted = false;
    link.isRestarting = true;
    this.#start(link, 'mending', rebuildDelayMs[this.#side(id)], () => {
      link.isRestarting = false;
      if (!peer.isConnected || peer.awaitsAnswer) this.offer(id);
    });
    peer.restartIce(this.#iceServers);
  }
}
