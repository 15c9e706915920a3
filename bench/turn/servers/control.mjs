// What every server process of the bench does beside its work: tells its memory when asked, and ends with its parent.
import { setImmediate } from 'node:timers/promises';

/** Calls back with each message of the bench; what it returns is the answer. */
export const serve = answer => {
  process.on('message', async ({ id, ask, ...given }) => {
    process.send({ id, answer: ask === 'memory' ? await memory() : await answer(ask, given) });
  });
  process.on('disconnect', () => process.exit());
  process.send('ready');
};

const memory = async () => {
  // Twice: what a finalizer lets go of is collected only then.
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
