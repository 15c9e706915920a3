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
    if (!guestKeyPattern.test(items?.getItem(itemName) ?? '')) items?.setItem(itemName, randomId(32));
    // Two tabs that start at once agree on what was written last.
    return items?.getItem(itemName) ?? undefined;
  } catch {
    return undefined;
  }
}
