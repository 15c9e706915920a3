// How a call ends, or does not begin: what others did, what oneself did, what went wrong. Loaded once a call is wanted.
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { StringKey, Strings } from '../locales/strings.ts';
import type { EndReason } from '../call/call-state.ts';
import { check } from './icons-later.ts';
import type { Shape } from './icons.ts';
import { action, message } from './message.ts';
import type { Tone } from './message.ts';

export { endings as words } from '../locales/en-endings.ts';
export { hint as styles } from './styles/hint.ts';
export { problemMessage, problemWords } from './problem.ts';

interface Ending {
  title: StringKey;
  text: StringKey;
  sign: Shape;
  tone?: Tone;
  rejoin?: true;
}

const endings: Record<EndReason, Ending> = {
  left: { title: 'left.title', text: 'left.text', sign: check, tone: 'good', rejoin: true },
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
