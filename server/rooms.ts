// The rules of a room: who sits and what the others are told. Values in, values out; no clock, no socket.
import { removedMaxIds, seatHoldSec } from '../protocol/limits.ts';
import type {
  EndedReason,
  LeftReason,
  MediaState,
  Role,
  Roster,
  RosterEntry,
  RosterVersion,
  ServerToClientEvents,
  UpdateRequest,
} from '../protocol/events.ts';
import { roleIn, visibleSeats } from './roles.ts';

/** Held: signalling was lost, nobody has been told. Reserved: they left with the page, everybody has been told. */
export type SeatState =
  | { readonly type: 'present'; readonly connectionId: string }
  | { readonly type: 'held' | 'reserved'; readonly until: number };

/** The role is not kept: it follows from what was granted and from the order of the seats. */
export type Member = Readonly<Omit<RosterEntry, 'role'>>;

/** What was found out about somebody at the door (entry.ts); it stays with their seat. */
export interface Visa {
  /** One user, however many tabs: the newest takes over. */
  readonly userId: string;
  /** What was granted; `host` may also follow from the order of the seats. */
  readonly role: Role;
  /** The site gave the name, so it is not theirs to change. */
  readonly named: boolean;
  readonly mustKnock: boolean;
  readonly relayOnly: boolean;
  /** By what they are known again after a host sent them away. */
  readonly marks: readonly string[];
  /** When the token that let them in is of no use any more, milliseconds since the epoch; 0 without one. */
  readonly markedUntil: number;
}

export interface Seat {
  readonly member: Member;
  readonly state: SeatState;
  readonly visa: Visa;
}

/** Somebody whom a host sent away. */
export interface Bar {
  readonly mark: string;
  /** Whose mark it is. */
  readonly participantId: string;
  readonly code: 'removed' | 'rejected';
  readonly until: number;
}

/** Somebody whose seat is gone. Their media may not be, so a host may still have to send them away. */
export interface Departed {
  readonly id: string;
  readonly visa: Visa;
}

export interface Room extends Readonly<RosterVersion> {
  /** In order of joining. */
  readonly seats: readonly Seat[];
  /** Who waits to be admitted, in order. No seat, not on the roster. */
  readonly waiting: readonly Seat[];
  readonly barred: readonly Bar[];
  /** In order of departing. */
  readonly departed: readonly Departed[];
  readonly locked: boolean;
}

type RosterEventName = 'participant-joined' | 'participant-updated' | 'participant-left' | 'room-updated';

/** What the members of a room are told; exactly one raise of the version each. */
export type RosterEvent = {
  [Name in RosterEventName]: { name: Name; message: Parameters<ServerToClientEvents[Name]>[0] };
}[RosterEventName];

/** A session that the server ends. `connectionId` is undefined when signalling was lost already. */
export interface Ending {
  readonly participantId: string;
  readonly connectionId: string | undefined;
  readonly reason: EndedReason;
}

export interface Change {
  readonly room: Room;
  readonly events: readonly RosterEvent[];
  readonly endings?: readonly Ending[];
}

/** What a participant says of themselves on joining. */
export type Profile = MediaState & { displayName: string };

/** Proves that a connection speaks for a seat: an older connection of the same participant does not. */
export interface Occupant {
  readonly participantId: string;
  readonly connectionId: string;
}

/** A room remembers this many of whose seat is gone; the oldest are forgotten first. */
const departedMax = 64;

export const emptyRoom = (generation: string): Room => ({
  generation,
  version: 0,
  seats: [],
  waiting: [],
  barred: [],
  departed: [],
  locked: false,
});

/** The roster as its members see it: reserved seats are nobody. */
export function rosterOf(room: Room): Roster {
  const participants = visibleSeats(room.seats).map(seat => entryOf(room, seat));
  return { ...versionOf(room), participants, ...(room.locked && { locked: true }) };
}

/** Whom hosts removed and who is not there again, the latest last. Who was away when that was told hears it from here. */
export function removedFrom({ seats, barred }: Room): string[] {
  const removed = barred.filter(({ code }) => code === 'removed').map(({ participantId }) => participantId);
  return [...new Set(removed)].filter(id => !seatOf(seats, id)).slice(-removedMaxIds);
}

export const versionOf = ({ generation, version }: Room): RosterVersion => ({ generation, version });

/** The connection that signals for a participant reach, if there is one now. */
export function connectionOf(room: Room, participantId: string): string | undefined {
  return presentConnection(seatOf(room.seats, participantId));
}

/** Whether the seat is held by this very connection. */
export function occupies(room: Room, { participantId, connectionId }: Occupant): boolean {
  return connectionOf(room, participantId) === connectionId;
}

/** Changes what a participant says of themselves. */
export function update(room: Room, occupant: Occupant, change: UpdateRequest): Change {
  const seat = seatOf(room.seats, occupant.participantId);
  if (!seat || !occupies(room, occupant)) return unchanged(room);
  return put(room, { ...seat, member: { ...seat.member, ...own(seat.visa, change) } });
}

/** Frees the seat, or the place in line, at once. */
export function leave(room: Room, occupant: Occupant): Change {
  if (waits(room, occupant)) return unchanged({ ...room, waiting: without(room.waiting, occupant.participantId) });
  const seat = seatOf(room.seats, occupant.participantId);
  if (!seat || !occupies(room, occupant)) return unchanged(room);
  return withRoles(room, depart(remembering(room, seat), occupant.participantId, 'left'));
}

