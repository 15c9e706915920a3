// One RTCPeerConnection to one participant. It knows its four tracks each way; it knows no roster and no socket.
import type { FirstOffer, IceServer, Signal } from '../../protocol/events.ts';
import { randomId } from '../session/random-id.ts';
import type { ParticipantMedia } from './call-state.ts';
import { withDtlsRole } from './dtls-role.ts';
import { Negotiation } from './negotiation.ts';
import type { NegotiationStep } from './negotiation.ts';
import { reachesFar } from './reach.ts';

/**
 * What is sent to each participant, in the order of the media sections of the first offer: microphone, camera, screen and
 * the screen's sound. All are laid at once and stay, so that nothing that starts later negotiates.
 */
export const trackKinds = ['audio', 'video', 'screen', 'screenAudio'] as const;
export type TrackKind = (typeof trackKinds)[number];

/** The kind of media that each of them is to the browser. */
const mediaOf = { audio: 'audio', video: 'video', screen: 'video', screenAudio: 'audio' } as const;

export type LocalTracks = Partial<Record<TrackKind, MediaStreamTrack>>;

/** What ties a connection to one participant. */
export interface PeerBinding {
  polite: boolean;
  send: (signal: Signal) => void;
  /** The connection, the media or both are other than before. */
  onChange: () => void;
  onError: (error: unknown) => void;
}

export interface PeerOptions extends PeerBinding {
  /** The side that offers first lays the media sections; the other takes them over. */
  offers: boolean;
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  tracks: LocalTracks;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Makes a spare: nobody is told of anything before `bind`. Called once its offer is worth taking. */
  onOffer?: () => void;
}

