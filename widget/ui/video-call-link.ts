// <video-call-link>: the address of the page, to be sent to others. A press copies it; where the page may not write to the
// clipboard it is shown, selected, to be copied by hand. Knows no call.
import { html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import { check, copyLink } from './icons-later.ts';
import { action } from './message.ts';

/** For so long "Link copied" stands. */
const copiedMs = 3_000;

export class VideoCallLink extends LitElement {
  static override properties = {
    strings: { attribute: false },
    copied: { state: true },
    shown: { state: true },
  };

  declare strings: Strings;
  /** It lies in the clipboard since a moment ago. */
  declare copied: boolean;
  /** The address to copy by hand. */
  declare shown: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.copied = false;
  }

  protected override render(): TemplateResult {
    const { strings, copied, shown } = this;
    if (shown !== undefined) {
      return html`<input
        class="input link"
        readonly
        dir="ltr"
        aria-label=${t(strings, 'alone.copy')}
        .value=${shown}
      />`;
    }
    return action(t(strings, copied ? 'alone.copied' : 'alone.copy'), () => void this.#copy(), {
      primary: true,
      sign: copied ? check : copyLink,
    });
  }

  async #copy(): Promise<void> {
    const { href } = location;
    try {
      await navigator.clipboard.writeText(href);
      this.copied = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => (this.copied = false), copiedMs);
    } catch {
      this.shown = href;
      await this.updateComplete;
      const input = this.querySelector('input');
      input?.focus();
      input?.select();
    }
  }
}
