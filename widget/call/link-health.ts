// How a connection did between two samples. Pure: it knows neither browser nor clock, and decides nothing.
import type { LinkSample, StreamSample, StreamSamples } from './link-sample.ts';
import { trackKinds } from './peer.ts';

export interface LinkHealth {
  /** What the other side missed of what we sent, 0 to 1, by packets; undefined without a new report. */
  sentLoss: number | undefined;
  /** What we missed of what they sent, 0 to 1; undefined when nothing was due. */
  receivedLoss: number | undefined;
  roundTripTimeMs: number | undefined;
  /** The worse of the two directions of sound. */
  jitterMs: number | undefined;
  /** All that we sent, bits per second, headers included. */
  sentBps: number;
  /** Pictures of their camera decoded, per second. */
  framesPerSecond: number;
}

export function healthOf(before: LinkSample, after: LinkSample): LinkHealth {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const { audio } = after.received;
  const jitters = [audio?.jitterSec, after.sent.audio?.jitterSec].filter(jitter => jitter !== undefined);
  return {
    sentLoss: sentLossOf(before.sent, after.sent),
    receivedLoss: receivedLossOf(before.received, after.received),
    roundTripTimeMs: after.roundTripTimeSec === undefined ? undefined : after.roundTripTimeSec * 1000,
    jitterMs: jitters.length > 0 ? Math.max(...jitters) * 1000 : undefined,
    sentBps: (sum(after.sent, before.sent, ({ bytes }) => bytes) * 8) / seconds,
    framesPerSecond: growth(after.received.video, before.received.video, ({ frames = 0 }) => frames) / seconds,
  };
}

/** By how much a counter grew; one that began anew counts from nothing. */
function growth(
  after: StreamSample | undefined,
  before: StreamSample | undefined,
  read: (one: StreamSample) => number,
): number {
  if (!after) return 0;
  const grown = read(after) - (before ? read(before) : 0);
  return grown < 0 ? read(after) : grown;
}

function sum(after: StreamSamples, before: StreamSamples, read: (one: StreamSample) => number): number {
  return trackKinds.reduce((total, kind) => total + growth(after[kind], before[kind], read), 0);
}

/** Reports of all tracks, each weighed by its packets: one lost packet of a slow picture is no bad network. */
function sentLossOf(before: StreamSamples, after: StreamSamples): number | undefined {
  let lost = 0;
  let sent = 0;
  for (const kind of trackKinds) {
    const stream = after[kind];
    if (stream?.fractionLost === undefined || stream.reportedAt === before[kind]?.reportedAt) continue;
    const packets = growth(stream, before[kind], ({ packets: count }) => count);
    lost += packets * stream.fractionLost;
    sent += packets;
  }
  return sent > 0 ? lost / sent : undefined;
}

function receivedLossOf(before: StreamSamples, after: StreamSamples): number | undefined {
  const lost = sum(after, before, one => one.lost);
  const due = lost + sum(after, before, ({ packets }) => packets);
  return due > 0 ? lost / due : undefined;
}