/** The page goes away: for the others this is leaving, but the seat waits for the page's return. */
export function reserve(room: Room, occupant: Occupant, now: number): Change {
  if (waits(room, occupant)) return hold(room, occupant, now);
  const seat = seatOf(room.seats, occupant.participantId);
  if (!seat || !occupies(room, occupant)) return unchanged(room);
  const until = now + seatHoldSec * 1000;
  return withRoles(room, depart(room, occupant.participantId, 'left', { ...seat, state: { type: 'reserved', until } }));
}

/** Signalling was lost. Silent: media may still flow, and most come back. */
export function hold(room: Room, occupant: Occupant, now: number): Change {
  const state: SeatState = { type: 'held', until: now + seatHoldSec * 1000 };
  const held = (seats: readonly Seat[]) =>
    seats.map(seat => (seat.member.id === occupant.participantId ? { ...seat, state } : seat));
  if (waits(room, occupant)) return unchanged({ ...room, waiting: held(room.waiting) });
  return occupies(room, occupant) ? unchanged({ ...room, seats: held(room.seats) }) : unchanged(room);
}

/** Frees the seats that were waited for in vain, and forgets whom it need not know any more. */
export function expire(room: Room, now: number): Change {
  let change = unchanged(room);
  for (const seat of room.seats) {
    const { member, state } = seat;
    if (!isExpired(state, now)) continue;
    const known = remembering(change.room, seat);
    if (state.type === 'held') change = then(change, withRoles(change.room, depart(known, member.id, 'timeout')));
    else change = { ...change, room: { ...known, seats: without(known.seats, member.id) } };
  }
  if (!hasExpiredBeside(room, now)) return change;
  const waiting = room.waiting.filter(({ state }) => !isExpired(state, now));
  const barred = room.barred.filter(({ until }) => until > now);
  return { ...change, room: { ...change.room, waiting, barred } };
}

function remembering(room: Room, { member: { id }, visa }: Seat): Room {
  const others = room.departed.filter(each => each.id !== id);
  return { ...room, departed: [...others, { id, visa }].slice(-departedMax) };
}

export const hasExpired = (room: Room, now: number): boolean =>
  room.seats.some(({ state }) => isExpired(state, now)) || hasExpiredBeside(room, now);

const hasExpiredBeside = ({ waiting, barred }: Room, now: number): boolean =>
  waiting.some(({ state }) => isExpired(state, now)) || barred.some(({ until }) => until <= now);

const isExpired = (state: SeatState, now: number): boolean => state.type !== 'present' && state.until <= now;

export const seatOf = (seats: readonly Seat[], id: string): Seat | undefined =>
  seats.find(({ member }) => member.id === id);

export const without = (seats: readonly Seat[], id: string): Seat[] => seats.filter(({ member }) => member.id !== id);

export const presentConnection = (seat: Seat | undefined): string | undefined =>
  seat?.state.type === 'present' ? seat.state.connectionId : undefined;

/** Whether this very connection waits to be admitted. */
export const waits = (room: Room, { participantId, connectionId }: Occupant): boolean =>
  presentConnection(seatOf(room.waiting, participantId)) === connectionId;

export const unchanged = (room: Room): Change => ({ room, events: [] });

/** What of `said` is theirs to say. */
export function own<Said extends { displayName?: string | undefined }>(visa: Visa, said: Said): Said {
  if (!visa.named) return said;
  const rest = { ...said };
  delete rest.displayName;
  return rest;
}

const entryOf = (room: Room, seat: Seat): RosterEntry => ({ ...seat.member, role: roleIn(room.seats, seat) });

export const raise = (room: Room, change: Partial<Pick<Room, 'seats' | 'locked'>>): Room => ({
  ...room,
  ...change,
  version: room.version + 1,
});

export const then = (first: Change, second: Change): Change => ({
  room: second.room,
  events: [...first.events, ...second.events],
  ...((first.endings ?? second.endings) && { endings: [...(first.endings ?? []), ...(second.endings ?? [])] }),
});

/** Puts a visible seat in its place and tells of it. */
export function put(room: Room, seat: Seat): Change {
  const { id } = seat.member;
  const seats = room.seats.map(each => (each.member.id === id ? seat : each));
  return withRoles(room, tell(raise(room, { seats }), 'participant-updated', id));
}

/** Puts a seat behind all others and tells of it. */
export function append(room: Room, seat: Seat): Change {
  const seats = [...without(room.seats, seat.member.id), seat];
  return withRoles(room, tell(raise(room, { seats }), 'participant-joined', seat.member.id));
}

/** Tells that a visible participant went. Who hosts now, `withRoles` tells. */
export function depart(room: Room, id: string, reason: LeftReason, remains?: Seat): Change {
  const left = raise(room, { seats: [...without(room.seats, id), ...(remains ? [remains] : [])] });
  return { room: left, events: [{ name: 'participant-left', message: { ...versionOf(left), id, reason } }] };
}

/** Tells of those whose role is another after the change, though nobody named them. */
export function withRoles(before: Room, change: Change): Change {
  const named = new Set(change.events.map(({ message }) => ('participant' in message ? message.participant.id : '')));
  let told = change;
  for (const seat of visibleSeats(change.room.seats)) {
    const { id } = seat.member;
    const earlier = visibleSeats(before.seats).find(each => each.member.id === id);
    if (!earlier || named.has(id) || roleIn(before.seats, earlier) === roleIn(change.room.seats, seat)) continue;
    told = then(told, tell(raise(told.room, {}), 'participant-updated', id));
  }
  return told;
}

export function tell(room: Room, name: 'participant-joined' | 'participant-updated', id: string): Change {
  const participant = rosterOf(room).participants.find(entry => entry.id === id);
  return { room, events: participant ? [{ name, message: { ...versionOf(room), participant } }] : [] };
}
