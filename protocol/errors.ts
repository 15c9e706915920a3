// The codes with which the server refuses. Stable: the words for people live in widget/locales.

export const signalingErrorCodes = [
  'version-unsupported',
  'origin-not-allowed',
  'payload-invalid',
  'room-invalid',
  'name-invalid',
  'room-full',
  'room-locked',
  'token-invalid',
  'token-expired',
  'rejected',
  'removed',
  'host-only',
  'not-in-room',
  'participant-unknown',
  'rate-limited',
  'internal',
] as const;

/** Why a signalling request or handshake was refused. */
export type SignalingErrorCode = (typeof signalingErrorCodes)[number];
