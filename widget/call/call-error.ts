// What can go wrong in a call that a person can act on. The words live in widget/locales.
import type { SignalingErrorCode } from '../../protocol/errors.ts';
import { Refused } from '../session/refused.ts';

export type CallErrorCode =
  | Exclude<SignalingErrorCode, 'payload-invalid' | 'not-in-room' | 'participant-unknown' | 'host-only'>
  | 'insecure-context'
  | 'unsupported-browser'
  | 'permission-denied'
  | 'device-not-found'
  | 'device-in-use'
  | 'server-unreachable'
  | 'replaced'
  | 'media-failed'
  | 'server-url-missing';

/** An error with a stable code. `capacity` comes with `room-full`. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  readonly capacity: number | undefined;

  constructor(code: CallErrorCode, options: ErrorOptions & { capacity?: number | undefined } = {}) {
    super(code, options);
    this.code = code;
    this.capacity = options.capacity;
  }
}

/** What a failed request means to a person: what only a program can get wrong is `internal`. */
export function toCallError(error: unknown): CallError {
  if (!(error instanceof Refused)) return new CallError('internal', { cause: error });
  const { code, capacity } = error;
  switch (code) {
    case 'payload-invalid':
    case 'not-in-room':
    case 'participant-unknown':
    case 'host-only':
      return new CallError('internal', { cause: error });
    default:
      return new CallError(code, { cause: error, capacity });
  }
}
