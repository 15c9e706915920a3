// What each request does: room store on one side, the sockets of the room on the other. Shapes are checked before.
import type { IceServer, RoomLimits } from '../protocol/events.ts';
import { participantIdOf } from './participant-id.ts';
import { refuse } from './requests.ts';
import type { RequestHandlers } from './requests.ts';
import type { Claim, RoomStore } from './room-store.ts';
import type { RosterEvent } from './rooms.ts';
import { Sequencer } from './sequencer.ts';
import type { SignalingServer, SignalingSocket } from './signaling-types.ts';
import type { Visitor } from './visitor.ts';

export interface RoomServiceOptions {
  io: SignalingServer;
  store: RoomStore;
  limits: RoomLimits;
  iceServersFor: (visitor: Visitor, claim: Claim) => IceServer[];
  now: () => number;
}

/** Prefixed, so that no name of a room can be the id of a socket, whose private channel Socket.IO names so. */
const channelOf = (room: string): string => `r:${room}`;

export class RoomService {
  readonly #options: RoomServiceOptions;
  /** A change and its telling end before the next change of that room begins: versions arrive in order. */
  readonly #rooms = new Sequencer();

  constructor(options: RoomServiceOptions) {
    this.#options = options;
  }

  readonly handlers: RequestHandlers = {
    join: async (socket, { room, secret, ...profile }) => {
      const { io, store, limits, iceServersFor, now } = this.#options;
      const claim = { room, participantId: participantIdOf(secret), connectionId: socket.id };
      const before = socket.data.claim;
      if (before && (before.room !== room || before.participantId !== claim.participantId)) await this.#leave(socket);

      return this.#rooms.run(room, async () => {
        const joining = await store.join(claim, profile, limits.capacity, now());
        this.#tell(room, joining.events);
        if ('refused' in joining) {
          return { ok: false, error: { code: joining.refused, capacity: limits.capacity } };
        }
        if (joining.replaced !== undefined) {
          io.to(joining.replaced).emit('ended', { reason: 'replaced' });
          io.in(joining.replaced).disconnectSockets(true);
        }
        socket.data.claim = claim;
        await socket.join(channelOf(room));
        const iceServers = iceServersFor(socket.data.connection.visitor, claim);
        return { ok: true, self: claim.participantId, roster: joining.roster, iceServers, limits };
      });
    },

    sync: async ({ data: { claim } }) => {
      const roster = claim && (await this.#options.store.roster(claim));
      return roster ? { ok: true, roster } : refuse('not-in-room');
    },

    update: async ({ data: { claim } }, change) => {
      if (!claim) return refuse('not-in-room');
      return this.#rooms.run(claim.room, async () => {
        const { version, events } = await this.#options.store.update(claim, change, this.#options.now());
        this.#tell(claim.room, events);
        return version ? { ok: true, ...version } : refuse('not-in-room');
      });
    },

    signal: async ({ data: { claim } }, { to, signal }) => {
      const { io, store } = this.#options;
      if (!claim) return refuse('not-in-room');
      const found = await store.connectionOf(claim, to);
      if (found === 'claim-invalid') return refuse('not-in-room');
      if (found.connectionId === undefined || to === claim.participantId) return refuse('participant-unknown');
      io.to(found.connectionId).emit('signal', { from: claim.participantId, signal });
      return { ok: true };
    },

    'ice-servers': async ({ data: { claim, connection } }) => {
      if (!claim || !(await this.#options.store.roster(claim))) return refuse('not-in-room');
      return { ok: true, iceServers: this.#options.iceServersFor(connection.visitor, claim) };
    },

    leave: async socket => {
      if (!socket.data.claim) return refuse('not-in-room');
      await this.#leave(socket);
      return { ok: true };
    },

    leaving: socket => this.#depart(socket, (claim, now) => this.#options.store.reserve(claim, now)),
  };

  /** The socket is gone and did not say why: most come back. */
  lost(socket: SignalingSocket): Promise<void> {
    return this.#depart(socket, (claim, now) => this.#options.store.hold(claim, now));
  }

  /** Frees the seats whose time is up. */
  async sweep(): Promise<void> {
    const { store, now } = this.#options;
    for (const room of await store.expiredRooms(now())) {
      await this.#rooms.run(room, async () => this.#tell(room, (await store.expire(room, now())).events));
    }
  }

  #leave(socket: SignalingSocket): Promise<void> {
    return this.#depart(socket, (claim, now) => this.#options.store.leave(claim, now));
  }

  async #depart(
    socket: SignalingSocket,
    change: (claim: Claim, now: number) => Promise<{ events: readonly RosterEvent[] }>,
  ): Promise<void> {
    const { claim } = socket.data;
    if (!claim) return;
    await this.#rooms.run(claim.room, async () => {
      const { events } = await change(claim, this.#options.now());
      socket.data.claim = undefined;
      await socket.leave(channelOf(claim.room));
      this.#tell(claim.room, events);
    });
  }

  /** Everybody in the room hears it, also who caused it: their own state too is what the roster says. */
  #tell(room: string, events: readonly RosterEvent[]): void {
    const channel = this.#options.io.to(channelOf(room));
    for (const event of events) {
      switch (event.name) {
        case 'participant-joined':
          channel.emit(event.name, event.message);
          break;
        case 'participant-updated':
          channel.emit(event.name, event.message);
          break;
        case 'participant-left':
          channel.emit(event.name, event.message);
          break;
      }
    }
  }
}
