// Transaction IDs of Data indications. Knows no message: nothing answers one, so they need not be hard to guess.

/** Counts on from `start`, 12 bytes. One buffer for all: whoever asks copies it into a message before the next comes. */
export const countingTransactionIds = (start: Buffer): (() => Buffer) => {
  const next = Buffer.from(start);
  return () => {
    next.writeUInt32BE((next.readUInt32BE(8) + 1) >>> 0, 8);
    return next;
  };
};
