// What this process holds: sockets and memory. For tests only.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const countUdpSockets = async (): Promise<number> => {
  // libuv lets go of a closed handle at the end of a turn of its loop, after the immediates of that turn.
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  return process.getActiveResourcesInfo().filter(name => name.startsWith('UDP')).length;
};

/** Bytes of the heap and of buffers that are really in use. */
export const usedBytes = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: what a finalizer lets go of is collected only then.
  for (let turn = 0; turn < 2; turn++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/**
 * That `work`, which must be new each time, makes what is in use grow by less than this. It gets three tries: what is kept of
 * it is kept each time, what the engine compiles and caches meanwhile is not.
 */
export const assertGrowsLess = async (bytes: number, work: () => void | Promise<void>): Promise<void> => {
  let least = Infinity;
  for (let round = 0; round < 3 && least >= bytes; round++) {
    const before = await usedBytes();
    await work();
    least = Math.min(least, (await usedBytes()) - before);
  }
  assert.ok(least < bytes, `grown by ${least} bytes`);
};

/** TCP sockets, listening and connected. */
export const countTcpSockets = async (): Promise<number> => {
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  return process.getActiveResourcesInfo().filter(name => name.startsWith('TCP')).length;
};
