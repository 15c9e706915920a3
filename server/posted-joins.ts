// Joins that came by HTTP, over the connection that the script came by, while a WebSocket is still being opened. Each is a
// visitor like any other, whose seat the socket of the same participant takes over a moment later. It knows no room.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FirstOffer, ServerMessage, ServerToClientEvents } from '../protocol/events.ts';
import { seatHoldSec } from '../protocol/limits.ts';
import type { Claim } from './room-store.ts';
import type { Asker } from './signaling-types.ts';
import type { Visitor } from './visitor.ts';

type Entered = Parameters<ServerToClientEvents['entered']>[0];

/** So long a stream waits for the socket. */
export const postedJoinMaxMs = 5_000;
/** So long the end of a stream may take to be read. */
export const postedJoinLingerMs = 2_000;
/**
 * A stream says no more than this after its answer, whether anybody reads it or not; so no more can wait for who does not,
 * and no more is kept for the socket. Browsers are told some 20 kB.
 */
export const postedJoinMaxBytes = 262_144;

/** What the socket is not told anew by the answer to its own join. */
const saidAgain: readonly ServerMessage[0][] = ['signal', 'mute-requested'];

/** How a stream ends: the client closes it, or we do. */
export type StreamEnd = 'gone' | 'over';

/** One join, and the stream of its answer: JSON lines `[event, message]`, `entered` first. */
export class PostedJoin implements Asker {
  readonly id = randomUUID();
  readonly data: Asker['data'];
  readonly openedAt: number;
  /** What it took and no socket has taken over. It outlives the stream, for the socket that comes late. */
  seat: Claim | undefined;
  /** The offer that it brought, and to whom that was handed. */
  offer: { readonly connectionId: FirstOffer['connectionId']; readonly to: string | undefined } | undefined;
  /** What the socket is told again: a stream that a proxy holds back told nothing. */
  readonly said: ServerMessage[] = [];
  readonly #response: ServerResponse;
  readonly #onEnd: (how: StreamEnd) => void;
  /** What was said before the answer, which nothing may overtake. */
  #early: string[] | undefined = [];
  #bytes = 0;
  #isOver = false;
  #isClosed = false;

  constructor(visitor: Visitor, response: ServerResponse, now: number, onEnd: (how: StreamEnd) => void) {
    this.openedAt = now;
    this.#response = response;
    this.#onEnd = onEnd;
    // It asks once, and was counted at the door.
    const connection = { visitor, mayAsk: () => true, mayHaveCredential: () => true, violate: () => undefined };
    this.data = { connection };
    response.once('close', () => {
      this.#isClosed = true;
      this.#end('gone');
    });
  }

  /** Whether all was written, or will never be. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  join(): void {
    // What the room is told meanwhile, the socket learns with the roster.
  }

  leave(): void {
    // It was never in a channel.
  }

  answer(answer: Entered): void {
    if (this.#isOver) return;
    this.#response.write([lineOf(['entered', answer]), ...(this.#early ?? [])].join(''));
    this.#early = undefined;
    if (!answer.ok) this.end();
  }

  /** Whether it will be heard: by the stream, or by the socket that follows. */
  say(message: ServerMessage): boolean {
    if (this.#isOver) return false;
    const line = lineOf(message);
    this.#bytes += Buffer.byteLength(line);
    if (this.#bytes > postedJoinMaxBytes) {
      this.end();
      return false;
    }
    if (saidAgain.includes(message[0])) this.said.push(message);
    if (this.#early) this.#early.push(line);
    else this.#response.write(line);
    return true;
  }

  end(): void {
    this.#end('over');
  }

  /** Who does not read keeps nothing open. */
  cut(): void {
    this.#response.destroy();
  }

  /** The first end counts. */
  #end(how: StreamEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (how === 'over') this.#response.end(this.#early?.join(''));
    // The page is another when it comes back: what was said is of connections that went with it.
    else this.said.length = 0;
    this.#onEnd(how);
  }
}

const lineOf = (message: ServerMessage): string => `${JSON.stringify(message)}\n`;

/** Those whose stream is not closed, or whose seat waits for their socket. */
export class PostedJoins {
  readonly #byId = new Map<string, PostedJoin>();

  get size(): number {
    return this.#byId.size;
  }

  add(join: PostedJoin): void {
    this.#byId.set(join.id, join);
  }

  get(connectionId: string): PostedJoin | undefined {
    return this.#byId.get(connectionId);
  }

  /** Ends the stream for good: no socket goes on with it. */
  end(join: PostedJoin): void {
    join.seat = undefined;
    join.end();
  }

  /** The seat is another connection's now: the stream has done its work. */
  takeOver({ room, participantId, connectionId }: Claim): PostedJoin | undefined {
    for (const join of this.#byId.values()) {
      if (join.seat?.room !== room || join.seat.participantId !== participantId || join.id === connectionId) continue;
      this.end(join);
      return join;
    }
    return undefined;
  }

  /** Ends the streams of those whose socket does not come, and in the end forgets them. */
  sweep(now: number): void {
    for (const join of this.#byId.values()) {
      const age = now - join.openedAt;
      if (age >= postedJoinMaxMs) join.end();
      if (age >= postedJoinMaxMs + postedJoinLingerMs) join.cut();
      const isWaitedFor = join.seat && age < postedJoinMaxMs + seatHoldSec * 1_000;
      if (join.isClosed && !isWaitedFor) this.#byId.delete(join.id);
    }
  }
}
