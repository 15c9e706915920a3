// The list of participants as the server tells it, kept whole by its version. Pure.
import type { LeftReason, Roster, RosterEntry, RosterVersion } from '../../protocol/events.ts';

export type RosterMessage = RosterVersion &
  (
    | { type: 'joined' | 'updated'; participant: RosterEntry }
    | { type: 'left'; id: string; reason: LeftReason }
    | { type: 'room'; locked: boolean }
  );

/**
 * The roster after `message`; the same object when the message is old news; undefined when messages are missing in
 * between, so that the whole roster must be asked for.
 */
export function applyRosterMessage(roster: Roster, message: RosterMessage): Roster | undefined {
  if (message.generation !== roster.generation || message.version > roster.version + 1) return undefined;
  if (message.version <= roster.version) return roster;
  const { version } = message;
  if (message.type === 'room') return { ...roster, version, locked: message.locked };
  return { ...roster, version, participants: changed(roster.participants, message) };
}

function changed(participants: RosterEntry[], message: Exclude<RosterMessage, { type: 'room' }>): RosterEntry[] {
  if (message.type === 'left') return participants.filter(entry => entry.id !== message.id);
  const { participant } = message;
  return participants.some(entry => entry.id === participant.id)
    ? participants.map(entry => (entry.id === participant.id ? participant : entry))
    : [...participants, participant];
}
