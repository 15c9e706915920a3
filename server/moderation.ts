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
import type { Bar, Change, Ending, Occupant, Room, Seat } from './rooms.ts';

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
  const target = visibleSeats(room.seats).find(({ member }) => member.id === action.id);
  // Nobody needs a host's power over themselves: they leave, and they mute.
  if (!target || target === self) return { refused: 'participant-unknown' };
  if (action.type === 'remove') return remove(room, target, now);
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
    ...unchanged(bar({ ...room, waiting }, seat, 'rejected', now + rejectionMs)),
    endings: [ending(seat, 'rejected')],
  };
}

function remove(room: Room, target: Seat, now: number): Change {
  const { id } = target.member;
  const barred = bar(room, target, 'removed', Math.max(target.visa.markedUntil, now + removalMinMs));
  return { ...withRoles(room, depart(barred, id, 'removed')), endings: [ending(target, 'removed')] };
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
    endings: everybody.map(seat => ending(seat, 'ended')),
  };
}

function bar(room: Room, { member, visa }: Seat, code: Bar['code'], until: number): Room {
  const marks = [member.id, ...visa.marks].map(mark => ({ mark, code, until }));
  return { ...room, barred: [...room.barred, ...marks].slice(-barredMax) };
}

const ending = (seat: Seat, reason: EndedReason): Ending => ({
  participantId: seat.member.id,
  connectionId: presentConnection(seat),
  reason,
});
