// A member of a room for tests: silent and unseen unless told otherwise.
import type { RosterEntry } from '../../../protocol/events.ts';

export const rosterEntry = (id: string, change: Partial<RosterEntry> = {}): RosterEntry => ({
  id,
  displayName: id,
  role: 'member',
  microphone: false,
  camera: false,
  screen: false,
  handRaised: false,
  ...change,
});
