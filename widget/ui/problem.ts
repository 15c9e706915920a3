// What went wrong, as a message with the one thing to do about it. Knows every error code, and no state of a call.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { StringKey, Strings } from '../locales/strings.ts';
import type { CallError, CallErrorCode } from '../call/call-error.ts';
import { info, lock } from './icons-later.ts';
import { icon } from './icons.ts';
import type { Shape } from './icons.ts';
import { action, message } from './message.ts';
import type { Tone } from './message.ts';
import { permissionHint } from './permission-hint.ts';
import { request } from './requests.ts';
import type { DeviceName } from '../call/device-watch.ts';

/** Keys that come as a pair of `.title` and `.text`. */
type PairKey<Key = StringKey> = Key extends `${infer Pair}.title`
  ? `${Pair}.text` extends StringKey
    ? Pair
    : never
  : never;

interface Problem {
  key: PairKey;
  sign: Shape;
  tone: Tone;
  /** Trying again may help. */
  again?: true;
  /** It is about devices: the call can be joined without. */
  without?: true;
}

const site = { sign: 'warning', tone: 'warn' } as const;
const stop = { sign: 'warning', tone: 'bad', again: true } as const;
const device = { sign: 'camera-off', tone: 'warn', again: true, without: true } as const;

const problems: Record<CallErrorCode, Problem> = {
  'insecure-context': { ...site, key: 'error.insecure-context' },
  'unsupported-browser': { ...site, key: 'error.unsupported-browser' },
  'permission-denied': { ...device, key: 'permission.blocked', tone: 'bad' },
  'device-not-found': { ...device, key: 'error.device-not-found' },
  'device-in-use': { ...device, key: 'error.device-in-use' },
  'media-failed': { ...device, key: 'error.media-failed' },
  'server-unreachable': { ...stop, key: 'error.server-unreachable' },
  'origin-not-allowed': { ...site, key: 'error.origin-not-allowed' },
  'room-full': { key: 'full', sign: 'people', tone: 'plain', again: true },
  'room-locked': { key: 'locked', sign: lock, tone: 'plain', again: true },
  'room-invalid': { ...site, key: 'error.room-invalid' },
  'name-invalid': { ...site, key: 'error.name-invalid', again: true },
  'token-invalid': { ...site, key: 'error.token' },
  'token-expired': { ...site, key: 'error.token' },
  rejected: { key: 'rejected', sign: 'leave', tone: 'plain' },
  removed: { key: 'removed', sign: 'leave', tone: 'plain' },
  replaced: { key: 'replaced', sign: 'leave', tone: 'plain' },
  'rate-limited': { ...stop, key: 'error.rate-limited' },
  'server-url-missing': { ...site, key: 'error.internal', again: true },
  'version-unsupported': { ...stop, key: 'error.internal' },
  internal: { ...stop, key: 'error.internal' },
};

interface ProblemWords {
  title: string;
  text: string;
  /** Where this browser keeps the switch. */
  hint: string | undefined;
}

/** What is said of an error, as plain words: in a message, a notice or an announcement. */
export function problemWords(error: CallError, strings: Strings): ProblemWords {
  const { code, capacity } = error;
  const { key } = problems[code];
  const device = deviceOf(error);
  return {
    title: t(strings, device && code === 'device-in-use' ? `error.device-in-use.title.${device}` : `${key}.title`),
    hint: code === 'permission-denied' ? t(strings, permissionHint(error)) : undefined,
    // A server of another version may not say how many a room holds: then the title alone.
    text:
      code === 'room-full' && capacity === undefined ? '' : t(strings, `${key}.text`, { code, count: capacity ?? 0 }),
  };
}

/**
 * Chromium: "Could not start audio source". Firefox: "Failed to allocate videosource". Nothing else than this message
 * tells the devices apart; where there is none, the words name no one device.
 */
function deviceOf({ cause }: CallError): DeviceName | undefined {
  const message = cause instanceof Error ? cause.message : '';
  if (/audio/i.test(message)) return 'microphone';
  return /video/i.test(message) ? 'camera' : undefined;
}

export function problemMessage(error: CallError, strings: Strings): TemplateResult {
  const { sign, tone, again, without } = problems[error.code];
  const { title, text, hint } = problemWords(error, strings);
  const joinWithout = ({ currentTarget }: Event): void => {
    if (currentTarget) request(currentTarget, 'request-join', { withoutDevices: true });
  };
  return message({
    role: 'alert',
    sign: deviceOf(error) === 'microphone' ? 'microphone-off' : sign,
    tone,
    title,
    text,
    hint: hint === undefined ? hint : html`<div class="hint">${icon(info, 's')}<span>${hint}</span></div>`,
    actions: [
      ...(again ? [action(t(strings, 'again'), 'request-retry', { primary: true })] : []),
      ...(without ? [action(t(strings, 'permission.without'), joinWithout)] : []),
    ],
  });
}
