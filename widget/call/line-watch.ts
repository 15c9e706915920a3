// One's own line to the server, when it matters: is a socket that says nothing dead, and is the server there again? It
// knows no media; what it finds out is that the socket must be opened anew.
import type { Session } from '../session/session.ts';
import type { Clock } from './clock.ts';

export interface LineWatchOptions {
  session: Pick<Session, 'on' | 'reopen' | 'sync' | 'isLost'>;
  /** Whether the server would let us in, by HTTP. */
  knock: (signal: AbortSignal) => Promise<boolean>;
  /** Nothing comes from anybody. As long as media flows, the server is away and not the line: that has time. */
  isCutOff: () => boolean;
  clock: Clock;
  signal: AbortSignal;
  /** 0 to 1. */
  random?: () => number;
}

/** Within this time a server answers over a socket that lives, and a page that is busy hears of it. */
const answerMs = 1_000;
/** A socket that has answered is not doubted for so long, one that was opened anew for twice as long each time. */
const trustMs = 4_000;
/**
 * A lost socket tries by itself, less and less often, and browsers delay a WebSocket that has failed before (Firefox up
 * to 60 s). They do not delay HTTP, so that is asked this often, and the socket opened once there is an answer.
 */
const knockEveryMs = 1_000;
/** A socket that was begun while nobody knew whether the line is whole gets so long. */
const hopeMs = 1_000;
/** The first one of a call may still be on its way when this is loaded. */
const firstMs = 3_000;
/**
 * One that was begun after the server has answered is left to itself for so long: opening may take 8 s, the answer to
 * the join 5 s. It is twice as long each time, and half as long again at random: many may have been lost at once.
 */
const openingMs = 13_000;
const doublingsMax = 3;

export class LineWatch {
  readonly #options: LineWatchOptions;
  #isAsking = false;
  #trustedUntil = 0;
  /** Times in a row that a socket was found dead. */
  #doubts = 0;
  #openingUntil: number;
  /** Sockets opened anew in a row, without one that was of use. */
  #opened = 0;

  constructor(options: LineWatchOptions) {
    this.#options = options;
    const { session, clock, signal } = options;
    this.#openingUntil = clock.now() + firstMs;
    session.on('lost', () => (this.#openingUntil = 0), signal);
    session.on('resumed', () => (this.#opened = 0), signal);
    clock.every(knockEveryMs, () => void this.#knock(), signal);
  }

  /** Nobody is heard. A socket whose address has gone would be believed for 18 s more. */
  async onSilence(): Promise<void> {
    const { session, clock, signal } = this.#options;
    if (this.#isLost() || this.#isAsking || clock.now() < this.#trustedUntil || !this.#options.isCutOff()) return;
    this.#isAsking = true;
    const late = new Promise<boolean>(resolve => clock.after(answerMs, () => resolve(true), signal));
    const isDead = await Promise.race([session.sync().then(() => false), late]);
    this.#isAsking = false;
    // A page too busy to hear an answer must not spend its time on opening sockets.
    this.#doubts = isDead ? this.#doubts + 1 : 0;
    this.#trustedUntil = clock.now() + trustMs * 2 ** Math.min(this.#doubts, doublingsMax);
    // It may have been found out meanwhile.
    if (isDead && !this.#isLost()) this.#reopen(hopeMs);
  }

  /** The system says that there is a network again. */
  onOnline(): void {
    if (this.#options.session.isLost) this.#reopen(hopeMs);
  }

  async #knock(): Promise<void> {
    const { session, knock, isCutOff, clock, signal, random = Math.random } = this.#options;
    const mayBegin = (): boolean => session.isLost && isCutOff() && clock.now() >= this.#openingUntil;
    if (!mayBegin()) return;
    // One knock may hang on a connection that is dead, too: the next one comes all the same.
    const answers = await knock(AbortSignal.any([signal, AbortSignal.timeout(2 * knockEveryMs)]));
    if (!answers || signal.aborted || !mayBegin()) return;
    this.#reopen(openingMs * 2 ** Math.min(this.#opened, doublingsMax) * (1 + random() / 2));
    this.#opened += 1;
  }

  #isLost(): boolean {
    return this.#options.session.isLost;
  }

  #reopen(openingForMs: number): void {
    const { session, clock } = this.#options;
    session.reopen(true);
    // After `lost`, which that may say.
    this.#openingUntil = clock.now() + openingForMs;
  }
}
