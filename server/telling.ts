// Says what changed to those whom it concerns, whichever way they came: by a socket, or by HTTP with a stream for an
// answer. It decides nothing.
import type { EndedReason, ServerMessage } from '../protocol/events.ts';
import type { PostedJoins } from './posted-joins.ts';
import type { Told } from './room-store.ts';
import type { SignalingServer } from './signaling-types.ts';

/** Prefixed, so that no name of a room can be the id of a socket, whose private channel Socket.IO names so. */
export const channelOf = (room: string): string => `r:${room}`;

export class Teller {
  readonly #io: SignalingServer;
  readonly #posted: PostedJoins;

  constructor(io: SignalingServer, posted: PostedJoins) {
    this.#io = io;
    this.#posted = posted;
  }

  /** Says it to one connection; false when it is known that nobody will hear it. */
  say(connectionId: string, message: ServerMessage): boolean {
    const posted = this.#posted.get(connectionId);
    if (posted) return posted.say(message);
    this.#emit(connectionId, message);
    return true;
  }

  /** Whose session ends hears that first and nothing after; what happens in the room, everybody in it, its cause too. */
  tell(room: string, { events, notices, endings }: Told): void {
    for (const { connectionId, reason } of endings) if (connectionId !== undefined) this.#end(connectionId, reason);
    // Streams have no channel: who comes by one learns of the room with the answer to their socket.
    for (const { name, message } of events) {
      this.#emit(channelOf(room), [name, message] as ServerMessage);
    }
    for (const { to, name, message } of notices) this.say(to, [name, message] as ServerMessage);
  }

  /** Socket.IO's own types hold a name to its message one event at a time. */
  #emit(channel: string, message: ServerMessage): void {
    (this.#io.to(channel) as { emit: (...message: ServerMessage) => unknown }).emit(...message);
  }

  #end(connectionId: string, reason: EndedReason): void {
    this.say(connectionId, ['ended', { reason }]);
    const posted = this.#posted.get(connectionId);
    if (posted) this.#posted.end(posted);
    this.#io.in(connectionId).disconnectSockets(true);
  }
}
