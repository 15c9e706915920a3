// One worker that is kept running: starts the thread, starts it anew when it died, remembers its last report. Knows no
// other worker.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ListeningAddress, TurnCertificate, TurnLogger } from '../options.ts';
import { Revocations } from '../core/revocations.ts';
import { addUp, zeroOf } from './add-up.ts';
import type { FromWorker, ToWorker, WorkerError, WorkerReport } from './worker-messages.ts';
import { onSamePorts } from './worker-options.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What kills a worker at once may do so again: it waits longer each time, and not for ever. */
const firstDelayMs = 100;
const maxDelayMs = 10_000;

/** A worker that lived this long died of something new. */
const soundAfterMs = 60_000;

/** A worker that does not even close is ended from outside. */
const closePatienceMs = 5000;

// The built file: threads run no TypeScript.
const workerFile = new URL('./worker.js', import.meta.url);

export class SupervisedWorker {
  readonly #logger: TurnLogger | undefined;
  #options: WorkerOptions;
  #addresses: readonly ListeningAddress[] = [];
  #thread: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  #isClosing = false;
  #isDraining = false;
  /** What a thread that is started anew would not know. */
  readonly #revocations = new Revocations();
  readonly #drained = new AbortController();
  #now: WorkerReport | undefined;
  /** What threads that are gone have done; they hold nothing. */
  #before: WorkerReport | undefined;

  constructor(options: WorkerOptions, logger: TurnLogger | undefined) {
    this.#options = options;
    this.#logger = logger;
  }

  /** From the first start on the same, also after a restart. */
  get addresses(): readonly ListeningAddress[] {
    return this.#addresses;
  }

  /** As of the last second; of a worker that is down, what it did, and that it holds nothing. */
  get report(): WorkerReport {
    return addUp([this.#before, this.#now].filter(report => report !== undefined));
  }

  /** @throws what `createTurnServer` does; then nothing is left open, and nothing is started anew */
  async start(): Promise<void> {
    const outcome = await this.#run();
    if (outcome.type === 'listening') return;
    await this.close();
    throw outcome.error;
  }

  /** For TLS connections from now on, also after a restart. */
  setCertificate(certificate: TurnCertificate): void {
    const { tls } = this.#options;
    if (tls) this.#options = { ...this.#options, tls: { ...tls, certificate } };
    this.#tell({ type: 'certificate', certificate });
  }

  /** As `TurnServer.revoke`, also after a restart. */
  revoke(subject: string, forSec: number): void {
    this.#revocations.sweep(Date.now());
    this.#revocations.add(subject, Date.now() + forSec * 1000);
    this.#tell({ type: 'revoke', subject, forSec });
  }

  /** As `TurnServer.drain`. A worker that dies meanwhile holds nothing any more, and is not started anew. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    clearTimeout(this.#restart);
    if (this.#thread === undefined || this.#drained.signal.aborted) return;
    this.#tell({ type: 'drain' });
    await once(this.#drained.signal, 'abort');
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === undefined) return;
    const exited = once(thread, 'exit');
    this.#tell({ type: 'close' });
    const impatience = setTimeout(() => void thread.terminate(), closePatienceMs);
    await exited;
    clearTimeout(impatience);
  }

  #tell(message: ToWorker): void {
    this.#thread?.postMessage(message);
  }

  #revokeAgain(): void {
    for (const [subject, until] of this.#revocations.entries()) {
      this.#tell({ type: 'revoke', subject, forSec: (until - Date.now()) / 1000 });
    }
  }

  /** Starts a thread. Settles when it listens, or has ended without. */
  #run(): Promise<{ type: 'listening' } | { type: 'ended'; error: Error }> {
    return new Promise(resolve => {
      const startedAt = performance.now();
      const thread = new Worker(workerFile, { workerData: this.#options });
      this.#thread = thread;
      let failure: Error | undefined;

      thread.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'listening':
            this.#addresses = message.addresses;
            // Those who were told this port do not ask again.
            this.#options = onSamePorts(this.#options, message.addresses);
            this.#now = message.report;
            this.#revokeAgain();
            resolve({ type: 'listening' });
            break;
          case 'drained':
            this.#drained.abort();
            break;
          case 'failed':
            failure = errorOf(message.error);
            break;
          case 'report':
            this.#now = message.report;
            break;
          case 'log':
            this.#logger?.[message.level](message.fields, message.text);
            break;
        }
      });
      // 'exit' follows, whatever it was.
      thread.on('error', error => (failure = error));
      thread.once('exit', code => {
        this.#thread = undefined;
        if (this.#now) this.#before = whatIsLeftOf(this.report);
        this.#now = undefined;
        const error = failure ?? new Error(`A worker of the relay ended with ${code}.`);
        resolve({ type: 'ended', error });
        // Never listened: that is for `start` to tell.
        if (this.#isClosing || this.#isDraining) this.#drained.abort();
        if (!this.#isClosing && !this.#isDraining && this.#addresses.length > 0)
          this.#startAnew(error, performance.now() - startedAt);
      });
    });
  }

  #startAnew(error: Error, livedMs: number): void {
    if (livedMs >= soundAfterMs) this.#delayMs = firstDelayMs;
    const port = this.#options.port;
    this.#logger?.error({ err: error, port, delayMs: this.#delayMs }, 'turn: a worker ended and is started anew');
    this.#restart = setTimeout(() => void this.#run(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, maxDelayMs);
  }
}

/** Nothing is held any more, but what was done was done. */
const whatIsLeftOf = ({ counts, counters, transports }: WorkerReport): WorkerReport => ({
  counts: zeroOf(counts),
  counters,
  transports: {
    ...transports,
    allocations: zeroOf(transports.allocations),
    connections: zeroOf(transports.connections),
  },
});

const errorOf = ({ name, message, stack, code, port, address }: WorkerError): Error => {
  const error =
    name === 'RangeError'
      ? new RangeError(message)
      : name === 'TypeError'
        ? new TypeError(message)
        : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, { code, port, address });
};
