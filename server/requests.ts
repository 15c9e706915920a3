// The one gate of every request: counts it, checks its shape, answers once, survives its handler. It knows no room.
import type { z } from 'zod';
import type { SignalingErrorCode } from '../protocol/errors.ts';
import type { ClientToServerEvents, Refusal } from '../protocol/events.ts';
import { requestSchemas } from '../protocol/schemas.ts';
import { Sequencer } from './sequencer.ts';
import type { SignalingFailure } from './signaling-metrics.ts';
import type { Asker, Log } from './signaling-types.ts';

type RequestName = keyof typeof requestSchemas;
type AnswerTo<Name extends RequestName> = Parameters<Parameters<ClientToServerEvents[Name]>[1]>[0];

/** A refusal is a value; a throw is a fault of ours and answered with `internal`. */
export type RequestHandlers = {
  [Name in RequestName]: (socket: Asker, payload: z.output<(typeof requestSchemas)[Name]>) => Promise<AnswerTo<Name>>;
} & { leaving: (socket: Asker) => Promise<void> };

type AnyHandler = (socket: Asker, payload: unknown) => Promise<{ ok: boolean }>;

export interface GateOptions {
  log: Log;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Hears of each request that failed by a fault of ours. */
  failed: (kind: SignalingFailure) => void;
}

/** Requests of one socket are handled one after the other, in the order in which it sent them. */
export class RequestGate {
  readonly #handlers: RequestHandlers;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #failed: (kind: SignalingFailure) => void;
  readonly #sequencer = new Sequencer();

  constructor(handlers: RequestHandlers, { log, now, failed }: GateOptions) {
    this.#handlers = handlers;
    this.#log = log;
    this.#now = now;
    this.#failed = failed;
  }

  /** Takes one event as it came from the wire: name, arguments, perhaps an acknowledgement at the end. */
  async receive(socket: Asker, event: readonly unknown[]): Promise<void> {
    const ack = event.at(-1);
    const args = event.slice(1, typeof ack === 'function' ? -1 : undefined);
    const answer = await this.#answer(socket, event[0], args);
    if (typeof ack === 'function' && answer) this.#reply(ack as (answer: object) => void, answer);
  }

  /** An answer that cannot be written costs its own request and nothing else. */
  #reply(ack: (answer: object) => void, answer: object): void {
    try {
      ack(answer);
    } catch (error) {
      this.#log.error({ err: error }, 'signalling: an answer could not be sent');
      this.#failed('answer');
      ack(refuse('internal'));
    }
  }

  /** Does what no client asked for, in turn with what it did ask for. */
  async inTurn(socket: Asker, task: () => Promise<unknown>): Promise<Refusal | undefined> {
    try {
      await this.#sequencer.run(socket.id, task);
      return undefined;
    } catch (error) {
      this.#log.error({ err: error }, 'signalling: a handler failed');
      this.#failed('request');
      return refuse('internal');
    }
  }

  async #answer(socket: Asker, name: unknown, args: readonly unknown[]): Promise<object | undefined> {
    const { connection } = socket.data;
    const now = this.#now();
    if (!isRequestName(name)) return violation(socket, 'payload-invalid', now);
    if (!connection.mayAsk(name, now)) return violation(socket, 'rate-limited', now);
    const read = readPayload(name, args);
    if ('code' in read) return violation(socket, read.code, now);

    let answer: { ok: boolean } | undefined;
    const failed = await this.inTurn(socket, async () => {
      if (name === 'leaving') await this.#handlers.leaving(socket);
      // The schema of the same name has just been applied.
      else answer = await (this.#handlers[name] as AnyHandler)(socket, read.payload);
    });
    return failed ?? answer;
  }
}

export const refuse = (code: SignalingErrorCode): Refusal => ({ ok: false, error: { code } });

function violation({ data }: Asker, code: SignalingErrorCode, now: number): Refusal {
  data.connection.violate(now);
  return refuse(code);
}

const isRequestName = (name: unknown): name is RequestName | 'leaving' =>
  name === 'leaving' || (typeof name === 'string' && Object.hasOwn(requestSchemas, name));

function readPayload(
  name: RequestName | 'leaving',
  args: readonly unknown[],
): { payload: unknown } | { code: SignalingErrorCode } {
  if (name === 'leaving') return args.length === 0 ? { payload: undefined } : { code: 'payload-invalid' };
  const [payload, ...more] = args;
  if (more.length > 0) return { code: 'payload-invalid' };
  const result = requestSchemas[name].safeParse(payload);
  return result.success ? { payload: result.data } : { code: codeOf(result.error.issues) };
}

/** What a person, or the site, can get wrong has a code of its own; all else is a mistake of a program. */
const codesByField: Readonly<Record<string, SignalingErrorCode>> = {
  room: 'room-invalid',
  displayName: 'name-invalid',
  token: 'token-invalid',
};

function codeOf(issues: readonly z.core.$ZodIssue[]): SignalingErrorCode {
  const codes = issues.map(({ code, path: [field] }) =>
    code === 'invalid_type' || typeof field !== 'string' ? undefined : codesByField[field],
  );
  return codes.every(code => code !== undefined) ? (codes[0] ?? 'payload-invalid') : 'payload-invalid';
}
