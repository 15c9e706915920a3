// What is to be looked at when, in seconds: a sweep finds what is due without passing by what is not. Knows nothing of
// what it holds.

/** Something that is in a queue; the field is the queue's. */
export interface Due {
  /** Milliseconds, rounded up to a second; `undefined` while it is in no queue. */
  dueAt: number | undefined;
}

const stepMs = 1000;

/** Adding and removing cost the same however much is held; {@link take} costs what is due and the seconds that passed. */
export class DueQueue<T extends Due> {
  readonly #bySecond = new Map<number, Set<T>>();
  /** Everything due up to here was taken. */
  #taken = Number.POSITIVE_INFINITY;

  /** Number of things in it; for tests of what is left behind. */
  get size(): number {
    return [...this.#bySecond.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Puts it in, or elsewhere if it is in already. */
  put(thing: T, dueAt: number): void {
    this.delete(thing);
    const second = Math.ceil(dueAt / stepMs) * stepMs;
    thing.dueAt = second;
    const things = this.#bySecond.get(second);
    if (things) things.add(thing);
    else this.#bySecond.set(second, new Set([thing]));
    // The first of all, or one that is due already.
    this.#taken = Math.min(this.#taken, second - stepMs);
  }

  delete(thing: T): void {
    if (thing.dueAt === undefined) return;
    const things = this.#bySecond.get(thing.dueAt);
    things?.delete(thing);
    if (things?.size === 0) this.#bySecond.delete(thing.dueAt);
    thing.dueAt = undefined;
  }

  /** Takes out what is due, in no order within a second. */
  take(now: number): T[] {
    const due: T[] = [];
    for (const second of this.#secondsUntil(now)) {
      for (const thing of this.#bySecond.get(second) ?? []) {
        thing.dueAt = undefined;
        due.push(thing);
      }
      this.#bySecond.delete(second);
    }
    return due;
  }

  // One by one since the last time, or, after a long time, those that there are.
  #secondsUntil(now: number): number[] {
    const last = Math.floor(now / stepMs) * stepMs;
    const count = (last - this.#taken) / stepMs;
    if (count > this.#bySecond.size) {
      this.#taken = Math.max(this.#taken, last);
      return [...this.#bySecond.keys()].filter(second => second <= last);
    }
    const seconds: number[] = [];
    for (; this.#taken < last; this.#taken += stepMs) seconds.push(this.#taken + stepMs);
    return seconds;
  }
}
