// The rules of a room: who sits, who hosts, what the others are told. Values in, values out; no clock, no socket.
import { seatHoldSec } from '../protocol/limits.ts';
import type {
  LeftReason,
  MediaState,
  Roster,
  RosterEntry,
  RosterVersion,
  ServerToClientEvents,
  UpdateRequest,
} from '../protocol/events.ts';

/** Held: signalling was lost, nobody has been told. Reserved: they left with the page, everybody has been told. */
export type SeatState =
  | { readonly type: 'present'; readonly connectionId: string }
  | { readonly type: 'held' | 'reserved'; readonly until: number };

/** The role is not kept: it follows from the order of the seats. */
export type Member = Readonly<Omit<RosterEntry, 'role'>>;

export interface Seat {
  readonly member: Member;
  readonly state: SeatState;
}

export interface Room extends Readonly<RosterVersion> {
  /** In order of joining. */
  readonly seats: readonly Seat[];
}

type RosterEventName = 'participant-joined' | 'participant-updated' | 'participant-left';

/** What the members of a room are told; exactly one raise of the version each. */
export type RosterEvent = {
  [Name in RosterEventName]: { name: Name; message: Parameters<ServerToClientEvents[Name]>[0] };
}[RosterEventName];

export interface Change {
  readonly room: Room;
  readonly events: readonly RosterEvent[];
}

/** What a participant says of themselves on joining. */
export type Profile = MediaState & { displayName: string };

/** Proves that a connection speaks for a seat: an older connection of the same participant does not. */
export interface Occupant {
  readonly participantId: string;
  readonly connectionId: string;
}

export type JoinOutcome =
  { readonly refused: 'room-full' } | (Change & { readonly refused?: never; readonly replaced: string | undefined });

export const emptyRoom = (generation: string): Room => ({ generation, version: 0, seats: [] });

/** The roster as its members see it: reserved seats are nobody. */
export function rosterOf(room: Room): Roster {
  return { ...versionOf(room), participants: visibleSeats(room).map(entryOf) };
}

export const versionOf = ({ generation, version }: Room): RosterVersion => ({ generation, version });

/** The connection that signals for a participant reach, if there is one now. */
export function connectionOf(room: Room, participantId: string): string | undefined {
  const state = seatOf(room, participantId)?.state;
  return state?.type === 'present' ? state.connectionId : undefined;
}

/** Whether the seat is held by this very connection. */
export function occupies(room: Room, { participantId, connectionId }: Occupant): boolean {
  return connectionOf(room, participantId) === connectionId;
}

/** Takes a seat, or takes one's own seat again: `replaced` is the live connection that it was taken from. */
export function join(room: Room, occupant: Occupant, profile: Profile, capacity: number): JoinOutcome {
  const { participantId, connectionId } = occupant;
  const state: SeatState = { type: 'present', connectionId };
  const seat = seatOf(room, participantId);
  if (seat && seat.state.type !== 'reserved') {
    const before = connectionOf(room, participantId);
    const replaced = before === connectionId ? undefined : before;
    // Whoever joins says everything anew, but for the hand.
    const member = { id: participantId, handRaised: seat.member.handRaised, ...profile };
    return { ...put(room, { member, state }), replaced };
  }
  if (!seat && room.seats.length >= capacity) return { refused: 'room-full' };
  const others = room.seats.filter(each => each !== seat);
  const member = { id: participantId, handRaised: false, ...profile };
  const joined = raise(room, [...others, { member, state }]);
  return { ...tell(joined, 'participant-joined', participantId), replaced: undefined };
}

/** Changes what a participant says of themselves. */
export function update(room: Room, occupant: Occupant, change: UpdateRequest): Change {
  const seat = seatOf(room, occupant.participantId);
  if (!seat || !occupies(room, occupant)) return { room, events: [] };
  return put(room, { ...seat, member: { ...seat.member, ...change } });
}

/** Frees the seat at once. */
export function leave(room: Room, occupant: Occupant): Change {
  return occupies(room, occupant) ? depart(room, occupant.participantId, 'left') : { room, events: [] };
}

/** The page goes away: for the others this is leaving, but the seat waits for the page's return. */
export function reserve(room: Room, occupant: Occupant, now: number): Change {
  const seat = seatOf(room, occupant.participantId);
  if (!seat || !occupies(room, occupant)) return { room, events: [] };
  const until = now + seatHoldSec * 1000;
  return depart(room, occupant.participantId, 'left', { ...seat, state: { type: 'reserved', until } });
}

/** Signalling was lost. Silent: media may still flow, and most come back. */
export function hold(room: Room, occupant: Occupant, now: number): Change {
  if (!occupies(room, occupant)) return { room, events: [] };
  const state: SeatState = { type: 'held', until: now + seatHoldSec * 1000 };
  const seats = room.seats.map(seat => (seat.member.id === occupant.participantId ? { ...seat, state } : seat));
  return { room: { ...room, seats }, events: [] };
}

/** Frees the seats that were waited for in vain. */
export function expire(room: Room, now: number): Change {
  let change: Change = { room, events: [] };
  for (const { member, state } of room.seats) {
    if (!isExpired(state, now)) continue;
    if (state.type === 'held') change = then(change, depart(change.room, member.id, 'timeout'));
    else change = { ...change, room: { ...change.room, seats: without(change.room, member.id) } };
  }
  return change;
}

export const hasExpired = (room: Room, now: number): boolean => room.seats.some(({ state }) => isExpired(state, now));

const isExpired = (state: SeatState, now: number): boolean => state.type !== 'present' && state.until <= now;

const seatOf = (room: Room, id: string): Seat | undefined => room.seats.find(({ member }) => member.id === id);

const without = (room: Room, id: string): Seat[] => room.seats.filter(({ member }) => member.id !== id);

const visibleSeats = (room: Room): Seat[] => room.seats.filter(({ state }) => state.type !== 'reserved');

/** Who has been in the room longest is the host. */
const entryOf = ({ member }: Seat, index: number): RosterEntry => ({
  ...member,
  role: index === 0 ? 'host' : 'member',
});

const raise = (room: Room, seats: readonly Seat[]): Room => ({ ...room, version: room.version + 1, seats });

const then = (first: Change, second: Change): Change => ({
  room: second.room,
  events: [...first.events, ...second.events],
});

/** Puts a visible seat in its place and tells of it. */
function put(room: Room, seat: Seat): Change {
  const { id } = seat.member;
  const seats = room.seats.map(each => (each.member.id === id ? seat : each));
  return tell(raise(room, seats), 'participant-updated', id);
}

/** Tells that a visible participant went, and who hosts now if that was the host. */
function depart(room: Room, id: string, reason: LeftReason, remains?: Seat): Change {
  const [host] = visibleSeats(room);
  const left = raise(room, remains ? [...without(room, id), remains] : without(room, id));
  const change: Change = {
    room: left,
    events: [{ name: 'participant-left', message: { ...versionOf(left), id, reason } }],
  };
  const [heir] = visibleSeats(left);
  if (host?.member.id !== id || !heir) return change;
  return then(change, tell(raise(left, left.seats), 'participant-updated', heir.member.id));
}

function tell(room: Room, name: 'participant-joined' | 'participant-updated', id: string): Change {
  const participant = rosterOf(room).participants.find(entry => entry.id === id);
  return { room, events: participant ? [{ name, message: { ...versionOf(room), participant } }] : [] };
}
