// Why the server, or the way to it, said no.
import type { SignalingErrorCode } from '../../protocol/errors.ts';
import type { Ack, Refusal } from '../../protocol/events.ts';

export type RefusedCode = SignalingErrorCode | 'server-unreachable';

/** A request that was refused. `capacity` comes with `room-full`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusedCode;
  readonly capacity: number | undefined;

  constructor(code: RefusedCode, capacity?: number) {
    super(code);
    this.code = code;
    this.capacity = capacity;
  }
}

/** What a refused handshake says; a connection that merely failed says nothing. */
export function codeOf(error: Error & { data?: { code?: RefusedCode } }): RefusedCode | undefined {
  return error.data?.code;
}

/** Worth another try by itself. */
export function passes(code: RefusedCode): boolean {
  return code === 'rate-limited' || code === 'internal';
}

/** @throws {Refused} */
export function accepted<Answer extends object>(answer: Parameters<Ack<Answer>>[0]): Answer {
  if (!answer.ok) throw refusedBy(answer);
  return answer;
}

/** Nobody could be asked. */
export const unreachable = (): Refused => new Refused('server-unreachable');

export const refusedBy = ({ error: { code, capacity } }: Refusal): Refused => new Refused(code, capacity);
