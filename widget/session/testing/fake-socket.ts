// A signalling socket whose server side is the test. For tests only.

/** A socket whose server side is the test. */
export class FakeSocket {
  connected = false;
  closed = false;
  /** Whether Socket.IO would try again by itself; not after a refused handshake. */
  active = true;
  /** How often it was told to open again. */
  opened = 0;
  readonly requests: { event: string; payload: unknown }[] = [];
  readonly answers = new Map<string, unknown>();
  readonly #listeners = new Map<string, Set<(message?: unknown) => void>>();

  on(event: string, listener: (message?: unknown) => void): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
    return this;
  }
  once(event: string, listener: (message?: unknown) => void): this {
    const first = (message?: unknown) => {
      this.off(event, first);
      listener(message);
    };
    return this.on(event, first);
  }
  off(event: string, listener: (message?: unknown) => void): this {
    this.#listeners.get(event)?.delete(listener);
    return this;
  }
  /** Who listens to anything. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
  removeAllListeners(): void {
    this.#listeners.clear();
  }
  disconnect(): this {
    this.closed = true;
    this.connected = false;
    return this;
  }
  connect(): this {
    this.closed = false;
    this.active = true;
    this.opened += 1;
    return this;
  }
  emit(event: string): void {
    this.requests.push({ event, payload: undefined });
  }
  emitWithAck(event: string, payload: unknown): Promise<unknown> {
    this.requests.push({ event, payload });
    const answer = this.answers.get(event) ?? { ok: true };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
  /** The server refuses the handshake; without a code it is the server's own failure. */
  refuse(code?: string): void {
    this.active = false;
    this.fire('connect_error', Object.assign(new Error('refused'), code && { data: { code } }));
  }
  /** The server, or the network, says `event`. */
  fire(event: string, message?: unknown): void {
    if (event === 'connect') this.connected = true;
    if (event === 'disconnect') this.connected = false;
    if (event === 'disconnect' && message === 'io server disconnect') this.active = false;
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(message);
  }
}
