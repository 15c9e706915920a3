// One sentence upon the stage, with at most one thing to do about it. Knows which words, not when.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { t } from '../locales/strings.ts';
import type { Strings, Values } from '../locales/strings.ts';
import type { CallError } from '../call/call-error.ts';
import type { InRoomState } from '../call/call-state.ts';
import type { HostRequest } from '../session/session.ts';
import { check, cross, volumeOff } from './icons-later.ts';
import { icon } from './icons.ts';
import { action } from './message.ts';
import { phrase } from './phrase.ts';
import { problemWords } from './problem.ts';
import { asks, request } from './requests.ts';
import { notice } from './styles/notice.ts';
import { trouble } from './styles/trouble.ts';
import { VideoCallNotice } from './video-call-notice.ts';

export { notice as words } from '../locales/en-notice.ts';
export const styles = [notice, trouble];

export const elements = { 'video-call-notice': VideoCallNotice };

/** Somebody waits to be admitted: the first of `count`. */
interface Knock {
  kind: 'knock';
  id: string;
  name: string;
  count: number;
}

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
  | { kind: 'interrupted' }
  | Knock
  /** A host turned one's microphone off. */
  | { kind: 'mutedByHost' };

/** What a knock waits for. */
const beforeKnocks = new Set<Notice['kind'] | undefined>(['audioBlocked', 'interrupted', 'problem']);

/** One at a time: first what cannot be heard, then the lost connection, then who knocks, then the rest. */
export function foremost({ status, knocks }: InRoomState, notice?: Notice): Notice | undefined {
  if (status === 'reconnecting' && notice?.kind !== 'audioBlocked') return { kind: 'reconnecting' };
  const [knock] = knocks;
  if (!knock || beforeKnocks.has(notice?.kind)) return notice;
  return { kind: 'knock', id: knock.id, name: knock.displayName, count: knocks.length };
}

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
    case 'mutedByHost':
      return { assertive: t(strings, `notice.${notice.kind}`) };
    case 'knock': {
      const many = notice.count > 1 ? ` ${t(strings, 'knock.many', { count: notice.count })}` : '';
      return { polite: t(strings, 'knock.text', valuesOf(notice, strings)) + many };
    }
    default:
      return { polite: t(strings, `notice.${notice.kind}`, valuesOf(notice, strings)) };
  }
}

/** About the network. */
const troubles = new Set<Notice['kind']>(['reconnecting', 'noPath', 'noConnection', 'videoOff']);

const aboutPeople = new Set<Notice['kind']>(['joined', 'left', 'sharing', 'knock']);

/** Until it is done or untrue. */
const lasting = new Set<Notice['kind']>([
  'audioBlocked',
  'reconnecting',
  'noPath',
  'noConnection',
  'videoOff',
  'interrupted',
  'knock',
  'mutedByHost',
]);

/** Without a role: the live regions say it, and nothing is said twice. */
export function noticeBox(notice: Notice, strings: Strings): TemplateResult {
  const stays = lasting.has(notice.kind);
  return html`<video-call-notice
    class="notice ${troubles.has(notice.kind) ? 'warn' : ''}"
    part="notice"
    .stays=${stays}
    .about=${notice.kind === 'knock' ? notice.id : notice}
  >
    <div class="sentence">
      ${sign(notice)}
      <p>${sentence(notice, strings)}</p>
    </div>
    ${keyed(notice.kind, wayBack(notice, strings))}
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
    case 'mutedByHost':
      return [action(t(strings, 'notice.unmute'), unmute), dismissal(t(strings, 'close'))];
    case 'knock':
      return answers(notice, strings);
    default:
      return nothing;
  }
}

function unmute({ currentTarget }: Event): void {
  if (currentTarget) request(currentTarget, 'request-microphone', { on: true });
}

/** For what one may leave as it is. */
function dismissal(name: string): TemplateResult {
  return html`<button
    type="button"
    class="button bare"
    part="button"
    aria-label=${name}
    title=${name}
    @click=${asks('request-dismiss-notice')}
  >
    ${icon(cross, 's')}
  </button>`;
}

/** One by one, and the buttons stay for the next: named by whom they are about. */
function answers(notice: Knock, strings: Strings): TemplateResult {
  const { id } = notice;
  return html`<div class="answers" role="group" aria-label=${t(strings, 'knock.text', valuesOf(notice, strings))}>
    ${action(t(strings, 'knock.reject'), answering({ name: 'reject', id }))}
    ${action(t(strings, 'knock.admit'), answering({ name: 'admit', id }), { primary: true })}
  </div>`;
}

/** A press that was meant for the one before must not let the next one in. */
function answering(answer: HostRequest): (event: Event) => void {
  return ({ currentTarget }) => {
    const button = currentTarget as Element;
    if (button.closest<VideoCallNotice>('video-call-notice')?.isSettled) request(button, 'request-as-host', answer);
  };
}

function sentence(notice: Notice, strings: Strings): unknown {
  if (notice.kind === 'problem') {
    const { title, hint } = problemWords(notice.error, strings);
    return hint ? html`<b class="what">${title}</b> ${hint}` : title;
  }
  if (notice.kind === 'knock') {
    const { count } = notice;
    const many = count > 1 ? html` <span class="also">${t(strings, 'knock.many', { count })}</span>` : nothing;
    return [phrase(strings, 'knock.text', valuesOf(notice, strings)), many];
  }
  return phrase(strings, `notice.${notice.kind}`, valuesOf(notice, strings));
}

/** A guest has no name of their own. */
const valuesOf = (notice: Exclude<Notice, { kind: 'problem' }>, strings: Strings): Values =>
  'name' in notice ? { ...notice, name: notice.name || t(strings, 'tile.guest') } : { ...notice };

function sign({ kind }: Notice): TemplateResult {
  if (kind === 'reconnecting' || kind === 'noPath') return html`<span class="spinner"></span>`;
  if (kind === 'audioBlocked') return icon(volumeOff, 's');
  if (kind === 'back') return icon(check, 's');
  if (kind === 'mutedByHost') return icon('microphone-off', 's');
  return icon(aboutPeople.has(kind) ? 'people' : 'warning', 's');
}
