// <video-call-menu>: what a menu does with keys and room. It opens in the top layer, beside the button that has its id as
// `popovertarget`, so that no box is too small for it. Knows no item: they are its children.
import { ReactiveElement } from 'lit';

/** Between the menu and its button, and around it, px. */
const gapPx = 4;
const edgePx = 8;

export class VideoCallMenu extends ReactiveElement {
  #lifetime = new AbortController();
  /** While it is open. */
  #opening: AbortController | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    this.role = 'menu';
    this.popover = 'auto';
    this.addEventListener('beforetoggle', event => this.#onToggle(event.newState === 'open'), { signal });
    this.addEventListener('toggle', event => event.newState === 'open' && this.#show(), { signal });
    this.addEventListener('keydown', event => this.#onKey(event), { signal });
    // A press is the end of it, after the item has heard of it.
    this.addEventListener('click', event => this.#onPress(event), { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#lifetime.abort();
    this.#opening?.abort();
  }

  get #root(): Document | ShadowRoot {
    return this.getRootNode() as Document | ShadowRoot;
  }

  get #button(): HTMLElement | null {
    return this.#root.querySelector(`[popovertarget="${this.id}"]`);
  }

  /** Those that the box shows; disabled ones stay, so that a reader may find out about them. */
  get #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role^=menuitem]')].filter(item => item.checkVisibility());
  }

  #onToggle(opens: boolean): void {
    this.#button?.setAttribute('aria-expanded', String(opens));
    this.#opening?.abort();
    if (opens) {
      this.toggleAttribute('placed', false);
      this.#opening = new AbortController();
    } else if (this.contains(this.#root.activeElement)) {
      // Before it is hidden: a browser that does not focus a button by a press would know no way back.
      this.#button?.focus();
    }
  }

  /** It is laid out, but not to be seen before it has its place. */
  #show(): void {
    const signal = this.#opening?.signal;
    if (!signal || signal.aborted) return;
    this.#place();
    for (const type of ['scroll', 'resize']) {
      globalThis.addEventListener(type, () => this.#place(), { signal, capture: true, passive: true });
    }
    this.#items[0]?.focus();
  }

  /** Where there is more room, above or below the button, and flush with its end; never beyond the page's edge. */
  #place(): void {
    const button = this.#button?.getBoundingClientRect();
    if (!button) return;
    const { clientWidth, clientHeight } = document.documentElement;
    const { offsetWidth: width, offsetHeight: height } = this;
    const isAbove = button.top > clientHeight - button.bottom;
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const left = isRtl ? button.left : button.right - width;
    const top = isAbove ? button.top - gapPx - height : button.bottom + gapPx;
    this.style.left = `${Math.max(edgePx, Math.min(left, clientWidth - width - edgePx))}px`;
    this.style.top = `${Math.max(edgePx, Math.min(top, clientHeight - height - edgePx))}px`;
    this.toggleAttribute('placed', true);
  }

  #onPress({ target }: Event): void {
    const item = target instanceof Element && target.closest('[role^=menuitem]');
    if (item && item.ariaDisabled !== 'true') this.hidePopover();
  }

  #onKey(event: KeyboardEvent): void {
    // From the button on the focus goes where Tab would have taken it.
    if (event.key === 'Tab') this.hidePopover();
    const items = this.#items;
    const at = items.indexOf(event.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }
}
