// How many bytes one direction of an allocation may carry. Knows no datagram, holds no timer: time is looked at on use.

/** What a direction has used. */
export interface Meter {
  /**
   * Milliseconds: when the bytes that went through will have taken their time at the rate that is allowed. In the past
   * by what may still come at once.
   */
  paidUntil: number;
}

export interface Bandwidth {
  /** Whether a datagram with so many bytes in it may pass now. If so they are counted, and its headers. */
  readonly take: (meter: Meter, bytes: number, now: number) => boolean;
}

/** IPv4 and UDP (RFC 791, RFC 768), which the network carries for each datagram, empty ones included. */
export const datagramHeaderBytes = 28;

/** A rest of this long earns as much in one burst: a key frame is many datagrams at once. */
const burstMs = 1000;

/**
 * `maxBps`: bytes a second; absent: as many as come. A datagram passes if the ones before it are paid for, however large
 * it is itself: else a low rate would let no large one through, ever.
 */
export const createBandwidth = (maxBps: number | undefined): Bandwidth => {
  if (maxBps === undefined) return { take: () => true };
  const msPerByte = 1000 / maxBps;
  return {
    take: (meter, bytes, now) => {
      if (meter.paidUntil > now) return false;
      const from = Math.max(meter.paidUntil, now - burstMs);
      meter.paidUntil = from + (bytes + datagramHeaderBytes) * msPerByte;
      return true;
    },
  };
};
