// Who one is without a token: one key for all tabs of this browser on this site. It knows no server.
import { guestKeyPattern } from '../../protocol/limits.ts';
import { randomId } from './random-id.ts';

const itemName = 'video-call:guest';

/** The part of `localStorage` that is used here. */
export type KeyStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The kept key, made on first use; undefined where nothing can be kept, for then each tab is somebody else anyway. */
export function guestKey(storage: () => KeyStorage | undefined = () => globalThis.localStorage): string | undefined {
  try {
    const items = storage();
    const kept = items?.getItem(itemName);
    if (kept && guestKeyPattern.test(kept)) return kept;
    const made = randomId(32);
    items?.setItem(itemName, made);
    // Two tabs that start at once agree on what was written last.
    return items?.getItem(itemName) ?? undefined;
  } catch {
    return undefined;
  }
}
