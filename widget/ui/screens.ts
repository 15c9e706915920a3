// The messages on the way into a call. Knows the words and the one action of each.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import { action, message } from './message.ts';

/** A site may put its own poster in; then it calls `preview()` or `join()` itself. */
export function poster(strings: Strings): TemplateResult {
  return html`<div class="fill" part="poster">
    <slot name="poster">
      ${message({
        sign: 'camera',
        title: t(strings, 'poster.title'),
        text: t(strings, 'poster.hint'),
        actions: [action(t(strings, 'poster.join'), 'request-preview', { primary: true })],
      })}
    </slot>
  </div>`;
}

/** The browser's prompt is open. While joining there is something to cancel. */
export function asking(strings: Strings, joining: boolean): TemplateResult {
  return message({
    role: 'status',
    sign: 'camera',
    title: t(strings, 'permission.asking.title'),
    text: t(strings, 'permission.asking.text'),
    actions: joining ? [action(t(strings, 'cancel'), 'request-leave')] : [],
  });
}

export function joining(strings: Strings, slow: boolean): TemplateResult {
  return message({
    role: 'status',
    sign: 'spinner',
    title: t(strings, 'joining.title'),
    text: slow && t(strings, 'joining.slow'),
    actions: [action(t(strings, 'cancel'), 'request-leave')],
  });
}

export function waiting(strings: Strings, place: number): TemplateResult {
  return message({
    role: 'status',
    sign: 'spinner',
    title: t(strings, 'waiting.title'),
    text: `${t(strings, 'waiting.text')} ${t(strings, 'waiting.place', { n: place })}`,
    actions: [action(t(strings, 'waiting.cancel'), 'request-leave')],
  });
}

/** The one problem that can keep the words for all others from coming. */
export function noAnswer(strings: Strings): TemplateResult {
  return message({
    role: 'alert',
    sign: 'warning',
    tone: 'bad',
    title: t(strings, 'error.server-unreachable.title'),
    text: t(strings, 'error.server-unreachable.text'),
    actions: [action(t(strings, 'again'), 'request-retry', { primary: true })],
  });
}
