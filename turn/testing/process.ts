// What this process holds: sockets and memory. For tests only.
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

/** TCP sockets, listening and connected. */
export const countTcpSockets = async (): Promise<number> => {
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  return process.getActiveResourcesInfo().filter(name => name.startsWith('TCP')).length;
};
