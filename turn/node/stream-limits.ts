// What a TCP or TLS connection may cost us. Numbers and their type only: knows no socket.

export interface StreamLimits {
  /** Until the first whole message, the TLS handshake included. Milliseconds. */
  readonly firstMessageMs: number;
  /** How long a connection may be without an allocation, at its start or after. Milliseconds. */
  readonly withoutAllocationMs: number;
  /** What a peer sent is dropped when more than this would wait for the client to read. Bytes. */
  readonly mediaQueueMaxBytes: number;
  /** A client that lets more than this wait, in answers to its own requests, is cut off. Bytes. */
  readonly queueMaxBytes: number;
  /** Connections without an allocation from one IPv4 address or one IPv6 /64; those with one are counted by quotas. */
  readonly strangersPerSource: number;
  /** The same from everywhere. */
  readonly strangersInAll: number;
}

/**
 * Half a second of video waits at most: what is older is of no use to a call. The system's own buffers come before that.
 * A browser opens a connection for each participant, URL and component, and a company may be behind one address.
 */
export const streamLimits: StreamLimits = {
  firstMessageMs: 10_000,
  withoutAllocationMs: 30_000,
  mediaQueueMaxBytes: 128 * 1024,
  queueMaxBytes: 256 * 1024,
  strangersPerSource: 256,
  strangersInAll: 4096,
};

/** Of TCP: a client that vanished is noticed although nothing is sent to it. Milliseconds until the first probe. */
export const keepAliveDelayMs = 30_000;
