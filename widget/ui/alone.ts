// In the call, and nobody else is: one's own picture, and the link to send. A site may say something else instead.
// Loaded once a call is wanted.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import { message } from './message.ts';
import { singleTile } from './tile.ts';
import type { TileView } from './tile.ts';
import { VideoCallLink } from './video-call-link.ts';

export { alone as words } from '../locales/en-alone.ts';
export { alone as styles } from './styles/alone.ts';
export const elements = { 'video-call-link': VideoCallLink };

export function alone(own: TileView): TemplateResult {
  const { strings } = own;
  return html`<div class="fill" part="empty">
    <slot name="empty">
      ${message({
        role: 'status',
        picture: html`<div class="own">${singleTile(own)}</div>`,
        title: t(strings, 'alone.title'),
        text: t(strings, 'alone.text'),
        actions: [html`<video-call-link .strings=${strings}></video-call-link>`],
      })}
    </slot>
  </div>`;
}
