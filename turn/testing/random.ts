// Random numbers that come again with the same seed, so that a failing run can be repeated. For tests only.

/** Whole numbers from 0 up to, not including, `below`. */
export type RandomInt = (below: number) => number;

/** Mulberry32: 32 bits of state, good enough to spread mutations. */
export const seededRandom = (seed: number): RandomInt => {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

/** A copy with one to four wounds: a flipped bit, a set byte, a cut, bytes put in, a piece copied elsewhere. */
export const mutate = (original: Buffer, random: RandomInt): Buffer => {
  let bytes = Buffer.from(original);
  for (let wounds = 1 + random(4); wounds > 0; wounds--) {
    const at = random(bytes.length || 1);
    switch (random(6)) {
      case 0:
        if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = [0x00, 0xff, 0x7f, 0x80, 0x01, random(256)][random(6)] ?? 0;
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random(9), random(256)), bytes.subarray(at)]);
        break;
      case 4:
        bytes.copyWithin(at, random(bytes.length || 1));
        break;
      // A mutation that keeps the length field true gets past the first check and deeper in.
      default:
        if (bytes.length >= 20) bytes.writeUInt16BE(bytes.length - 20, 2);
    }
  }
  return bytes;
};
