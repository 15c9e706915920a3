// What a process has cost so far, read from Linux. Knows not what the process does.
import { readdirSync, readFileSync } from 'node:fs';

/**
 * CPU time of all threads, user and system, in nanoseconds: the scheduler's own clock, since the one of `stat` counts in
 * steps of 10 ms. Exact when the process sleeps.
 */
export const cpuNs = (pid: number): number => threadsCpuNs(pid).reduce((sum, each) => sum + each, 0);

export const threadsCpuNs = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map(thread =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );

/** Memory that is in RAM, in bytes. What the kernel holds for sockets is not in it. */
export const residentBytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
};
