// Why the server, or the way to it, said no.
import type { SignalingErrorCode } from '../../protocol/errors.ts';

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
