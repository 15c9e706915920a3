// How good the connection to one participant is, in one word. Pure: reports go in, a word that does not flicker comes out.
import type { Participant } from './call-state.ts';
import type { LinkHealth } from './link-health.ts';

export type Quality = Participant['quality'];

/** At or above any of these the connection is fair, then poor. */
const limits = {
  fair: { loss: 0.03, roundTripTimeMs: 300, jitterMs: 50 },
  poor: { loss: 0.1, roundTripTimeMs: 800, jitterMs: 150 },
};

/** So many reports in a row before the word changes: a turn for the worse is believed sooner. */
const patience = { worse: 2, better: 4 };
const rank = { unknown: 3, good: 2, fair: 1, poor: 0 };

export interface QualityState {
  readonly shown: Quality;
  readonly next: Quality;
  readonly times: number;
}

export const unknownQuality: QualityState = { shown: 'unknown', next: 'unknown', times: 0 };

/** `frozen`: a picture should come and none does. A paused picture is a poor connection by definition. */
export function qualityOf(health: LinkHealth, picture: 'fine' | 'frozen' | 'paused'): Quality {
  const { sentLoss, receivedLoss, roundTripTimeMs, jitterMs } = health;
  if (picture !== 'fine') return 'poor';
  if (sentLoss === undefined && receivedLoss === undefined && roundTripTimeMs === undefined) return 'unknown';
  const loss = Math.max(sentLoss ?? 0, receivedLoss ?? 0);
  const reaches = (limit: (typeof limits)['fair']): boolean =>
    loss >= limit.loss || (roundTripTimeMs ?? 0) >= limit.roundTripTimeMs || (jitterMs ?? 0) >= limit.jitterMs;
  return reaches(limits.poor) ? 'poor' : reaches(limits.fair) ? 'fair' : 'good';
}

export function settle(before: QualityState, seen: Quality): QualityState {
  if (seen === before.shown || seen === 'unknown') return { ...before, next: before.shown, times: 0 };
  const times = seen === before.next ? before.times + 1 : 1;
  const needed = before.shown === 'unknown' || rank[seen] < rank[before.shown] ? patience.worse : patience.better;
  return times >= needed ? { shown: seen, next: seen, times: 0 } : { shown: before.shown, next: seen, times };
}

/** One's own: the best of all, because a network that carries one connection well is not what spoils another. */
export function ownQuality(others: readonly Quality[]): Quality {
  return others.reduce<Quality>((best, one) => {
    if (one === 'unknown') return best;
    return best === 'unknown' || rank[one] > rank[best] ? one : best;
  }, 'unknown');
}
