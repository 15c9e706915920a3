// Joins that came by HTTP, over the connection that the script came by, while a WebSocket is still being opened. Each is a
// visitor like any other, whose seat the socket of the same participant takes over a moment later. It knows no room.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ServerToClientEvents } from '../protocol/events.ts';
import type { Claim } from './room-store.ts';
import type { Asker } from './signaling-types.ts';
import type { Visitor } from './visitor.ts';

type Entered = Parameters<ServerToClientEvents['entered']>[0];
type SignalMessage = Parameters<ServerToClientEvents['signal']>[0];

/** A socket that does not come within this time does not come. */
export const postedJoinMaxMs = 5_000;
/** So long the end of a stream may take to be read. */
export const postedJoinLingerMs = 2_000;
/** Who is told more than this before the socket is there is no browser. */
const signalsMax = 256;

/** One join, and the stream of its answer: JSON lines `[event, message]`, `entered` first. */
export class PostedJoin implements Asker {
  readonly id = randomUUID();
  readonly data: Asker['data'];
  readonly openedAt: number;
  /** To whom its offer was handed. */
  offeredTo: string | undefined;
  /** What others have sent meanwhile. */
  readonly said: SignalMessage[] = [];
  readonly #response: ServerResponse;
  /** What was heard before the answer must not overtake it. */
  #hasAnswer = false;

  constructor(visitor: Visitor, response: ServerResponse, now: number) {
    this.openedAt = now;
    this.#response = response;
    // It asks once, and was counted at the door.
    const connection = { visitor, mayAsk: () => true, mayHaveCredential: () => true, violate: () => undefined };
    this.data = { connection };
  }

  join(): void {
    // What the room is told meanwhile, the socket learns with the roster.
  }

  leave(): void {
    // It was never in a channel.
  }

  answer(answer: Entered): void {
    this.#hasAnswer = true;
    this.#write('entered', answer);
    for (const message of this.said) this.#write('signal', message);
    if (!answer.ok || 'waiting' in answer) this.end();
  }

  signal(message: SignalMessage): void {
    if (this.#response.writableEnded) return;
    this.said.push(message);
    if (this.#hasAnswer) this.#write('signal', message);
    if (this.said.length > signalsMax) this.end();
  }

  end(): void {
    this.#response.end();
  }

  /** Who does not read keeps nothing open. */
  cut(): void {
    this.#response.destroy();
  }

  #write(name: keyof ServerToClientEvents, message: object): void {
    if (!this.#response.writableEnded) this.#response.write(`${JSON.stringify([name, message])}\n`);
  }
}

/** Those whose seat no socket has taken over yet. */
export class PostedJoins {
  readonly #byId = new Map<string, PostedJoin>();

  get size(): number {
    return this.#byId.size;
  }

  add(join: PostedJoin): void {
    this.#byId.set(join.id, join);
  }

  /** Whether it was among them. */
  delete({ id }: PostedJoin): boolean {
    return this.#byId.delete(id);
  }

  /** Says it to this connection, if it is one of these. */
  signal(connectionId: string, message: SignalMessage): boolean {
    const join = this.#byId.get(connectionId);
    join?.signal(message);
    return join !== undefined;
  }

  /** The socket of this participant is there: the stream has done its work. */
  takeOver({ room, participantId }: Claim): PostedJoin | undefined {
    for (const join of this.#byId.values()) {
      const { claim } = join.data;
      if (claim?.room !== room || claim.participantId !== participantId) continue;
      this.delete(join);
      join.end();
      return join;
    }
    return undefined;
  }

  /** Ends those whose socket did not come. */
  sweep(now: number): void {
    for (const join of this.#byId.values()) {
      const age = now - join.openedAt;
      if (age >= postedJoinMaxMs) join.end();
      if (age >= postedJoinMaxMs + postedJoinLingerMs) join.cut();
    }
  }
}
