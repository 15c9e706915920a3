// One's own line to the server, when it matters: is a socket that says nothing dead, and does the next one take too long?
// It knows no media; what it finds out is that the socket must be opened anew.
import type { Session } from '../session/session.ts';
import type { Clock } from './clock.ts';

export interface LineWatchOptions {
  session: Pick<Session, 'on' | 'reopen' | 'rest' | 'sync' | 'isLost'>;
  /** Whether the server would let us in, by HTTP. Undefined: a socket is to find that out. */
  knock?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Nothing comes from anybody. As long as media flows, the server is away and not the line: that has time. */
  isCutOff: () => boolean;
  clock: Clock;
  signal: AbortSignal;
  /** 0 to 1. */
  random?: () => number;
}

/** Within this time a server answers over a socket that lives, and a page that is busy hears of it. */
const answerMs = 1_000;
/** In one silence, a socket that has answered is not doubted for so long, one that was opened anew for twice as long each time. */
const trustMs = 4_000;
const doublingsMax = 3;
/**
 * A socket that does not come is begun anew after so long, twice as long each time, and up to a quarter later at random:
 * many may have been lost at once. Socket.IO would wait 8 s for each and as long again before the next, and systems ask
 * a line that does not answer less and less often.
 */
const openingMs = { first: 2_000, longest: 6_000 };
const lookEveryMs = 1_000;
/** A knock may hang on a connection that is dead, too: the next one comes all the same. */
const knockMs = 2_000;

export class LineWatch {
  readonly #options: LineWatchOptions;
  #isAsking = false;
  #trustedUntil = 0;
  /** Times in a row that a socket was found dead. */
  #doubts = 0;
  #openingUntil = 0;
  /** Sockets opened anew in a row, without one that was of use. The first one of a call may be on its way. */
  #opened = 1;
  #isResting = false;

  constructor(options: LineWatchOptions) {
    this.#options = options;
    const { session, clock, signal } = options;
    this.#wait();
    session.on('lost', () => this.#wait(), signal);
    session.on('resumed', () => (this.#opened = 0), signal);
    clock.every(lookEveryMs, () => void this.#look(), signal);
  }

  /** Nobody is heard. A socket whose address has gone would be believed for 18 s more. */
  async onSilence(): Promise<void> {
    const { session, clock, signal, isCutOff } = this.#options;
    const mayBeDead = (): boolean => !session.isLost && isCutOff();
    if (this.#isAsking || clock.now() < this.#trustedUntil || !mayBeDead()) return;
    this.#isAsking = true;
    const late = new Promise<boolean>(resolve => clock.after(answerMs, () => resolve(true), signal));
    const isDead = await Promise.race([session.sync().then(() => false), late]);
    this.#isAsking = false;
    // A page too busy to hear an answer must not spend its time on opening sockets.
    this.#doubts = isDead ? this.#doubts + 1 : 0;
    this.#trustedUntil = clock.now() + trustMs * 2 ** Math.min(this.#doubts, doublingsMax);
    // It may have been found out, or somebody heard, meanwhile.
    if (isDead && mayBeDead()) this.#reopen();
  }

  /** Somebody is heard, or was connected to, and signalling brought that about: the next silence is another one. */
  onWhole(): void {
    this.#doubts = this.#trustedUntil = this.#opened = 0;
  }

  /** The system says that there is a network again. */
  onOnline(): void {
    this.#opened = 0;
    if (this.#options.session.isLost) this.#reopen();
  }

  async #look(): Promise<void> {
    const { session, clock, signal, isCutOff, knock } = this.#options;
    const isDue = (): boolean => session.isLost && clock.now() >= this.#openingUntil && !signal.aborted;
    if (!isDue()) return;
    if (knock && isCutOff()) {
      session.rest();
      this.#isResting = true;
      const answers = await knock(AbortSignal.any([signal, AbortSignal.timeout(knockMs)]));
      if (answers && isDue()) this.#reopen();
    } else if (this.#isResting || isCutOff()) this.#reopen();
  }

  #reopen(): void {
    this.#isResting = false;
    this.#opened += 1;
    this.#options.session.reopen(true);
    this.#wait();
  }

  /** Leaves the socket that has just been begun, or is about to be, to itself for a while. */
  #wait(): void {
    const { clock, random = Math.random } = this.#options;
    const forMs = Math.min(openingMs.first * 2 ** this.#opened, openingMs.longest);
    this.#openingUntil = clock.now() + forMs * (1 + random() / 4);
  }
}
