// For tests: a link that loses, delays and queues, and what its reports say. No browser, no sound; only arithmetic.
// Not part of the product.
import { adapt, encodingOf, startLink } from '../adaptation.ts';
import type { LinkMode, LinkState } from '../adaptation.ts';

/** The state of the network at one moment. */
export interface Weather {
  /** What it carries, bits per second; absent: as much as anyone sends. */
  capacityBps?: number;
  /** Lost whatever is sent, 0 to 1. */
  loss?: number;
  roundTripTimeMs?: number;
}

export interface Moment {
  at: number;
  mode: LinkMode;
  rung: number;
  /** What of the sound does not arrive. */
  soundLoss: number;
}

const stepMs = 1_000;
const lookMs = 2_000;
/** Sound with its headers. */
const soundBps = 40_000;
/** What a full queue holds. */
const queueMs = 1_000;
/** How often the other side reports, while pictures come and while only sound does (RFC 3550 §6.2). */
const reportMs = { video: 1_000, sound: 5_000 };

/** Runs the controller over `weather` for so long, and says how it stood every second. */
export function simulate(
  weather: (at: number) => Weather,
  forMs: number,
  { peers = 1, noise = () => 0 }: { peers?: number; noise?: () => number } = {},
): Moment[] {
  const moments: Moment[] = [];
  let link: LinkState = startLink(peers, 0);
  let queuedMs = 0;
  let report: number | undefined;
  let reportedAt = 0;
  for (let at = 0; at <= forMs; at += stepMs) {
    const { capacityBps = Infinity, loss = 0, roundTripTimeMs = 50 } = weather(at);
    const { active, maxBitrate } = encodingOf(link, 360);
    const sentBps = soundBps + (active ? maxBitrate * 1.05 : 0);
    queuedMs = Math.min(queueMs, Math.max(0, queuedMs + (sentBps / capacityBps - 1) * stepMs));
    const overflow = queuedMs === queueMs ? Math.max(0, 1 - capacityBps / sentBps) : 0;
    const lost = 1 - (1 - overflow) * (1 - loss);
    if (at - reportedAt >= (active ? reportMs.video : reportMs.sound)) {
      report = Math.min(1, Math.max(0, lost + noise()));
      reportedAt = at;
    }
    if (at > 0 && at % lookMs === 0) {
      const seen = { sentLoss: report, roundTripTimeMs: roundTripTimeMs + queuedMs, sentBps, peers, hasVideo: true };
      link = adapt(link, seen, at);
      report = undefined;
    }
    moments.push({ at, mode: link.mode, rung: link.rung, soundLoss: lost });
  }
  return moments;
}

/** What people see change: the picture comes or goes, or another rung of it. */
export function visibleChanges(moments: readonly Moment[]): number[] {
  const seen = ({ mode, rung }: Moment): string => (mode === 'sending' ? `rung ${rung}` : 'paused');
  return moments
    .filter((moment, index) => {
      const before = moments[index - 1];
      return before !== undefined && seen(moment) !== seen(before);
    })
    .map(({ at }) => at);
}

/** Numbers from 0 to 1 that are the same at every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
