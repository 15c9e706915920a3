// A message that fills the stage: what is so, then what to do. Knows no state of a call.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from './icons.ts';
import type { Shape } from './icons.ts';
import { asks } from './requests.ts';
import type { PlainRequest } from './requests.ts';

/** Plain for facts, `warn` for what the site must mend, `bad` for what stopped you, `good` for done. */
export type Tone = 'plain' | 'warn' | 'bad' | 'good';

export interface MessageView {
  role?: 'status' | 'alert';
  /** What stands above the title: an icon in a disc, or a picture. */
  sign?: Shape | 'spinner';
  picture?: TemplateResult;
  tone?: Tone;
  title: string;
  text?: string | false;
  hint?: TemplateResult | undefined;
  actions?: readonly TemplateResult[];
}

export function message(view: MessageView): TemplateResult {
  const { role, sign, picture, tone = 'plain', title, text, hint, actions = [] } = view;
  return html`<div class="message" role=${role ?? nothing}>
    <div>
      ${
        sign === undefined
          ? picture
          : html`<span class="disc ${tone}">
              ${sign === 'spinner' ? html`<span class="spinner"></span>` : icon(sign)}
            </span>`
      }
      <h2 tabindex="-1">${title}</h2>
      ${text ? html`<p>${text}</p>` : nothing} ${hint}
      ${actions.length ? html`<div class="actions">${actions}</div>` : nothing}
    </div>
  </div>`;
}

/** A button with a word. The one that people come for is `primary`. */
export function action(
  label: string,
  press: PlainRequest | ((event: Event) => void),
  { primary = false, sign }: { primary?: boolean; sign?: Shape } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="button worded ${primary ? 'primary' : ''}"
    part="button"
    @click=${typeof press === 'string' ? asks(press) : press}
  >
    ${sign ? icon(sign, 's') : nothing}<span class="label">${label}</span>
  </button>`;
}
