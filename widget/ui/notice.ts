// One sentence upon the stage, with at most one thing to do about it. Knows which words, not when.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings, Values } from '../locales/strings.ts';
import type { CallError } from '../call/call-error.ts';
import { icon } from './icons.ts';
import { action } from './message.ts';
import { phrase } from './phrase.ts';
import { problemWords } from './problem.ts';
export { notice as words } from '../locales/en-notice.ts';
export { notice as styles } from './styles/notice.ts';
import { VideoCallNotice } from './video-call-notice.ts';

export const elements = { 'video-call-notice': VideoCallNotice };

export type Notice =
  | { kind: 'audioBlocked' | 'reconnecting' | 'back' }
  | { kind: 'joined' | 'left'; name: string }
  /** About the connection to one person: none yet, or none at all. */
  | { kind: 'noPath' | 'noConnection'; name: string; id: string }
  | { kind: 'problem'; error: CallError }
  /** The network carries one's own sound only. */
  | { kind: 'videoOff' }
  | { kind: 'sharing'; name: string }
  /** Names of devices. */
  | { kind: 'deviceLost'; device: string; other: string }
  /** The system took the microphone. */
  | { kind: 'interrupted' };

/** What a reader says of it; `assertive` interrupts. */
export interface Announcement {
  polite?: string;
  assertive?: string;
}

export function noticeAnnouncement(notice: Notice, strings: Strings): Announcement {
  switch (notice.kind) {
    case 'problem': {
      const { title, hint } = problemWords(notice.error, strings);
      return { assertive: hint ? `${title}. ${hint}` : title };
    }
    case 'audioBlocked':
    case 'reconnecting':
      return { assertive: t(strings, `notice.${notice.kind}`) };
    default:
      return { polite: t(strings, `notice.${notice.kind}`, valuesOf(notice, strings)) };
  }
}

/** About the network. */
const troubles = new Set<Notice['kind']>(['reconnecting', 'noPath', 'noConnection', 'videoOff']);

/** Until it is done or untrue. */
const lasting = new Set<Notice['kind']>([
  'audioBlocked',
  'reconnecting',
  'noPath',
  'noConnection',
  'videoOff',
  'interrupted',
]);

/** Without a role: the live regions say it, and nothing is said twice. */
export function noticeBox(notice: Notice, strings: Strings): TemplateResult {
  const stays = lasting.has(notice.kind);
  return html`<video-call-notice
    class="notice ${troubles.has(notice.kind) ? 'warn' : ''}"
    part="notice"
    .stays=${stays}
    .about=${notice}
  >
    <div class="sentence">
      ${sign(notice)}
      <p>${sentence(notice, strings)}</p>
    </div>
    ${wayBack(notice, strings)}
  </video-call-notice>`;
}

/** What can be done about it. */
function wayBack(notice: Notice, strings: Strings): unknown {
  switch (notice.kind) {
    case 'audioBlocked':
      return action(t(strings, 'notice.audioBlocked.act'), 'request-resume-audio', { primary: true });
    case 'videoOff':
      return action(t(strings, 'notice.videoOff.undo'), 'request-resume-video');
    case 'interrupted':
      return action(t(strings, 'notice.interrupted.act'), 'request-resume-microphone');
    default:
      return nothing;
  }
}

function sentence(notice: Notice, strings: Strings): unknown {
  if (notice.kind === 'problem') {
    const { title, hint } = problemWords(notice.error, strings);
    return hint ? html`<b class="what">${title}</b> ${hint}` : title;
  }
  return phrase(strings, `notice.${notice.kind}`, valuesOf(notice, strings));
}

/** A guest has no name of their own. */
const valuesOf = (notice: Exclude<Notice, { kind: 'problem' }>, strings: Strings): Values =>
  'name' in notice ? { ...notice, name: notice.name || t(strings, 'tile.guest') } : { ...notice };

function sign({ kind }: Notice): TemplateResult {
  if (kind === 'reconnecting' || kind === 'noPath') return html`<span class="spinner"></span>`;
  if (kind === 'audioBlocked') return icon('volume-off', 's');
  if (kind === 'back') return icon('check', 's');
  return icon(kind === 'joined' || kind === 'left' || kind === 'sharing' ? 'people' : 'warning', 's');
}
