// In the call, and nobody else is: one's own picture, and the link to send. A site may say something else instead.
// Loaded once a call is wanted.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import { check, copyLink } from './icons-later.ts';
import { action, message } from './message.ts';
import { singleTile } from './tile.ts';
import type { TileView } from './tile.ts';

export { alone as words } from '../locales/en-alone.ts';
export { alone as styles } from './styles/alone.ts';

/** `link`, when given, is shown to be copied by hand: the clipboard is closed to this page. */
export function alone(own: TileView, linkCopied: boolean, link?: string): TemplateResult {
  const { strings } = own;
  return html`<div class="fill" part="empty">
    <slot name="empty">
      ${message({
        role: 'status',
        picture: html`<div class="own">${singleTile(own)}</div>`,
        title: t(strings, 'alone.title'),
        text: t(strings, 'alone.text'),
        actions: [
          link
            ? html`<input
                class="input link"
                readonly
                dir="ltr"
                aria-label=${t(strings, 'alone.copy')}
                .value=${link}
              />`
            : action(t(strings, linkCopied ? 'alone.copied' : 'alone.copy'), 'request-copy-link', {
                primary: true,
                sign: linkCopied ? check : copyLink,
              }),
        ],
      })}
    </slot>
  </div>`;
}
