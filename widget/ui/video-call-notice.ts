// <video-call-notice>: how long a notice stays. A passing one asks to be dismissed after 5 s; a pointer or the focus upon
// it holds it. And whether it has stood for long enough to be what a press is meant for. Knows no words.
import { ReactiveElement } from 'lit';
import type { PropertyValues } from 'lit';
import { request } from './requests.ts';

const shownForMs = 5000;
/** Longer than a double press takes, shorter than reading a name. */
const settledAfterMs = 500;

export class VideoCallNotice extends ReactiveElement {
  static override properties = { about: { attribute: false }, stays: { attribute: false } };

  /** What it says: another subject starts the time anew. */
  declare about: unknown;
  /** Until it is done or untrue. */
  declare stays: boolean;
  /** Nobody who presses now can mean what stood here before. */
  isSettled = false;

  #lifetime = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    for (const type of ['pointerenter', 'focusin']) this.addEventListener(type, () => this.#hold(), { signal });
    for (const type of ['pointerleave', 'focusout']) this.addEventListener(type, () => this.#count(), { signal });
    if (!this.hasUpdated) return;
    this.#settle();
    this.#count();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#lifetime.abort();
    this.#hold();
    clearTimeout(this.#settling);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('about')) this.#settle();
    if (changed.size) this.#count();
  }

  #settle(): void {
    this.isSettled = false;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => (this.isSettled = true), settledAfterMs);
  }

  #hold(): void {
    clearTimeout(this.#timer);
  }

  #count(): void {
    this.#hold();
    if (!this.stays) this.#timer = setTimeout(() => request(this, 'request-dismiss-notice'), shownForMs);
  }
}
