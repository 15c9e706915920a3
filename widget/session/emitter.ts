// A typed event emitter in which a listener that throws harms nobody else. It knows no names of its own.

/** Event name → what its listeners are given. */
export type EventMap = Record<string, unknown>;

export class Emitter<Events extends EventMap> {
  readonly #listeners = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Listens until `signal` aborts. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    signal?.addEventListener('abort', () => listeners.delete(listener), { once: true });
  }

  protected emit<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (detail: Events[Name]) => void)(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
