// Where this browser keeps the switch for camera and microphone. Reads the browser, changes nothing.
import type { StringKey } from '../locales/strings.ts';
import type { CallError } from '../call/call-error.ts';

type Hint = Extract<StringKey, `permission.hint.${string}`>;

/** Chromium's word for whether the page itself may use a feature; other engines do not tell. */
interface PolicyDocument {
  featurePolicy?: { allowsFeature(feature: string): boolean };
}

/** What a person can do about this refusal, here. */
export function permissionHint(error: CallError): Hint {
  const { featurePolicy } = document as PolicyDocument;
  if (featurePolicy?.allowsFeature('camera') === false) return 'permission.hint.policy';
  // Chromium: "Permission denied by system". The others do not tell the system's refusal from the person's.
  if (error.cause instanceof Error && error.cause.message.includes('by system')) return 'permission.hint.system';
  return browserHint(navigator);
}

/** Browsers claim to be each other: the order matters. An iPad says Macintosh, but no Mac has a touch screen. */
export function browserHint(browser: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): Hint {
  const { userAgent, maxTouchPoints } = browser;
  if (/iPhone|iPad/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)) {
    return 'permission.hint.ios';
  }
  if (userAgent.includes('Android')) return 'permission.hint.android';
  if (userAgent.includes('Firefox')) return 'permission.hint.firefox';
  return userAgent.includes('Chrome') ? 'permission.hint.chrome' : 'permission.hint.safari';
}
