// W3C perfect negotiation (webrtc-pc §10.7) and nothing else: one connection, its descriptions and candidates.
import type { CandidateInit } from '../../protocol/events.ts';

/** One step, without the names of the two connections. */
export type NegotiationStep =
  { description: { type: 'offer' | 'answer'; sdp: string } } | { candidate: CandidateInit | null };

export interface NegotiationOptions {
  /** Of two offers that cross, the polite side takes back its own. */
  polite: boolean;
  send: (step: NegotiationStep) => void;
  /** Runs between a remote offer and our answer: the place to attach tracks to what was offered. */
  beforeAnswer: () => Promise<void>;
  /** A description could not be made or applied: the two sides no longer agree. */
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

export class Negotiation {
  readonly #pc: RTCPeerConnection;
  readonly #options: NegotiationOptions;
  #makingOffer = false;
  #isSettingRemoteAnswerPending = false;

  constructor(pc: RTCPeerConnection, options: NegotiationOptions) {
    this.#pc = pc;
    this.#options = options;
    const { signal } = options;
    pc.addEventListener('negotiationneeded', () => void this.#offer(), { signal });
    pc.addEventListener(
      'icecandidate',
      ({ candidate }) => {
        // Browsers say the end of candidates of one generation by '' and of gathering by null; one of them is enough.
        if (candidate?.candidate !== '') options.send({ candidate: candidate && toCandidateInit(candidate) });
      },
      { signal },
    );
  }

  /** Applies one step of the other side. Steps may arrive while an earlier one is still being applied. */
  async receive(step: NegotiationStep): Promise<void> {
    try {
      if ('description' in step) await this.#receiveDescription(step.description);
      else await this.#receiveCandidate(step.candidate);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Sends the description in force once more, with the candidates gathered since: the first time it did not arrive. */
  repeat(): void {
    const isOffer = this.#pc.localDescription?.type === 'offer';
    if (isOffer === (this.#pc.signalingState === 'have-local-offer')) this.#sendLocalDescription();
  }

  /** Whether an offer that arrives now would be ignored. */
  get ignoresOffers(): boolean {
    return !this.#options.polite && !this.#readyForOffer();
  }

  #readyForOffer(): boolean {
    return !this.#makingOffer && (this.#pc.signalingState === 'stable' || this.#isSettingRemoteAnswerPending);
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.#pc.setLocalDescription();
      this.#sendLocalDescription();
    } catch (error) {
      this.#report(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #receiveDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    const isOffer = description.type === 'offer';
    if (isOffer && this.ignoresOffers) return;
    // A late or repeated answer answers nothing.
    if (!isOffer && this.#pc.signalingState !== 'have-local-offer') return;
    this.#isSettingRemoteAnswerPending = !isOffer;
    try {
      await this.#pc.setRemoteDescription(description);
    } finally {
      this.#isSettingRemoteAnswerPending = false;
    }
    if (!isOffer) return;
    await this.#options.beforeAnswer();
    await this.#pc.setLocalDescription();
    this.#sendLocalDescription();
  }

  /** One that cannot be added, because its offer was ignored or its generation is over, is one path less. */
  async #receiveCandidate(candidate: CandidateInit | null): Promise<void> {
    await this.#pc.addIceCandidate(candidate).catch(() => undefined);
  }

  #sendLocalDescription(): void {
    const description = this.#pc.localDescription;
    if (description?.type === 'offer' || description?.type === 'answer') {
      this.#options.send({ description: { type: description.type, sdp: description.sdp } });
    }
  }

  #report(error: unknown): void {
    if (!this.#options.signal.aborted) this.#options.onError(error);
  }
}

function toCandidateInit({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): CandidateInit {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
