// The version of the signalling protocol. Both sides send it; a server refuses what it does not speak.

/** Raised when a change would break a client or server of the version before. */
export const PROTOCOL_VERSION = 1;
