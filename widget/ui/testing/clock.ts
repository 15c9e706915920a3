// For tests: timers that run when the test says so. Not part of the product.

/** Takes the place of the browser's timers until `restore`. */
export class Clock {
  readonly #timers = new Map<number, { run: () => void; delayMs: number }>();
  readonly #set = globalThis.setTimeout;
  readonly #clear = globalThis.clearTimeout;

  constructor() {
    let last = 0;
    const set = (run: () => void, delayMs = 0): number => {
      this.#timers.set(++last, { run, delayMs });
      return last;
    };
    globalThis.setTimeout = set as typeof setTimeout;
    globalThis.clearTimeout = ((id: number) => this.#timers.delete(id)) as typeof clearTimeout;
  }

  /** The delays of what is waiting. */
  get waiting(): number[] {
    return [...this.#timers.values()].map(({ delayMs }) => delayMs);
  }

  run(): void {
    const due = [...this.#timers.values()];
    this.#timers.clear();
    for (const { run } of due) run();
  }

  restore(): void {
    globalThis.setTimeout = this.#set;
    globalThis.clearTimeout = this.#clear;
  }
}
