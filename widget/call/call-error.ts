// What can go wrong in a call that a person can act on. The words live in widget/locales.
import type { SignalingErrorCode } from '../../protocol/errors.ts';

export type CallErrorCode =
  | Exclude<SignalingErrorCode, 'payload-invalid' | 'not-in-room' | 'participant-unknown'>
  | 'insecure-context'
  | 'unsupported-browser'
  | 'permission-denied'
  | 'device-not-found'
  | 'device-in-use'
  | 'server-unreachable'
  | 'room-locked'
  | 'token-invalid'
  | 'token-expired'
  | 'rejected'
  | 'removed'
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
