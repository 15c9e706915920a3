// Whose credentials open nothing any more, though they have not expired. Knows no allocation and no message.

export class Revocations {
  /** Until when, by subject: the time of day, as credentials have it. */
  readonly #until = new Map<string, number>();

  get count(): number {
    return this.#until.size;
  }

  /** Subject, and until when. */
  entries(): Iterable<[string, number]> {
    return this.#until.entries();
  }

  add(subject: string, until: number): void {
    this.#until.set(subject, Math.max(until, this.#until.get(subject) ?? 0));
  }

  holds(subject: string, now: number): boolean {
    return (this.#until.get(subject) ?? 0) > now;
  }

  sweep(now: number): void {
    for (const [subject, until] of this.#until) if (until <= now) this.#until.delete(subject);
  }
}
