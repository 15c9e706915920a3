// Time, for what must be told the time: a test moves it by hand. It knows nobody who asks.

export interface Clock {
  /** ms; only ever goes forward, and says nothing about the day. */
  now: () => number;
  /** Runs again and again until `signal` aborts. */
  every: (intervalMs: number, run: () => void, signal: AbortSignal) => void;
  /** Runs once, unless `signal` aborts before. */
  after: (delayMs: number, run: () => void, signal: AbortSignal) => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  every: (intervalMs, run, signal) => {
    if (signal.aborted) return;
    const timer = setInterval(run, intervalMs);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  },
  after: (delayMs, run, signal) => {
    if (signal.aborted) return;
    const stop = (): void => clearTimeout(timer);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      run();
    }, delayMs);
    signal.addEventListener('abort', stop, { once: true });
  },
};
