// For tests: a clock that the test moves. It counts what still waits. Not part of the product.
import type { Clock } from '../clock.ts';

interface Timer {
  due: number;
  intervalMs?: number;
  run: () => void;
}

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;

  now = (): number => this.#now;

  every = (intervalMs: number, run: () => void, signal: AbortSignal): void => {
    this.#add({ due: this.#now + intervalMs, intervalMs, run }, signal);
  };

  after = (delayMs: number, run: () => void, signal: AbortSignal): void => {
    this.#add({ due: this.#now + delayMs, run }, signal);
  };

  /** What would still run. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and everything that a timer started come to rest before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((one, other) => one.due - other.due);
      if (!next || next.due > end) break;
      this.#now = next.due;
      if (next.intervalMs === undefined) this.#timers.delete(next);
      else next.due += next.intervalMs;
      next.run();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  #add(timer: Timer, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#timers.add(timer);
    signal.addEventListener('abort', () => this.#timers.delete(timer), { once: true });
  }
}

/** After everything that is only a promise away. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
