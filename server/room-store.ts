// Where rooms are kept: the interface, and the one that keeps them in this process. It knows no socket.
import { randomBytes } from 'node:crypto';
import type { Roster, RosterVersion, UpdateRequest } from '../protocol/events.ts';
import { enter, resume } from './joining.ts';
import type { JoinRefusal, Return } from './joining.ts';
import { moderate } from './moderation.ts';
import type { HostAction, HostRefusal } from './moderation.ts';
import { noticesOf } from './notices.ts';
import type { Notice } from './notices.ts';
import {
  connectionOf,
  emptyRoom,
  expire,
  hasExpired,
  hold,
  leave,
  occupies,
  presentConnection,
  removedFrom,
  reserve,
  rosterOf,
  seatOf,
  update,
  versionOf,
} from './rooms.ts';
import type { Change, Ending, Occupant, Profile, Room, RosterEvent, Visa } from './rooms.ts';

/** A connection's claim to a seat of a room. */
export interface Claim extends Occupant {
  readonly room: string;
}

/** What must be told of a change: to the sessions that end, to the room, and to single connections. */
export interface Told {
  readonly events: readonly RosterEvent[];
  readonly notices: readonly Notice[];
  readonly endings: readonly Ending[];
}

/**
 * `first`: there was nobody in the room before. `removed`: whom hosts removed, for who was there before and may not have
 * heard of it. `waiting`: the place in line, from 1.
 */
export type Placed =
  { roster: Roster; relayOnly: boolean; first: boolean; removed: readonly string[] } | { waiting: number };

export type Joining = Told & (Placed | { refused: JoinRefusal });

/** Who knocks for a seat. */
export interface Newcomer {
  readonly profile: Profile;
  readonly visa: Visa;
}

/**
 * Each call is atomic. `now` is milliseconds since the epoch. What is told may also be of seats whose time was up. A
 * claim that no longer holds changes nothing.
 */
export interface RoomStore {
  /** Takes a seat or a place in line again; `joining` is undefined when this participant has none. */
  resume(claim: Claim, said: Return, now: number): Promise<Told & { joining: (Told & Placed) | undefined }>;
  join(claim: Claim, newcomer: Newcomer, capacity: number, now: number): Promise<Joining>;
  /** `version` is undefined when the claim does not hold. */
  update(claim: Claim, change: UpdateRequest, now: number): Promise<Told & { version: RosterVersion | undefined }>;
  /** What a host asks for. */
  moderate(
    claim: Claim,
    action: HostAction,
    capacity: number,
    now: number,
  ): Promise<Told & { refused: HostRefusal | undefined }>;
  /** Whether this participant's seat, or place in line, is in use by some connection. */
  isPresent(claim: Claim): Promise<boolean>;
  leave(claim: Claim, now: number): Promise<Told>;
  reserve(claim: Claim, now: number): Promise<Told>;
  hold(claim: Claim, now: number): Promise<Told>;
  roster(claim: Claim): Promise<Roster | undefined>;
  /** The connection of a participant, seen by a member of the same room; and whether that member hides addresses. */
  connectionOf(
    claim: Claim,
    participantId: string,
  ): Promise<'claim-invalid' | { connectionId: string | undefined; relayOnly: boolean }>;
  /** Rooms in which somebody's time is up. */
  expiredRooms(now: number): Promise<string[]>;
  expire(room: string, now: number): Promise<Told>;
}

const hidesAddresses = ({ seats }: Room, id: string): boolean => seatOf(seats, id)?.visa.relayOnly ?? false;

function placed(room: Room, { participantId }: Claim, { first = false, wasHere = true } = {}): Placed {
  const index = room.waiting.findIndex(({ member }) => member.id === participantId);
  if (index >= 0) return { waiting: index + 1 };
  const removed = wasHere ? removedFrom(room) : [];
  return { roster: rosterOf(room), relayOnly: hidesAddresses(room, participantId), first, removed };
}

export class MemoryRoomStore implements RoomStore {
  readonly #rooms = new Map<string, Room>();

  /** Rooms that are kept now. */
  get size(): number {
    return this.#rooms.size;
  }

