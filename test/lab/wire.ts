// A wire between two hosts of the lab that is late, lossy, slow or cut, each way apart and changeable during a call.
// wire.py carries the frames. It knows no address: who hangs on its ends is the network's business.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { requireTool } from '../../scripts/tools.mjs';

/** What a frame meets in one direction. */
export interface WireConditions {
  delayMs: number;
  /** Each frame is late by 0 to this much more, by its own luck: they overtake each other, as netem's do. */
  jitterMs: number;
  /** 0 to 1. */
  lossRate: number;
  /** Mean length of a run of lost frames; up to 1 every frame is lost or not by itself. */
  lossBurst: number;
  /** 0: no limit. Frames with their Ethernet headers count. */
  kbps: number;
  /** With a limit: what would wait for longer than this is dropped. */
  queueMs: number;
  /** What is let through no more. What is already under way still arrives. */
  cut: 'nothing' | 'udp' | 'tcp' | 'icmp' | 'everything';
}

/** `up` is from the host into the network. */
export type WireDirection = 'up' | 'down';

/** Frames and bytes since the wire was opened; bytes only of those that were not dropped. */
export type WireCounts = Record<WireDirection, { taken: number; dropped: number; bytes: number }>;

/** A device that the wire makes, and the namespace to make it in. */
export interface WireEnd {
  space: string;
  device: string;
}

/** A cable: at once, all of it, as much as one likes. */
export const perfectWire: WireConditions = {
  delayMs: 0,
  jitterMs: 0,
  lossRate: 0,
  lossBurst: 0,
  kbps: 0,
  queueMs: 200,
  cut: 'nothing',
};

export interface Wire {
  /** Resolves once the next frame meets these conditions; what is not named stays as it is. */
  change: (conditions: Partial<WireConditions>, ...only: WireDirection[]) => Promise<void>;
  counts: () => Promise<WireCounts>;
  /** Of the process that carries the frames. */
  pid: number | undefined;
  /** Both devices go with it. A namespace that is removed takes its wires along. */
  close: () => Promise<void>;
}

/** Makes both devices and carries frames between them; the caller gives them addresses and sets them up. */
export async function openWire(host: WireEnd, network: WireEnd, conditions: Partial<WireConditions>): Promise<Wire> {
  const ends = [host, network].flatMap(({ space, device }) => [space, device]);
  const child = spawn(requireTool('python'), [join(import.meta.dirname, 'wire.py'), ...ends], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A write to a wire that was removed with its namespace: the missing answer tells of it.
  child.stdin.on('error', () => undefined);

  let last: Promise<unknown> = Promise.resolve();
  const answer = async (): Promise<string> => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done) throw new Error(`The wire of ${host.space} has ended`);
    return line.value;
  };
  /** Answers come in the order of the requests, so one waits for the other. */
  const request = (changes: Partial<Record<WireDirection, Partial<WireConditions>>>): Promise<WireCounts> => {
    child.stdin.write(`${JSON.stringify(changes)}\n`);
    const counts = last.then(async () => JSON.parse(await answer()) as WireCounts);
    last = counts.catch(() => undefined);
    return counts;
  };
  const change: Wire['change'] = async (changes, ...only) => {
    const directions: WireDirection[] = only.length > 0 ? only : ['up', 'down'];
    await request(Object.fromEntries(directions.map(direction => [direction, changes])));
  };

  await answer();
  await change({ ...perfectWire, ...conditions });
  return {
    change,
    counts: () => request({}),
    pid: child.pid,
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
