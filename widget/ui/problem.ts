// What went wrong, as a message with the one thing to do about it. Knows every error code, and no state of a call.
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { StringKey, Strings } from '../locales/strings.ts';
import type { CallError, CallErrorCode } from '../call/call-error.ts';
import type { IconName } from './icons.ts';
import { action, message } from './message.ts';
import type { Tone } from './message.ts';
import { permissionHint } from './permission-hint.ts';
import { request } from './requests.ts';

/** Keys that come as a pair of `.title` and `.text`. */
type PairKey<Key = StringKey> = Key extends `${infer Pair}.title`
  ? `${Pair}.text` extends StringKey
    ? Pair
    : never
  : never;

interface Problem {
  key: PairKey;
  sign: IconName;
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
  'room-locked': { key: 'locked', sign: 'lock', tone: 'plain', again: true },
  'room-invalid': { ...site, key: 'error.name-invalid' },
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

/** Title and text of an error, as plain words: for a message, a notice or an announcement. */
export function problemWords(error: CallError, strings: Strings): { title: string; text: string } {
  const { code, capacity } = error;
  const { key } = problems[code];
  return {
    title: t(strings, `${key}.title`),
    // A server of another version may not say how many a room holds: then the title alone.
    text:
      code === 'room-full' && capacity === undefined ? '' : t(strings, `${key}.text`, { code, count: capacity ?? 0 }),
  };
}

export function problemMessage(error: CallError, strings: Strings): TemplateResult {
  const { sign, tone, again, without } = problems[error.code];
  const joinWithout = ({ currentTarget }: Event): void => {
    if (currentTarget) request(currentTarget, 'request-join', { withoutDevices: true });
  };
  return message({
    role: 'alert',
    sign,
    tone,
    ...problemWords(error, strings),
    hint: error.code === 'permission-denied' ? t(strings, permissionHint(error)) : undefined,
    actions: [
      ...(again ? [action(t(strings, 'again'), 'request-retry', { primary: true })] : []),
      ...(without ? [action(t(strings, 'permission.without'), joinWithout)] : []),
    ],
  });
}
