// W3C perfect negotiation (webrtc-pc §10.7) and nothing else: one connection, its descriptions and candidates.
import type { CandidateInit } from '../../protocol/events.ts';

export interface Description {
  type: 'offer' | 'answer';
  sdp: string;
}

/** One step, without the names of the two connections. `generation` counts our offers or theirs; an answer repeats it. */
export type NegotiationStep =
  { generation: number; description: Description } | { candidates: (CandidateInit | null)[] };

export interface NegotiationOptions {
  /**
   * Makes the first offer without gathering: `begin` does that, once the servers are known. Nothing that says where we are
   * is in it.
   */
  defers?: boolean;
  /** A deferred offer can be had. */
  onOffer?: () => void;
  /** While it holds, what is gathered is kept: there is nobody yet to send it to. */
  isHeld: () => boolean;
  /** Of two offers that cross, the polite side takes back its own. Asked each time: a spare does not know yet. */
  isPolite: () => boolean;
  send: (step: NegotiationStep) => void;
  /** Runs between a remote offer and our answer: the place to attach tracks to what was offered. */
  beforeAnswer: () => Promise<void>;
  /** A description could not be made or applied: the two sides no longer agree. */
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

/** Candidates that come within this time of the first go in one message. */
const candidateBatchMs = 30;
/** Nobody makes us repeat a description more often. */
const repeatEveryMs = 1_000;
/** Candidates of a description that has not come yet are kept for it: the latest, for some descriptions never come. */
const earlyCandidatesMax = 100;

export class Negotiation {
  readonly #pc: RTCPeerConnection;
  readonly #options: NegotiationOptions;
  #makingOffer = false;
  #isSettingRemoteAnswerPending = false;
  /** Of our newest offer. */
  #offered = 0;
  /** Of the newest offer of theirs that we took. */
  #received = 0;
  #repeatsAgainAt = 0;
  /** Gathered and not sent yet. */
  #batch: (CandidateInit | null)[] = [];
  /** Arrived before their description. */
  #early: CandidateInit[] = [];
  /** Made and not set: nothing is gathered for it yet. */
  #deferred: RTCSessionDescriptionInit | undefined;
  /** Settles when a deferred offer has been set. */
  #begun: Promise<void> | undefined;