  resume(claim: Claim, said: Return, now: number): ReturnType<RoomStore['resume']> {
    const { told, change } = this.#change(claim.room, now, room => {
      const back = resume(room, claim, said);
      return back ? { ...back, isBack: true } : { room, events: [], isBack: false };
    });
    return Promise.resolve({
      ...told,
      joining: change.isBack ? { ...told, ...placed(change.room, claim) } : undefined,
    });
  }

  join(claim: Claim, { profile, visa }: Newcomer, capacity: number, now: number): Promise<Joining> {
    const { told, change } = this.#change(claim.room, now, room => {
      const outcome = enter(room, claim, profile, visa, capacity);
      const { refused } = outcome;
      if (refused) return { room, events: [], refused };
      const wasHere = room.departed.some(({ id }) => id === claim.participantId);
      return { ...outcome, refused, first: room.seats.length === 0, wasHere };
    });
    if (change.refused) return Promise.resolve({ ...told, refused: change.refused });
    return Promise.resolve({ ...told, ...placed(change.room, claim, change) });
  }

  update(claim: Claim, change: UpdateRequest, now: number) {
    const { told, room } = this.#change(claim.room, now, each => update(each, claim, change));
    return Promise.resolve({ ...told, version: occupies(room, claim) ? versionOf(room) : undefined });
  }

  moderate(claim: Claim, action: HostAction, capacity: number, now: number): ReturnType<RoomStore['moderate']> {
    const { told, change } = this.#change(claim.room, now, room => {
      const outcome = moderate(room, claim, action, capacity, now);
      return outcome.refused ? { room, events: [], refused: outcome.refused } : { ...outcome, refused: undefined };
    });
    if (change.refused || change.muted === undefined) return Promise.resolve({ ...told, refused: change.refused });
    const muting: Notice = { to: change.muted, name: 'mute-requested', message: { by: claim.participantId } };
    return Promise.resolve({ ...told, notices: [...told.notices, muting], refused: undefined });
  }

  isPresent({ room, participantId }: Claim): Promise<boolean> {
    const { seats, waiting } = this.#room(room);
    return Promise.resolve([seats, waiting].some(each => presentConnection(seatOf(each, participantId)) !== undefined));
  }

  leave(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => leave(room, claim)).told);
  }

  reserve(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => reserve(room, claim, now)).told);
  }

  hold(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => hold(room, claim, now)).told);
  }

  roster(claim: Claim): Promise<Roster | undefined> {
    const room = this.#room(claim.room);
    return Promise.resolve(occupies(room, claim) ? rosterOf(room) : undefined);
  }

  connectionOf(claim: Claim, participantId: string): ReturnType<RoomStore['connectionOf']> {
    const room = this.#room(claim.room);
    if (!occupies(room, claim)) return Promise.resolve('claim-invalid');
    const relayOnly = hidesAddresses(room, claim.participantId);
    return Promise.resolve({ connectionId: connectionOf(room, participantId), relayOnly });
  }

  expiredRooms(now: number): Promise<string[]> {
    return Promise.resolve([...this.#rooms].filter(([, room]) => hasExpired(room, now)).map(([name]) => name));
  }

  expire(room: string, now: number): Promise<Told> {
    return Promise.resolve(this.#change(room, now, each => ({ room: each, events: [] })).told);
  }

  /** Seats whose time is up go first: nobody may meet them because a sweep is late. */
  #change<Outcome extends Change>(name: string, now: number, decide: (room: Room) => Outcome) {
    const before = this.#room(name);
    const expired = expire(before, now);
    const change = decide(expired.room);
    this.#keep(name, change.room);
    const told: Told = {
      events: [...expired.events, ...change.events],
      notices: noticesOf(before, change.room),
      endings: change.endings ?? [],
    };
    return { told, change, room: change.room };
  }

  /** A room begins with its first seat; its generation tells it from an earlier room of the same name. */
  #room(name: string): Room {
    return this.#rooms.get(name) ?? emptyRoom(randomBytes(9).toString('base64url'));
  }

  /** What is left of an empty room is whom it sent away. It opens: nobody inside could. */
  #keep(name: string, room: Room): void {
    const isInUse = room.seats.length + room.waiting.length > 0;
    if (isInUse) this.#rooms.set(name, room);
    else if (room.barred.length > 0) this.#rooms.set(name, { ...room, locked: false });
    else this.#rooms.delete(name);
  }
}
