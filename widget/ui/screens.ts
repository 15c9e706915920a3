// The messages before and after a call that are no errors. Knows the words and the one action of each.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { StringKey, Strings } from '../locales/strings.ts';
import type { EndReason } from '../call/call-state.ts';
import type { IconName } from './icons.ts';
import { action, message } from './message.ts';
import type { Tone } from './message.ts';

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
    actions: joining ? [action(t(strings, 'cancel'), 'request-cancel')] : [],
  });
}

export function joining(strings: Strings, slow: boolean): TemplateResult {
  return message({
    role: 'status',
    sign: 'spinner',
    title: t(strings, 'joining.title'),
    text: slow && t(strings, 'joining.slow'),
    actions: [action(t(strings, 'cancel'), 'request-cancel')],
  });
}

export function waiting(strings: Strings): TemplateResult {
  return message({
    role: 'status',
    sign: 'spinner',
    title: t(strings, 'waiting.title'),
    text: t(strings, 'waiting.text'),
    actions: [action(t(strings, 'waiting.cancel'), 'request-cancel')],
  });
}

interface Ending {
  title: StringKey;
  text: StringKey;
  sign: IconName;
  tone?: Tone;
  rejoin?: true;
}

const endings: Record<EndReason, Ending> = {
  left: { title: 'left.title', text: 'left.text', sign: 'check', tone: 'good', rejoin: true },
  removed: { title: 'removed.title', text: 'removed.text', sign: 'leave' },
  replaced: { title: 'replaced.title', text: 'replaced.text', sign: 'leave', rejoin: true },
  ended: { title: 'ended.title', text: 'ended.text', sign: 'leave' },
};

/** One's own leaving is only stated; what others did interrupts. */
export function ended(reason: EndReason, strings: Strings): TemplateResult {
  const { title, text, sign, tone = 'plain', rejoin } = endings[reason];
  return message({
    role: reason === 'left' ? 'status' : 'alert',
    sign,
    tone,
    title: t(strings, title),
    text: t(strings, text),
    actions: rejoin ? [action(t(strings, 'left.rejoin'), 'request-rejoin', { primary: true })] : [],
  });
}
