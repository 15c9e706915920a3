// Roster events as short texts, so that a test reads as what happened. For tests only.
import type { RosterEvent } from '../rooms.ts';

/** `left ada timeout 4`, for example. */
export function inWords({ name, message }: RosterEvent): string {
  if ('locked' in message) return `room ${message.locked ? 'locked' : 'open'} ${message.version}`;
  const verb = name.replace('participant-', '');
  const who = 'participant' in message ? message.participant : undefined;
  return who
    ? `${verb} ${who.id} ${who.role} ${message.version}`
    : `${verb} ${'id' in message ? `${message.id} ${message.reason}` : ''} ${message.version}`;
}

export const told = ({ events }: { events: readonly RosterEvent[] }): string[] => events.map(inWords);
