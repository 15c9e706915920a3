// One's own line to the server, when it matters: is a socket that says nothing dead, and is the server there again? It
// knows no media; what it finds out is that the socket must be opened anew.
import type { Session } from '../session/session.ts';
import type { Clock } from './clock.ts';

export interface LineWatchOptions {
  session: Pick<Session, 'on' | 'reopen' | 'iceServers'>;
  /** Whether the server answers by HTTP. */
  knock: (signal: AbortSignal) => Promise<boolean>;
  /** Nothing comes from anybody. As long as media flows, the server is away and not the line: that has time. */
  isCutOff: () => boolean;
  clock: Clock;
  signal: AbortSignal;
}

/** Within this time a server answers over a socket that lives, and a page that is busy hears of it. */
const answerMs = 1_000;
/** A socket that has answered, or was opened anew, is not doubted for so long: credentials are few a minute. */
const trustMs = 4_000;
/**
 * A lost socket tries by itself, less and less often, and browsers delay a WebSocket that has failed before (Firefox up
 * to 60 s). They do not delay HTTP, so that is asked this often, and the socket opened once there is an answer.
 */
const knockEveryMs = 1_000;
/** A socket takes some round trips to be opened; it is not begun again meanwhile. */
const openingMs = 4_000;

export class LineWatch {
  readonly #options: LineWatchOptions;
  #isLost = false;
  #isAsking = false;
  #trustedUntil = 0;
  #openingUntil = 0;
  /** Sockets opened anew in a row, without one that answered. */
  #opened = 0;

  constructor(options: LineWatchOptions) {
    this.#options = options;
    const { session, clock, signal } = options;
    session.on('lost', () => (this.#isLost = true), signal);
    session.on('resumed', () => (this.#isLost = false), signal);
    clock.every(knockEveryMs, () => void this.#knock(), signal);
  }

  /** Nobody is heard. A socket whose address has gone would be believed for 18 s more. */
  async onSilence(): Promise<void> {
    const { session, clock, signal } = this.#options;
    if (this.#isLost || this.#isAsking || clock.now() < this.#trustedUntil || !this.#options.isCutOff()) return;
    this.#isAsking = true;
    const late = new Promise<boolean>(resolve => clock.after(answerMs, () => resolve(true), signal));
    // A refusal is an answer, too.
    const answered = session.iceServers().then(
      () => false,
      () => false,
    );
    const isDead = await Promise.race([answered, late]);
    this.#isAsking = false;
    // A page too busy to hear an answer must not spend its time on opening sockets.
    this.#opened = isDead ? this.#opened + 1 : 0;
    this.#trustedUntil = clock.now() + trustMs * 2 ** Math.max(0, this.#opened - 1);
    if (isDead && !this.#isAway()) session.reopen(true);
  }

  /** The system says that there is a network again. */
  onOnline(): void {
    if (this.#isLost) this.#options.session.reopen(true);
  }

  /** It may have changed while something was waited for. */
  #isAway(): boolean {
    return this.#isLost;
  }

  async #knock(): Promise<void> {
    const { session, knock, isCutOff, clock, signal } = this.#options;
    if (!this.#isLost || !isCutOff()) return;
    // One knock may hang on a connection that is dead, too: the next one comes all the same.
    const answers = await knock(AbortSignal.any([signal, AbortSignal.timeout(2 * knockEveryMs)]));
    if (!answers || !this.#isAway() || signal.aborted || clock.now() < this.#openingUntil) return;
    this.#openingUntil = clock.now() + openingMs;
    session.reopen(true);
  }
}
