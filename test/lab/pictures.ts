// When pictures arrived in a caller's page, by the page's own clock: what a test of a broken path measures. It knows no
// path and breaks none.
import { until } from '../support/media.ts';
import type { Caller } from './caller.ts';

/** One look at everything that is open, this often: the resolution of every figure. */
const lookMs = 100;
/** What was on its way when the path broke is shown within this time. */
const underWayMs = 500;
/** So many more looks that found a new picture make a flow: at three frames a second it is one still. */
const flowing = { pictures: 4, withinMs: 2_000 };

/** Times at which new pictures had been decoded, ms since 1970: each open connection's, in the order of their making. */
type Arrivals = { name: number; times: number[] }[];

/** From now on the page writes down when pictures come. */
export async function watchPictures(caller: Caller): Promise<void> {
  await caller.evaluate(`(() => {
    const seen = new Map();
    globalThis.arrivals = [];
    const look = async connection => {
      if (connection.signalingState === 'closed') return;
      let frames = 0;
      for (const { receiver } of connection.getTransceivers()) {
        for (const one of (await receiver.getStats()).values()) {
          if (one.type === 'inbound-rtp' && one.kind === 'video') frames += one.framesDecoded ?? 0;
        }
      }
      if (frames > (seen.get(connection) ?? 0)) arrivals.push([probe.connections.indexOf(connection), Date.now()]);
      seen.set(connection, frames);
    };
    setInterval(() => probe.connections.forEach(connection => void look(connection).catch(() => undefined)), ${lookMs});
  })()`);
}

/** Of the connections that are open, also of those that show nothing. */
async function arrivalsAt(caller: Caller): Promise<Arrivals> {
  return caller.evaluate(`probe.connections
    .map((connection, name) => ({ connection, name, times: arrivals.filter(([of]) => of === name).map(([, at]) => at) }))
    .filter(({ connection }) => connection.signalingState !== 'closed')
    .map(({ name, times }) => ({ name, times }))`);
}

/**
 * How long after `at` pictures came from each of `from` others, in ms.
 * Waits no longer than `patienceMs` from now on.
 */
export async function backAfter(caller: Caller, from: number, at: number, patienceMs: number): Promise<number> {
  let back: number[] = [];
  await until(
    async () => {
      const arrivals = await arrivalsAt(caller);
      back = arrivals.map(({ times }) => flowAfter(times, at)).filter(time => time !== undefined);
      return back.length >= from;
    },
    { timeoutMs: patienceMs, what: () => `pictures of ${from} others, there are those of ${back.length}` },
  );
  return Math.max(...back) - at;
}

/**
 * The longest time without a picture of anybody around `at`, when something broke, in ms.
 * Waits no longer than `patienceMs` from now on.
 */
export async function gapAround(caller: Caller, at: number, patienceMs: number): Promise<number> {
  let times: number[] = [];
  await until(
    async () => {
      times = await caller.evaluate<number[]>(`arrivals.map(([, at]) => at)`);
      return flowAfter(times, at + underWayMs) !== undefined;
    },
    { timeoutMs: patienceMs, what: () => 'pictures' },
  );
  const flowsAt = flowAfter(times, at + underWayMs) ?? 0;
  return longestGap(times.filter(time => time > at - underWayMs && time <= flowsAt));
}

/** The longest time without a picture of anybody between `from` and `to`. */
export async function longestGapBetween(caller: Caller, from: number, to: number): Promise<number> {
  const times = await caller.evaluate<number[]>(`arrivals.map(([, at]) => at)`);
  return longestGap([from, ...times.filter(time => time > from && time < to), to]);
}

/** The first picture that came after `at` and that others followed closely: one alone is what was still under way. */
function flowAfter(times: readonly number[], at: number): number | undefined {
  return times.find((time, index) => time > at && times[index + flowing.pictures]! < time + flowing.withinMs);
}

function longestGap(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, index) => time - times[index]!));
}

/** How many connections the page has made so far, closed ones included. */
export const connectionsMade = (caller: Caller): Promise<number> => caller.evaluate(`probe.connections.length`);
