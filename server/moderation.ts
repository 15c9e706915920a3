// What a host may do to a room. Values in, values out.
import type { EndedReason } from '../protocol/events.ts';
import { admit } from './joining.ts';
import { roleIn, visibleSeats } from './roles.ts';
import {
  depart,
  occupies,
  presentConnection,
  raise,
  seatOf,
  tell,
  then,
  unchanged,
  versionOf,
  withRoles,
  without,
} from './rooms.ts';
import type { Bar, Change, Ending, Occupant, Room, Seat, Visa } from './rooms.ts';

/** What a host asks for. */
export type HostAction =
  | { readonly type: 'admit' | 'reject' | 'mute-participant' | 'remove' | 'make-host'; readonly id: string }
  | { readonly type: 'lock'; readonly locked: boolean }
  | { readonly type: 'end' };

export type HostRefusal = 'not-in-room' | 'host-only' | 'participant-unknown' | 'room-full';

/** `muted`: the connection of who is to turn the microphone off. */
export type HostOutcome =
  { readonly refused: HostRefusal } | (Change & { readonly refused?: never; readonly muted?: string | undefined });

/** A host may refuse in error, so this is short; a removal lasts at least as long as the token that let them in. */
const rejectionMs = 60_000;
const removalMinMs = 600_000;
/** A room remembers this many of whom it sent away; the oldest are forgotten first. */
const barredMax = 256;

/** Does what the occupant asks, if they host. */
export function moderate(
  room: Room,
  occupant: Occupant,
  action: HostAction,
  capacity: number,
  now: number,
): HostOutcome {
  const self = seatOf(room.seats, occupant.participantId);
  if (!self || !occupies(room, occupant)) return { refused: 'not-in-room' };
  if (roleIn(room.seats, self) !== 'host') return { refused: 'host-only' };
  if (action.type === 'lock') return lock(room, action.locked);
  if (action.type === 'end') return end(room);
  if (action.type === 'admit') {
    const admitted = admit(room, action.id, capacity);
    if (admitted === 'room-full') return { refused: admitted };
    return admitted ?? { refused: 'participant-unknown' };
  }
  if (action.type === 'reject') return reject(room, action.id, now);
  // Nobody needs a host's power over themselves: they leave, and they mute.
  if (action.id === self.member.id) return { refused: 'participant-unknown' };
  if (action.type === 'remove') return remove(room, action.id, now);
  const target = visibleSeats(room.seats).find(({ member }) => member.id === action.id);
  if (!target) return { refused: 'participant-unknown' };
  if (action.type === 'make-host') return makeHost(room, self, target);
  const muted = presentConnection(target);
  return muted === undefined ? { refused: 'participant-unknown' } : { ...unchanged(room), muted };
}

function lock(room: Room, locked: boolean): Change {
  if (room.locked === locked) return unchanged(room);
  const changed = raise(room, { locked });
  return { room: changed, events: [{ name: 'room-updated', message: { ...versionOf(changed), locked } }] };
}

function reject(room: Room, id: string, now: number): HostOutcome {
  const seat = seatOf(room.waiting, id);
  if (!seat) return { refused: 'participant-unknown' };
  const waiting = without(room.waiting, id);
  return {
    ...unchanged(bar({ ...room, waiting }, id, seat.visa, { code: 'rejected', until: now + rejectionMs })),
    endings: [ending(id, seat, 'rejected')],
  };
}

/**
 * Also of who has no seat: media outlives signalling, so a client that keeps its connections is heard and seen until the
 * others are told to close them. Whom this room never saw loses nothing but the way in: what else belongs to an id is
 * none of this host's.
 */
function remove(room: Room, id: string, now: number): Change {
  const seat = seatOf(room.seats, id) ?? seatOf(room.waiting, id);
  const visa = seat?.visa ?? visaOfDeparted(room, id);
  const until = Math.max(visa?.markedUntil ?? 0, now + removalMinMs);
  const departed = room.departed.filter(each => each.id !== id);
  const waiting = without(room.waiting, id);
  const barred = bar({ ...room, departed, waiting }, id, visa, { code: 'removed', until });
  const change = withRoles(room, depart(barred, id, 'removed'));
  return visa ? { ...change, endings: [ending(id, seat, 'removed')] } : change;
}

/** What a lost seat leaves of a person. Who came back under another id is to be known by that one, and keeps their seat. */
function visaOfDeparted({ departed, seats, waiting }: Room, id: string): Visa | undefined {
  const visa = departed.find(each => each.id === id)?.visa;
  const isBack = visa && [...seats, ...waiting].some(each => each.visa.userId === visa.userId);
  return isBack ? { ...visa, marks: [] } : visa;
}

/** Who made another a host stays one: now both were granted it. */
function makeHost(room: Room, self: Seat, target: Seat): Change {
  const granted = new Set([self, target].filter(({ visa }) => visa.role !== 'host'));
  if (granted.size === 0) return unchanged(room);
  const seats = room.seats.map((seat): Seat =>
    granted.has(seat) ? { ...seat, visa: { ...seat.visa, role: 'host' } } : seat,
  );
  return withRoles(room, tell(raise(room, { seats }), 'participant-updated', target.member.id));
}

/** For everybody, who waits included. */
function end(room: Room): Change {
  let change = unchanged(room);
  for (const { member } of visibleSeats(room.seats)) change = then(change, depart(change.room, member.id, 'ended'));
  const everybody = [...room.seats, ...room.waiting];
  return {
    ...change,
    room: { ...change.room, seats: [], waiting: [], locked: false },
    endings: everybody.map(seat => ending(seat.member.id, seat, 'ended')),
  };
}

function bar(room: Room, id: string, visa: Visa | undefined, how: Pick<Bar, 'code' | 'until'>): Room {
  const isSame = (each: Bar): boolean => each.participantId === id && each.code === how.code;
  if (!visa && room.barred.some(isSame)) {
    // Sent away once more: all that they were known by then is good for as long again.
    const renewed = (each: Bar): Bar => ({ ...each, until: Math.max(each.until, how.until) });
    return { ...room, barred: room.barred.map(each => (isSame(each) ? renewed(each) : each)) };
  }
  const bars = [id, ...(visa?.marks ?? [])].map(mark => ({ mark, participantId: id, ...how }));
  // Ids that the room never saw can be made up without end: they are forgotten before anybody who was there.
  const barred = visa ? [...room.barred, ...bars] : [...bars, ...room.barred];
  return { ...room, barred: barred.slice(-barredMax) };
}

const ending = (participantId: string, seat: Seat | undefined, reason: EndedReason): Ending => ({
  participantId,
  connectionId: presentConnection(seat),
  reason,
});
