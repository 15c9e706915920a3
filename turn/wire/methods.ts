// The methods of STUN and TURN and how a message type carries one. Knows no attribute and no header.

/** RFC 8489 §18.2, RFC 8656 §17. */
export const method = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

export type MessageClass = 'request' | 'indication' | 'success' | 'error';

// In the order of the two class bits C1 and C0.
const classes = ['request', 'indication', 'success', 'error'] as const;

// RFC 8489 §5, figure 3: M11–M7, C1, M6–M4, C0, M3–M0. The class sits inside the method's bits.
export const encodeType = (methodNumber: number, messageClass: MessageClass): number => {
  const c = classes.indexOf(messageClass);
  const m = ((methodNumber & 0xf80) << 2) | ((methodNumber & 0x070) << 1) | (methodNumber & 0x00f);
  return m | ((c & 2) << 7) | ((c & 1) << 4);
};

export const methodOf = (type: number): number => ((type & 0x3e00) >> 2) | ((type & 0x00e0) >> 1) | (type & 0x000f);

export const classOf = (type: number): MessageClass => classes[((type >> 7) & 2) | ((type >> 4) & 1)] ?? 'request';
