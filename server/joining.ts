// How a seat is taken: again, from another tab, or anew; or the place in line. Values in, values out.
import { waitingMax } from '../protocol/limits.ts';
import {
  append,
  depart,
  own,
  presentConnection,
  put,
  raise,
  seatOf,
  tell,
  then,
  unchanged,
  withRoles,
  without,
} from './rooms.ts';
import type { Bar, Change, Ending, Occupant, Profile, Room, Seat, Visa } from './rooms.ts';

export type JoinRefusal = 'room-full' | 'room-locked' | Bar['code'];

export type JoinOutcome = { readonly refused: JoinRefusal } | (Change & { readonly refused?: never });

/** What somebody says who comes back: devices and name for everybody, and a wish that is nobody else's to know. */
export interface Return {
  readonly profile: Profile;
  readonly relayOnly: boolean;
}

/** Takes the seat or the place in line that the same participant has already; undefined without one. */
export function resume(room: Room, { participantId, connectionId }: Occupant, said: Return): Change | undefined {
  const state = { type: 'present', connectionId } as const;
  // Whoever comes back says everything anew, but for the hand and a name that the token gave.
  const back = (seat: Seat): Seat => {
    const member = { ...seat.member, videoPausedFor: undefined, ...own(seat.visa, said.profile) };
    // What was hidden once, by the site's word or theirs, stays so.
    const visa = { ...seat.visa, relayOnly: seat.visa.relayOnly || said.relayOnly };
    return { member, state, visa };
  };
  const waiting = seatOf(room.waiting, participantId);
  if (waiting) return takePlace(room, waiting, back(waiting));
  const seat = seatOf(room.seats, participantId);
  if (!seat) return undefined;
  if (seat.state.type !== 'reserved') return withReplaced(put(room, back(seat)), seat, connectionId);
  return append(room, back({ ...seat, member: { ...seat.member, handRaised: false } }));
}

/** Takes a seat, or a place in line. */
export function enter(room: Room, occupant: Occupant, profile: Profile, visa: Visa, capacity: number): JoinOutcome {
  const { participantId, connectionId } = occupant;
  const marks = [participantId, ...visa.marks];
  const bar = room.barred.find(({ mark }) => marks.includes(mark));
  if (bar) return { refused: bar.code };
  const state = { type: 'present', connectionId } as const;
  const seat: Seat = { member: { id: participantId, handRaised: false, ...profile }, state, visa };

  // The same user in another tab: a swap, whatever the room holds.
  const older = room.seats.find(each => each.visa.userId === visa.userId);
  if (older) return takeOver(room, older, seat);
  if (room.locked && visa.role !== 'host') return { refused: 'room-locked' };
  if (visa.mustKnock) return knock(room, seat, capacity);
  if (room.seats.length >= capacity) return { refused: 'room-full' };
  return append(room, seat);
}

/** Lets in who waits, now that a host said so; undefined when nobody of that id does. */
export function admit(room: Room, id: string, capacity: number): Change | 'room-full' | undefined {
  const seat = seatOf(room.waiting, id);
  if (!seat) return undefined;
  if (room.seats.length >= capacity) return 'room-full';
  return append({ ...room, waiting: without(room.waiting, id) }, seat);
}

function knock(room: Room, seat: Seat, capacity: number): JoinOutcome {
  const older = room.waiting.find(({ visa }) => visa.userId === seat.visa.userId);
  if (older) return takePlace(room, older, seat);
  if (capacity === 0 || room.waiting.length >= waitingMax) return { refused: 'room-full' };
  return unchanged({ ...room, waiting: [...room.waiting, seat] });
}

/** Whoever comes back, or comes from another tab, keeps the place in line. */
function takePlace(room: Room, older: Seat, newer: Seat): Change {
  const waiting = room.waiting.map(each => (each === older ? newer : each));
  return withReplaced(unchanged({ ...room, waiting }), older, presentConnection(newer));
}

/** The newer tab sits where the older one sat, with the role that it had: the room does not change its host. */
function takeOver(room: Room, older: Seat, newer: Seat): Change {
  const visa = older.visa.role === 'host' ? { ...newer.visa, role: older.visa.role } : newer.visa;
  const gone = older.state.type === 'reserved' ? unchanged(room) : depart(room, older.member.id, 'replaced');
  const seats = room.seats.map(each => (each === older ? { ...newer, visa } : each));
  const come = tell(raise(gone.room, { seats }), 'participant-joined', newer.member.id);
  return withReplaced(withRoles(room, then(gone, come)), older, presentConnection(newer));
}

function withReplaced(change: Change, { member, state }: Seat, newer: string | undefined): Change {
  if (state.type !== 'present' || state.connectionId === newer) return change;
  const ending: Ending = { participantId: member.id, connectionId: state.connectionId, reason: 'replaced' };
  return { ...change, endings: [ending] };
}
