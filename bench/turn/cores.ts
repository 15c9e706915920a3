// What a second worker costs and how work is split: many rooms, two in each, sent to workers as the server does it.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { workerOf } from '../../server/relay-worker.ts';
import { at, relayOptions, startLoad, startServer } from './contenders.ts';
import type { Conversation } from './conversation.ts';
import { median, medianRatio } from './figures.ts';
import type { RunResult } from './load/messages.ts';
import { threadsCpuNs } from './process-cost.ts';

export interface CoresPlan {
  readonly rounds: number;
  readonly datagrams: number;
  readonly perSecond: number;
  readonly rooms: number;
}

const kind = { topology: 'client', framing: 'channel' } as const;
const payloadBytes = 1000;

/** Done means: a datagram costs hardly more with two workers, and neither does much more than half of the work. */
const costTarget = 1.05;
const shareTarget = 0.6;

/** Below, generator and relay compete for the cores, and throughput says nothing about the relay. */
const coresForThroughput = 4;

/** A worker tells its counters once a second. */
const reportMs = 1500;

/** Prints its figures; resolves to the targets that are missed. */
export const benchCores = async (plan: CoresPlan): Promise<string[]> => {
  // In the order of their workers: a burst reaches one of them, as it does where there is only one. How many datagrams a
  // thread finds when it wakes up is half of what they cost it.
  const rooms = Array.from({ length: plan.rooms }, () => randomBytes(9).toString('base64url'));
  rooms.sort((a, b) => workerOf(a, 2) - workerOf(b, 2));
  const relays = [await startRelay(1, rooms), await startRelay(2, rooms)] as const;
  try {
    return await compare(relays, plan);
  } finally {
    await Promise.all(relays.map(relay => relay.end()));
  }
};

const compare = async ([one, two]: readonly [Relay, Relay], plan: CoresPlan): Promise<string[]> => {
  const rounds = { one: [] as number[], two: [] as number[], share: [] as number[] };
  for (let round = 0; round <= plan.rounds; round++) {
    // Twice the pace for two, so that each worker is as busy as the one: a thread that sleeps longer wakes up to less.
    const [first, second] = [await one.run(plan), await two.run({ ...plan, perSecond: 2 * plan.perSecond })];
    if (round === 0) continue;
    rounds.one.push(first.cpuUs);
    rounds.two.push(second.cpuUs);
    rounds.share.push(second.largestShare);
  }
  await setTimeout(reportMs);
  const { toPeer, toClient, hairpin } = await two.relayed();
  const cost = medianRatio(rounds.two, rounds.one);
  const share = median(rounds.share);
  console.log(
    `\nTwo workers, ${plan.rooms} rooms of two, ChannelData of ${payloadBytes} bytes, median of ${plan.rounds} rounds`,
  );
  console.log(
    `CPU per datagram: one worker ${median(rounds.one).toFixed(2)} µs, two ${median(rounds.two).toFixed(2)} µs`,
  );
  console.log(
    `two : one ${cost.toFixed(2)} (target ${costTarget}); the busier worker does ${Math.round(share * 100)} %`,
  );
  console.log(
    `relayed inside one worker: ${hairpin.datagrams}, by relay sockets: ${toPeer.datagrams + toClient.datagrams}`,
  );
  if (availableParallelism() >= coresForThroughput) {
    const [slow, fast] = [await one.throughput(plan), await two.throughput(plan)];
    console.log(
      `throughput: two : one ${(fast / slow).toFixed(2)} (${Math.round(slow)} and ${Math.round(fast)} a second)`,
    );
  } else {
    console.log(
      `throughput: not measured, it takes ${coresForThroughput} cores and here are ${availableParallelism()}`,
    );
  }
  return [
    ...(cost <= costTarget ? [] : ['two workers: CPU per datagram']),
    ...(share <= shareTarget ? [] : ['two workers: split']),
    ...(toPeer.datagrams + toClient.datagrams === 0 && hairpin.datagrams > 0
      ? []
      : ['two workers: ends of a room apart']),
  ];
};

interface Relayed {
  readonly datagrams: number;
}

interface Relay {
  run(plan: CoresPlan): Promise<{ readonly cpuUs: number; readonly largestShare: number }>;
  relayed(): Promise<{ readonly toPeer: Relayed; readonly toClient: Relayed; readonly hairpin: Relayed }>;
  /** Datagrams a second when as many are sent as come through. */
  throughput(plan: CoresPlan): Promise<number>;
  end(): Promise<void>;
}

const startRelay = async (workers: number, rooms: readonly string[]): Promise<Relay> => {
  const secret = randomBytes(16).toString('hex');
  const server = startServer('ours.mjs');
  const ports = await server.ask<number[]>('start', { workers, options: relayOptions(secret) });
  const openAll = async (loads: readonly Conversation[]): Promise<void> => {
    for (const [index, room] of rooms.entries()) {
      const target = { server: at(ports[workerOf(room, workers)] ?? 0), login: { secret } };
      await loads[index % loads.length]?.ask('open', { target, kind, count: 1 });
    }
  };
  const load = startLoad();
  await openAll([load]);
  const run = async (plan: CoresPlan, perSecond: number, by: readonly Conversation[]): Promise<RunResult[]> => {
    const datagrams = Math.ceil(plan.datagrams / by.length);
    const run = { ...kind, payloadBytes, datagrams, perSecond: perSecond / by.length };
    return Promise.all(by.map(load => load.ask<RunResult>('run', { run })));
  };
  const sum = (results: readonly RunResult[], of: 'delivered' | 'sent') =>
    results.reduce((total, result) => total + result[of], 0);
  return {
    run: async plan => {
      const before = threadsCpuNs(server.pid);
      const delivered = sum(await run(plan, plan.perSecond, [load]), 'delivered');
      const spent = threadsCpuNs(server.pid).map((ns, thread) => ns - (before[thread] ?? 0));
      const [busiest = 0, next = 0] = spent.sort((a, b) => b - a);
      const cpuNs = spent.reduce((total, ns) => total + ns, 0);
      return { cpuUs: cpuNs / 1000 / delivered, largestShare: busiest / (busiest + next) };
    },
    relayed: async () => (await server.ask<{ relayed: Awaited<ReturnType<Relay['relayed']>> }>('counters')).relayed,
    throughput: async plan => {
      // Several, because one generator is busier than the relay.
      const loads = Array.from({ length: 2 * workers }, startLoad);
      try {
        await openAll(loads);
        const results = await run({ ...plan, datagrams: 10 * plan.datagrams }, Infinity, loads);
        return (1000 * sum(results, 'delivered')) / Math.max(...results.map(({ elapsedMs }) => elapsedMs));
      } finally {
        await Promise.all(loads.map(each => each.end()));
      }
    },
    end: async () => {
      await Promise.all([server.end(), load.end()]);
    },
  };
};