export class Peer {
  readonly connectionId = randomId(12);
  /** When a description was last offered or answered here, as `performance.now()`. */
  negotiatedAt = 0;
  readonly #options: PeerOptions;
  readonly #pc: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #lifetime = new AbortController();
  readonly #media: ParticipantMedia = {};
  #binding: PeerBinding;
  #tracks: LocalTracks;
  #remoteConnectionId: string | undefined;
  #isHeld: boolean;
  #reachesServer = false;
  #attaching = Promise.resolve();

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#binding = options;
    this.#tracks = options.tracks;
    const { iceServers, iceTransportPolicy } = options;
    this.#pc = options.createConnection({ iceServers, iceTransportPolicy, bundlePolicy: 'max-bundle' });
    const { signal } = this.#lifetime;
    const { onOffer } = options;
    this.#isHeld = onOffer !== undefined;
    this.#negotiation = new Negotiation(this.#pc, {
      ...(onOffer && iceTransportPolicy === 'relay' && { defers: true, onOffer }),
      isPolite: () => this.#binding.polite,
      isHeld: () => this.#isHeld,
      send: step => this.#send(step),
      beforeAnswer: () => this.#attachTracks(),
      onError: error => this.#binding.onError(error),
      signal,
    });
    if (onOffer) this.#pc.addEventListener('icecandidate', event => this.#onGathered(event, onOffer), { signal });
    this.#pc.addEventListener('track', event => this.#onTrack(event), { signal });
    this.#pc.addEventListener('signalingstatechange', () => (this.negotiatedAt = performance.now()), { signal });
    this.#pc.addEventListener('connectionstatechange', () => this.#binding.onChange(), { signal });
    if (options.offers) {
      for (const kind of trackKinds)
        this.#pc.addTransceiver(this.#tracks[kind] ?? mediaOf[kind], { direction: 'sendrecv' });
    }
  }

  /** The first offer of a spare, with the candidates that are there by now. */
  get firstOffer(): FirstOffer | undefined {
    const { offer } = this.#negotiation;
    return offer && { connectionId: this.connectionId, ...offer };
  }

  /** Gives a spare connection, whose first offer has gone out, to a participant. */
  bind(binding: PeerBinding, iceServers: IceServer[]): void {
    this.#binding = binding;
    this.#isHeld = false;
    // For what has yet to be gathered: all of it where the offer was deferred, else a new path, should this one fail.
    this.setIceServers(iceServers);
    void this.#negotiation.begin();
  }

  /** Of a spare: the STUN server has answered, so UDP gets through. */
  get reachesServer(): boolean {
    return this.#reachesServer;
  }

  get isConnected(): boolean {
    return this.#pc.connectionState === 'connected';
  }

  /** Our newest offer has no answer yet. */
  get awaitsAnswer(): boolean {
    return this.#negotiation.awaitsAnswer;
  }

  /** For those who watch it and set what its senders may take; who is connected to whom is decided here. */
  get connection(): RTCPeerConnection {
    return this.#pc;
  }

  get media(): ParticipantMedia {
    return this.#media;
  }

  /** Whether `signal` needs a new connection on our side: the other one has started over, or both offered first. */
  isSupersededBy(signal: Signal): boolean {
    if (!isOffer(signal) || this.#isForeign(signal)) return false;
    if (this.#remoteConnectionId !== undefined) return signal.connectionId !== this.#remoteConnectionId;
    return this.#options.offers && !this.#negotiation.ignoresOffers;
  }

  /** Takes one signal; what belongs to a connection that is gone is dropped. */
  async receive(signal: Signal): Promise<void> {
    const offers = isOffer(signal);
    const crossed = offers && this.#remoteConnectionId === undefined && this.#negotiation.ignoresOffers;
    if (crossed || this.#isForeign(signal)) {
      // Two first offers crossed and ours stands, or they offer to a connection that we have given up: they have not heard ours.
      if (offers) this.#negotiation.repeatOnDemand();
      return;
    }
    if ('description' in signal) this.#remoteConnectionId ??= signal.connectionId;
    if (signal.connectionId === this.#remoteConnectionId) await this.#negotiation.receive(signal);
  }

  /** Says again what did not arrive. */
  repeat(): void {
    this.#negotiation.repeat();
  }

  /** Sends `tracks` from now on; never renegotiates. */
  async setTracks(tracks: LocalTracks): Promise<void> {
    this.#tracks = tracks;
    await this.#attachTracks();
  }

  /** For what is gathered from now on. */
  setIceServers(iceServers: IceServer[]): void {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** Looks for a new path with fresh servers (RFC 8445 §2.4). */
  restartIce(iceServers: IceServer[]): void {
    this.setIceServers(iceServers);
    this.#pc.restartIce();
  }

  close(): void {
    this.#lifetime.abort();
    this.#pc.close();
  }

  /** Meant for another connection of ours than this. */
  #isForeign({ remoteConnectionId = this.connectionId }: Signal): boolean {
    return remoteConnectionId !== this.connectionId;
  }

  #onGathered({ candidate }: RTCPeerConnectionIceEvent, onOffer: () => void): void {
    this.#reachesServer ||= candidate === null || candidate.type === 'srflx';
    if (this.#reachesServer || (candidate && reachesFar(candidate))) onOffer();
  }

  #send(step: NegotiationStep): void {
    const names = { connectionId: this.connectionId, remoteConnectionId: this.#remoteConnectionId };
    if ('candidates' in step || step.description.type === 'answer') {
      this.#binding.send({ ...names, ...step });
    } else {
      const sdp = withDtlsRole(step.description.sdp, this.#pc);
      this.#binding.send({ ...names, generation: step.generation, description: { type: 'offer', sdp } });
    }
  }

  /** One after another: a sender shows its new track only once that is in place. */
  #attachTracks(): Promise<void> {
    return (this.#attaching = this.#attaching.then(() => this.#attachNow()));
  }

  /** Puts our tracks onto the media sections in their order, whoever offered them. */
  async #attachNow(): Promise<void> {
    if (this.#lifetime.signal.aborted) return;
    const transceivers = this.#pc.getTransceivers();
    await Promise.all(
      trackKinds.map(async (kind, section) => {
        const transceiver = transceivers[section];
        if (!transceiver) return;
        transceiver.direction = 'sendrecv';
        const track = this.#tracks[kind] ?? null;
        if (transceiver.sender.track === track) return;
        await transceiver.sender.replaceTrack(track).catch((error: unknown) => {
          if (!this.#lifetime.signal.aborted) this.#binding.onError(error);
        });
      }),
    );
  }

  #onTrack({ track, transceiver }: RTCTrackEvent): void {
    const kind = trackKinds[this.#pc.getTransceivers().indexOf(transceiver)];
    if (!kind || track.kind !== mediaOf[kind]) return;
    this.#media[kind] = new MediaStream([track]);
    this.#binding.onChange();
  }
}

export const isOffer = (signal: Signal): boolean => 'description' in signal && signal.description.type === 'offer';
