// Where rooms are kept: the interface, and the one that keeps them in this process. It knows no socket.
import { randomBytes } from 'node:crypto';
import type { Roster, RosterVersion, UpdateRequest } from '../protocol/events.ts';
import {
  connectionOf,
  emptyRoom,
  expire,
  hasExpired,
  hold,
  join,
  leave,
  occupies,
  reserve,
  rosterOf,
  update,
  versionOf,
} from './rooms.ts';
import type { Change, Occupant, Profile, Room, RosterEvent } from './rooms.ts';

/** A connection's claim to a seat of a room. */
export interface Claim extends Occupant {
  readonly room: string;
}

type Told = { readonly events: readonly RosterEvent[] };

export type Joining = Told & ({ roster: Roster; replaced: string | undefined } | { refused: 'room-full' });

/**
 * Each call is atomic. `now` is milliseconds since the epoch. `events` are what the room must be told, in order;
 * they may also tell of seats whose time was up. A claim that no longer holds changes nothing.
 */
export interface RoomStore {
  join(claim: Claim, profile: Profile, capacity: number, now: number): Promise<Joining>;
  /** `version` is undefined when the claim does not hold. */
  update(claim: Claim, change: UpdateRequest, now: number): Promise<Told & { version: RosterVersion | undefined }>;
  leave(claim: Claim, now: number): Promise<Told>;
  reserve(claim: Claim, now: number): Promise<Told>;
  hold(claim: Claim, now: number): Promise<Told>;
  roster(claim: Claim): Promise<Roster | undefined>;
  /** The connection of a participant, seen by a member of the same room. */
  connectionOf(claim: Claim, participantId: string): Promise<'claim-invalid' | { connectionId: string | undefined }>;
  /** Rooms with seats whose time is up. */
  expiredRooms(now: number): Promise<string[]>;
  expire(room: string, now: number): Promise<Told>;
}

export class MemoryRoomStore implements RoomStore {
  readonly #rooms = new Map<string, Room>();

  /** Rooms that are kept now. */
  get size(): number {
    return this.#rooms.size;
  }

  join(claim: Claim, profile: Profile, capacity: number, now: number): Promise<Joining> {
    const before = this.#expire(claim.room, now);
    const outcome = join(before.room, claim, profile, capacity);
    if (outcome.refused) return Promise.resolve({ events: before.events, refused: outcome.refused });
    const { room, replaced } = outcome;
    this.#keep(claim.room, room);
    return Promise.resolve({ events: [...before.events, ...outcome.events], roster: rosterOf(room), replaced });
  }

  update(claim: Claim, change: UpdateRequest, now: number) {
    const { room, events } = this.#change(claim.room, now, each => update(each, claim, change));
    return Promise.resolve({ events, version: occupies(room, claim) ? versionOf(room) : undefined });
  }

  leave(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => leave(room, claim)));
  }

  reserve(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => reserve(room, claim, now)));
  }

  hold(claim: Claim, now: number): Promise<Told> {
    return Promise.resolve(this.#change(claim.room, now, room => hold(room, claim, now)));
  }

  roster(claim: Claim): Promise<Roster | undefined> {
    const room = this.#room(claim.room);
    return Promise.resolve(occupies(room, claim) ? rosterOf(room) : undefined);
  }

  connectionOf(claim: Claim, participantId: string): ReturnType<RoomStore['connectionOf']> {
    const room = this.#room(claim.room);
    if (!occupies(room, claim)) return Promise.resolve('claim-invalid');
    return Promise.resolve({ connectionId: connectionOf(room, participantId) });
  }

  expiredRooms(now: number): Promise<string[]> {
    return Promise.resolve([...this.#rooms].filter(([, room]) => hasExpired(room, now)).map(([name]) => name));
  }

  expire(room: string, now: number): Promise<Told> {
    return Promise.resolve(this.#expire(room, now));
  }

  /** Seats whose time is up go first: nobody may meet them because a sweep is late. */
  #change(name: string, now: number, decide: (room: Room) => Change): Change {
    const before = this.#expire(name, now);
    const change = decide(before.room);
    this.#keep(name, change.room);
    return { room: change.room, events: [...before.events, ...change.events] };
  }

  #expire(name: string, now: number): Change {
    const change = expire(this.#room(name), now);
    this.#keep(name, change.room);
    return change;
  }

  /** A room begins with its first seat; its generation tells it from an earlier room of the same name. */
  #room(name: string): Room {
    return this.#rooms.get(name) ?? emptyRoom(randomBytes(9).toString('base64url'));
  }

  #keep(name: string, room: Room): void {
    if (room.seats.length > 0) this.#rooms.set(name, room);
    else this.#rooms.delete(name);
  }
}