  constructor(pc: RTCPeerConnection, options: NegotiationOptions) {
    this.#pc = pc;
    this.#options = options;
    const { signal } = options;
    pc.addEventListener('negotiationneeded', () => void this.#offer(), { signal });
    pc.addEventListener('icecandidate', ({ candidate }) => this.#onCandidate(candidate), { signal });
  }

  /** Applies one step of the other side. Steps may arrive while an earlier one is still being applied. */
  async receive(step: NegotiationStep): Promise<void> {
    try {
      await this.#begun;
      if ('description' in step) await this.#receiveDescription(step.description, step.generation);
      else await Promise.all(step.candidates.map(candidate => this.#receiveCandidate(candidate)));
    } catch (error) {
      this.#onError(error);
    }
  }

  /** The offer that waits for its answer, with the candidates that are there; for who sends it by a way of their own. */
  get offer(): { generation: number; sdp: string } | undefined {
    const pending = this.awaitsAnswer ? this.#pc.localDescription : undefined;
    const { sdp } = this.#deferred ?? pending ?? {};
    // What is in it is sent again with the rest: which of several ways it went by, and what it held then, nobody knows here.
    if (!sdp) return undefined;
    return { generation: this.#offered, sdp };
  }

  /** Gathers for the offer that was deferred, and sends what was held. */
  async begin(): Promise<void> {
    const offer = this.#deferred;
    this.#deferred = undefined;
    if (offer) this.#begun = this.#pc.setLocalDescription(offer).catch((error: unknown) => this.#onError(error));
    this.#sendBatch();
    await this.#begun;
  }

  /** As `repeat`, because of what the other side sent: now and then only, whatever that is and how often. */
  repeatOnDemand(): void {
    const now = performance.now();
    if (now < this.#repeatsAgainAt) return;
    this.#repeatsAgainAt = now + repeatEveryMs;
    this.repeat();
  }

  /** Sends the description in force once more, with the candidates gathered since: the first time it did not arrive. */
  repeat(): void {
    const isOffer = this.#pc.localDescription?.type === 'offer';
    if (isOffer === this.awaitsAnswer) this.#sendLocalDescription();
  }

  /** Our newest offer has no answer yet. */
  get awaitsAnswer(): boolean {
    return this.#pc.signalingState === 'have-local-offer';
  }

  /** Whether an offer that arrives now would be ignored. */
  get ignoresOffers(): boolean {
    return !this.#options.isPolite() && !this.#readyForOffer();
  }

  #readyForOffer(): boolean {
    return !this.#makingOffer && (this.#pc.signalingState === 'stable' || this.#isSettingRemoteAnswerPending);
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      if (this.#options.defers && this.#offered === 0) {
        this.#deferred = await this.#pc.createOffer();
        this.#offered += 1;
        this.#options.onOffer?.();
        return;
      }
      await this.#pc.setLocalDescription();
      this.#offered += 1;
      if (!this.#options.isHeld()) this.#sendLocalDescription();
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveDescription(description: Description, generation: number): Promise<void> {
    if (description.type === 'answer') {
      await this.#receiveAnswer(description, generation);
      return;
    }
    // They would have taken theirs back if they had heard ours.
    if (this.ignoresOffers) {
      this.repeatOnDemand();
      return;
    }
    if (generation < this.#received) return;
    if (generation === this.#received) {
      // They did not hear our answer.
      if (this.#pc.signalingState === 'stable') this.repeatOnDemand();
      return;
    }
    this.#received = generation;
    await this.#pc.setRemoteDescription(description);
    await this.#takeEarly(description);
    await this.#options.beforeAnswer();
    await this.#pc.setLocalDescription();
    this.#sendLocalDescription();
  }

  /** A late or repeated answer, or one to an offer that was taken back, answers nothing. */
  async #receiveAnswer(description: Description, generation: number): Promise<void> {
    if (generation !== this.#offered || !this.awaitsAnswer) return;
    if (this.#isSettingRemoteAnswerPending) return;
    this.#isSettingRemoteAnswerPending = true;
    try {
      await this.#pc.setRemoteDescription(description);
    } finally {
      this.#isSettingRemoteAnswerPending = false;
    }
    await this.#takeEarly(description);
  }

  /** One that cannot be added, because its offer was ignored or its generation is over, is one path less. */
  async #receiveCandidate(candidate: CandidateInit | null): Promise<void> {
    const { remoteDescription } = this.#pc;
    const isEarly = candidate && !(remoteDescription && belongsTo(candidate, remoteDescription));
    if (isEarly) this.#early = [...this.#early, candidate].slice(-earlyCandidatesMax);
    else await this.#pc.addIceCandidate(candidate).catch(() => undefined);
  }

  async #takeEarly(description: Description): Promise<void> {
    const isTheirs = (candidate: CandidateInit): boolean => belongsTo(candidate, description);
    const now = this.#early.filter(isTheirs);
    // What belongs to a description that is still to come waits on.
    this.#early = this.#early.filter(candidate => !isTheirs(candidate));
    await Promise.all(now.map(candidate => this.#receiveCandidate(candidate)));
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    // Browsers say the end of candidates of one generation by '' and of gathering by null; one of them is enough.
    if (candidate?.candidate === '') return;
    this.#batch.push(candidate && toCandidateInit(candidate));
    if (this.#batch.length === 1) setTimeout(() => this.#sendBatch(), candidateBatchMs);
  }

  #sendBatch(): void {
    if (this.#options.isHeld()) return;
    const candidates = this.#batch.splice(0);
    if (candidates.length > 0 && !this.#options.signal.aborted) this.#options.send({ candidates });
  }

  /** With the candidates that are there already; those that wait to be sent are among them. */
  #sendLocalDescription(): void {
    const description = this.#pc.localDescription;
    if (description?.type !== 'offer' && description?.type !== 'answer') return;
    const { type, sdp } = description;
    this.#forgetSent(sdp);
    this.#options.send({ generation: type === 'offer' ? this.#offered : this.#received, description: { type, sdp } });
  }

  /** What travels in a description need not travel again. */
  #forgetSent(sdp: string): void {
    this.#batch = this.#batch.filter(candidate => candidate === null || !sdp.includes(`a=${candidate.candidate}\r\n`));
  }

  #onError(error: unknown): void {
    if (!this.#options.signal.aborted) this.#options.onError(error);
  }
}

/** RFC 8839 §5.4: the fragment names the generation of candidates. Without one there is nothing to tell by. */
function belongsTo({ usernameFragment }: CandidateInit, { sdp }: Pick<Description, 'sdp'>): boolean {
  return !usernameFragment || sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
}

function toCandidateInit({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): CandidateInit {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
