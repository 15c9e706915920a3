// The error codes that we answer with. Numbers only: knows no message.

/** RFC 8489 §18.4 (400, 401, 420, 438), RFC 8656 §19 (the others). */
export const refusalCodes = [400, 401, 403, 420, 437, 438, 440, 441, 442, 443, 486, 508] as const;

export type RefusalCode = (typeof refusalCodes)[number];
