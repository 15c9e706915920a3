// What the statistics of one connection say at one moment, by track: only what every browser counts (W3C webrtc-stats).
// Counters as they are; what they mean over time is for link-health.ts.
import { pathOf } from './path.ts';
import type { Path } from './path.ts';
import { trackKinds } from './peer.ts';
import type { TrackKind } from './peer.ts';

/** Counters of one track in one direction, since the connection began. */
export interface StreamSample {
  bytes: number;
  packets: number;
  /** Packets that never arrived. Of a sent track: as the other side reports it. */
  lost: number;
  /** Sent tracks only: the share lost between the last two reports of the other side, 0 to 1. */
  fractionLost?: number | undefined;
  /** Sent tracks only: when the other side last reported, ms. Without a newer report there is no news. */
  reportedAt?: number | undefined;
  jitterSec?: number | undefined;
  /** Pictures encoded or decoded. */
  frames?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  concealedSamples?: number | undefined;
  samples?: number | undefined;
  /** 0 to 1 */
  audioLevel?: number | undefined;
}

export type StreamSamples = Partial<Record<TrackKind, StreamSample>>;

export interface LinkSample {
  /** ms, on any clock that only goes forward. */
  at: number;
  /** The way that media takes. */
  path?: Path | undefined;
  roundTripTimeSec?: number | undefined;
  sent: StreamSamples;
  received: StreamSamples;
}

/** `mids` name the media sections in the order of `trackKinds`. */
export function sampleOf(report: RTCStatsReport, mids: readonly (string | null)[], at: number): LinkSample {
  const stats = [...(report.values() as Iterable<Stats>)];
  const byId = new Map(stats.map(one => [one.id, one]));
  const streams = (type: 'inbound-rtp' | 'outbound-rtp', read: (one: Stats) => StreamSample): StreamSamples => {
    const found: StreamSamples = {};
    for (const one of stats) {
      const kind = one.type === type ? trackKinds[mids.indexOf(one.mid ?? null)] : undefined;
      // A section may keep the statistics of a stream that is over; the one with the most packets is the present one.
      if (kind && (found[kind]?.packets ?? -1) < (one.packetsSent ?? one.packetsReceived ?? 0)) found[kind] = read(one);
    }
    return found;
  };
  return {
    at,
    path: pathOf(report),
    roundTripTimeSec: roundTripTimeOf(stats, byId),
    sent: streams('outbound-rtp', one => sentStream(one, byId.get(one.remoteId ?? ''))),
    received: streams('inbound-rtp', receivedStream),
  };
}

/** Of the candidate pair in use: its checks go on without any media. */
function roundTripTimeOf(stats: readonly Stats[], byId: ReadonlyMap<string, Stats>): number | undefined {
  const transport = stats.find(({ selectedCandidatePairId }) => selectedCandidatePairId);
  const pair =
    byId.get(transport?.selectedCandidatePairId ?? '') ??
    stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  return pair?.currentRoundTripTime;
}

function sentStream(one: Stats, remote: Stats | undefined): StreamSample {
  return {
    bytes: (one.bytesSent ?? 0) + (one.headerBytesSent ?? 0),
    packets: one.packetsSent ?? 0,
    lost: Math.max(0, remote?.packetsLost ?? 0),
    fractionLost: remote?.fractionLost,
    reportedAt: remote?.timestamp,
    jitterSec: remote?.jitter,
    frames: one.framesEncoded,
    width: one.frameWidth,
    height: one.frameHeight,
  };
}

function receivedStream(one: Stats): StreamSample {
  return {
    bytes: (one.bytesReceived ?? 0) + (one.headerBytesReceived ?? 0),
    packets: one.packetsReceived ?? 0,
    // Duplicates make it negative (RFC 3550 §6.4.1).
    lost: Math.max(0, one.packetsLost ?? 0),
    jitterSec: one.jitter,
    frames: one.framesDecoded,
    width: one.frameWidth,
    height: one.frameHeight,
    concealedSamples: one.concealedSamples,
    samples: one.totalSamplesReceived,
    audioLevel: one.audioLevel,
  };
}

interface Stats {
  type: string;
  id: string;
  timestamp: number;
  mid?: string;
  remoteId?: string;
  selectedCandidatePairId?: string;
  nominated?: boolean;
  state?: string;
  currentRoundTripTime?: number;
  bytesSent?: number;
  headerBytesSent?: number;
  bytesReceived?: number;
  headerBytesReceived?: number;
  packetsSent?: number;
  packetsReceived?: number;
  packetsLost?: number;
  fractionLost?: number;
  jitter?: number;
  framesEncoded?: number;
  framesDecoded?: number;
  frameWidth?: number;
  frameHeight?: number;
  concealedSamples?: number;
  totalSamplesReceived?: number;
  audioLevel?: number;
}
