// The clock and the timers of a relay with sockets, moved by hand. For tests only.
import type { TestContext } from 'node:test';

export interface TestClock {
  /** Second by second, so that each timer finds the time at which it is due. */
  tick(ms: number): void;
}

const stepMs = 1000;

/** From now on, and until the test ends, time passes by {@link TestClock.tick} alone; that of day goes on by itself. */
export const stopClock = (t: TestContext): TestClock => {
  // Whole: fractions would add up to less than was waited for.
  let nowMs = Math.ceil(performance.now());
  t.mock.method(performance, 'now', () => nowMs);
  t.mock.timers.enable({ apis: ['setInterval'] });
  return {
    tick: ms => {
      for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
        nowMs += Math.min(leftMs, stepMs);
        t.mock.timers.tick(Math.min(leftMs, stepMs));
      }
    },
  };
};
