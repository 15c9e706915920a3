// What 10, 500 and 5,000 allocations cost: memory for each, and CPU time for each datagram when all of them are in use, and
// when a few are while the others are silent. The first is what many sockets cost any program, the second what tables do.
import type { Contender } from './contenders.ts';
import { measure, microseconds } from './measure.ts';
import type { Cell } from './measure.ts';
import { columns, kilobytes } from './print.ts';
import { residentBytes } from './process-cost.ts';

export interface ScalePlan {
  readonly rounds: number;
  readonly datagrams: number;
  readonly perSecond: number;
  /** Growing. */
  readonly counts: readonly number[];
}

const kind = { topology: 'peer', framing: 'channel' } as const;
const payloadBytes = 1000;

/** Each starts fresh; the flows of all counts stay open, as they would on a busy relay. */
export const benchScale = async (contenders: readonly Contender[], plan: ScalePlan): Promise<void> => {
  const { rounds, datagrams, perSecond, counts } = plan;
  const run = { ...kind, payloadBytes, datagrams, perSecond };
  const before = new Map<string, Memory>();
  const refused = new Map<string, string>();
  for (const contender of contenders) {
    await warmUp(contender, plan);
    before.set(contender.name, await memoryOf(contender));
  }
  const busy = counts[0] ?? 0;
  console.log('\nMemory per allocation: heap and buffers after a collection / resident;');
  console.log(`CPU per datagram, ChannelData: all of them in use / ${busy} in use while the others are silent`);
  console.log(
    columns(
      'allocations',
      contenders.map(({ name }) => name),
      42,
    ),
  );
  for (const [index, count] of counts.entries()) {
    const memory = new Map<string, string>();
    for (const contender of contenders) {
      const { name } = contender;
      if (refused.has(name)) continue;
      const added = count - (counts[index - 1] ?? 0);
      await contender.open(kind, added).catch((error: unknown) => refused.set(name, String(error)));
      memory.set(name, perAllocation(await memoryOf(contender), before.get(name), count));
    }
    // A permission lives five minutes, and those of the first flows are as old as the run.
    const renew = async (): Promise<void> => {
      for (const contender of contenders) if (!refused.has(contender.name)) await contender.renew();
    };
    await renew();
    const inUse = await measure(contenders, run, rounds, refused);
    await renew();
    const beside = await measure(contenders, { ...run, flows: busy }, rounds, refused);
    const texts = contenders.map(({ name }) => {
      const cpu = [inUse, beside].map(cells => cpuText(cells.get(name))).join(' / ');
      return `${memory.get(name) ?? '–'}, ${cpu} µs`;
    });
    console.log(columns(String(count), texts, 42));
  }
};

const cpuText = (cell: Cell | undefined): string =>
  cell?.type === 'done' ? microseconds(cell).toFixed(2) : (cell?.type ?? '–');

/** Code that is compiled and tables that are made once are not an allocation's. */
const warmUp = async (contender: Contender, { datagrams, perSecond }: ScalePlan): Promise<void> => {
  const warming = { topology: 'peer', framing: 'indication' } as const;
  await contender.open(warming, 1);
  await contender.run({ ...warming, payloadBytes, datagrams, perSecond });
};

interface Memory {
  readonly heap: number | undefined;
  readonly resident: number;
}

const memoryOf = async (contender: Contender): Promise<Memory> => ({
  heap: await contender.heapBytes(),
  resident: residentBytes(contender.pid),
});

const perAllocation = (now: Memory, before: Memory | undefined, count: number): string => {
  const heap = now.heap === undefined ? '–' : kilobytes((now.heap - (before?.heap ?? 0)) / count);
  return `${heap} / ${kilobytes((now.resident - (before?.resident ?? 0)) / count)}`;
};
