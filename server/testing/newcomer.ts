// Somebody at the door, plain unless told otherwise. For tests only.
import type { Return } from '../joining.ts';
import type { Newcomer } from '../room-store.ts';
import type { Profile, Visa } from '../rooms.ts';

let made = 0;

export const profile: Profile = { displayName: 'x', microphone: true, camera: true, screen: false };

/** Says the same on coming back. */
export const again: Return = { profile, relayOnly: false };

/** Each is another user. */
export const visaOf = (change: Partial<Visa> = {}): Visa => ({
  userId: `user-${(made += 1)}`,
  role: 'member',
  named: false,
  mustKnock: false,
  relayOnly: false,
  marks: [],
  markedUntil: 0,
  ...change,
});

export const newcomer = (change: Partial<Visa> = {}): Newcomer => ({ profile, visa: visaOf(change) });
