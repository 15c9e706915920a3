// What passes over the stage: one notice at a time, and the small states that end by themselves. It draws nothing.
import type { ReactiveControllerHost } from 'lit';
import { inRoom } from './call/call-state.ts';
import type { CallState, InRoomState, Participant } from './call/call-state.ts';
import type { Notice } from './ui/notice.ts';

/** After this long a join is called slow. */
const slowJoinMs = 8_000;
/** From this many other people on nobody is told who comes and goes. */
const crowd = 4;

export class Notices {
  slowJoin = false;
  readonly #host: ReactiveControllerHost;
  #audioBlocked = false;
  /** And the microphone is still off. */
  #mutedByHost: Notice | undefined;
  /** One's own, for want of network. */
  #videoOff: Notice | undefined;
  #passing: Notice | undefined;
  /** Who has already been said to be out of reach. */
  #failed: ReadonlySet<string> = new Set();
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** What must be heard comes before what merely happened. */
  get current(): Notice | undefined {
    if (this.#audioBlocked) return { kind: 'audioBlocked' };
    const passing = this.#passing;
    return passing?.kind === 'interrupted' || passing?.kind === 'problem'
      ? passing
      : (this.#mutedByHost ?? passing ?? this.#videoOff);
  }

  get audioBlocked(): boolean {
    return this.#audioBlocked;
  }

  set audioBlocked(blocked: boolean) {
    this.#audioBlocked = blocked;
    this.#host.requestUpdate();
  }

  show(notice: Notice | undefined): void {
    this.#passing = notice;
    this.#host.requestUpdate();
  }

  /** Of what stands now. */
  dismiss(): void {
    if (this.current === this.#passing) this.#passing = undefined;
    else this.#mutedByHost = undefined;
    this.#host.requestUpdate();
  }

  showMutedByHost(): void {
    this.#mutedByHost = { kind: 'mutedByHost' };
    this.#host.requestUpdate();
  }

  /** There is no path to this participant. Stands until there is one, or they are gone. */
  showTrouble(kind: 'noPath' | 'noConnection', { id, displayName }: Participant): void {
    this.show({ kind, id, name: displayName });
  }

  /** Stands until the microphone is back. A picture that stands still is seen without words. */
  onInterrupted(over: boolean): void {
    if (!over) this.show({ kind: 'interrupted' });
    else if (this.#passing?.kind === 'interrupted') this.show(undefined);
  }

  onState(state: CallState, previous: CallState): void {
    if (state.status !== previous.status) this.#onStatus(state.status, previous.status);
    if (state.local.microphone !== 'off' && previous.local.microphone === 'off') this.#mutedByHost = undefined;
    if (!inRoom(state) || !inRoom(previous)) return;
    this.#onConnections(state.participants);
    this.#onPictures(state, previous);
    const joined = missing(state.participants, previous.participants);
    const left = missing(previous.participants, state.participants);
    if (state.participants.length >= crowd) return;
    if (joined) this.show({ kind: 'joined', name: joined.displayName });
    else if (left) this.show({ kind: 'left', name: left.displayName });
  }

  #onPictures({ self, participants }: InRoomState, previous: InRoomState): void {
    this.#videoOff = self.camera && self.videoPaused ? (this.#videoOff ?? { kind: 'videoOff' }) : undefined;
    const sharing = participants.find(({ screen }) => screen);
    if (sharing && !previous.participants.some(({ id, screen }) => screen && id === sharing.id)) {
      this.show({ kind: 'sharing', name: sharing.displayName });
    }
  }

  #onConnections(participants: Participant[]): void {
    const passing = this.#passing;
    if (passing && 'id' in passing) {
      const about = participants.find(({ id }) => id === passing.id);
      if (!about || about.connection === 'connected') this.show(undefined);
    }
    const failed = participants.find(({ id, connection }) => connection === 'failed' && !this.#failed.has(id));
    this.#failed = new Set(participants.filter(({ connection }) => connection === 'failed').map(({ id }) => id));
    if (failed) this.showTrouble('noConnection', failed);
  }

  #onStatus(status: CallState['status'], previous: CallState['status']): void {
    clearTimeout(this.#slowTimer);
    this.slowJoin = false;
    if (status === 'joining') {
      this.#slowTimer = setTimeout(() => {
        this.slowJoin = true;
        this.#host.requestUpdate();
      }, slowJoinMs);
    }
    if (status === 'joined' && previous === 'reconnecting') this.show({ kind: 'back' });
    if (status === 'joined' || status === 'reconnecting') return;
    this.#audioBlocked = false;
    this.#passing = this.#mutedByHost = this.#videoOff = undefined;
  }
}

/** The first of `these` that is not among `those`. */
function missing<Item extends { id: string }>(these: Item[], those: Item[]): Item | undefined {
  const known = new Set(those.map(({ id }) => id));
  return these.find(({ id }) => !known.has(id));
}
