// <video-call-controls>: what a toolbar does with keys and time. One tab stop, arrows, Home and End; and it says
// `idle` when nobody has stirred. Knows no button: they are its children, and CSS decides what idle looks like.
import { ReactiveElement } from 'lit';

const idleAfterMs = 4000;

/** No `pointerdown`: the touch that wakes the bar must not also press a button of it, so it wakes it at its end. */
const stirring = ['pointermove', 'click', 'keydown', 'focusin'];

export class VideoCallControls extends ReactiveElement {
  #lifetime = new AbortController();
  #idle: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    this.role = 'toolbar';
    this.addEventListener('keydown', event => this.#move(event), { signal });
    this.addEventListener('focusin', event => this.#stopAt(event.target), { signal });
    for (const type of stirring) {
      this.getRootNode().addEventListener(type, event => this.#stir(event), { signal, passive: true });
    }
    // The children come and go with `controls`.
    const observer = new MutationObserver(() => this.#stopAt());
    observer.observe(this, { childList: true });
    signal.addEventListener('abort', () => observer.disconnect());
    this.#stopAt();
    this.#wake();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#lifetime.abort();
    clearTimeout(this.#idle);
  }

  #stir(event: Event): void {
    const trembles = event.type === 'pointermove' && (event as PointerEvent).pointerType === 'touch';
    if (!trembles) this.#wake();
  }

  #wake(): void {
    this.toggleAttribute('idle', false);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.toggleAttribute('idle', true), idleAfterMs);
  }

  /** Buttons that the box leaves room for. Disabled ones stay: a reader must be able to find out why. */
  get #buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll('button')].filter(button => button.checkVisibility());
  }

  /** Exactly one button is in the tab order: the one that had the focus last, else the first. */
  #stopAt(target?: EventTarget | null): void {
    const buttons = this.#buttons;
    const stop =
      buttons.find(button => button === target) ?? buttons.find(button => button.tabIndex === 0) ?? buttons[0];
    for (const button of this.querySelectorAll('button')) button.tabIndex = button === stop ? 0 : -1;
  }

  #move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const buttons = this.#buttons;
    const at = buttons.findIndex(button => button === event.target);
    const to = this.#destination(event.key, at, buttons.length);
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
  }

  #destination(key: string, at: number, count: number): number | undefined {
    const style = getComputedStyle(this);
    const forward = style.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = style.direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    // In a strip the buttons stand in columns; elsewhere up and down belong to the page.
    const columns = style.display === 'grid';
    if (key === forward || (columns && key === 'ArrowDown')) return at + 1;
    if (key === backward || (columns && key === 'ArrowUp')) return at - 1;
    if (key === 'Home') return 0;
    return key === 'End' ? count - 1 : undefined;
  }
}
