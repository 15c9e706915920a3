// Runs tasks of the same key one after the other, and tasks of different keys side by side.

export class Sequencer {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves or rejects as `task` does; a task that fails does not stop those behind it. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const tail: Promise<void> = result.then(
      () => this.#forget(key, tail),
      () => this.#forget(key, tail),
    );
    this.#tails.set(key, tail);
    return result;
  }

  /** Keys with work under way. */
  get size(): number {
    return this.#tails.size;
  }

  #forget(key: string, tail: Promise<void>): void {
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }
}
