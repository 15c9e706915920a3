// What the statistics of a call look like to a page: one tidy shape, the same in every browser. Pure.
import type { LinkSample, StreamSample, StreamSamples } from './link-sample.ts';
import type { Participant } from './call-state.ts';
import type { Path } from './path.ts';

/** One track in one direction. Absent figures: the browser has not said. */
export interface StreamStats {
  bitrateBps: number;
  /** Packets that did not arrive, 0 to 1. Of a sent track: as the other side reports it. */
  loss?: number;
  jitterMs?: number;
  /** Pictures. */
  width?: number;
  height?: number;
  framesPerSecond?: number;
  /** Received camera: how often it has stood still for two seconds or more. */
  freezes?: number;
  /** Received sound: the share that had to be made up, 0 to 1. */
  concealment?: number;
  /** Received sound: how loud, 0 to 1. */
  audioLevel?: number;
}

export type TrackName = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/** The connection to one participant. */
export interface ParticipantStats {
  id: string;
  path?: Path;
  quality: Participant['quality'];
  roundTripTimeMs?: number;
  sent: Partial<Record<TrackName, StreamStats>>;
  received: Partial<Record<TrackName, StreamStats>>;
}

/** Rates are over the time since the last look, at most a few seconds. */
export interface CallStats {
  participants: ParticipantStats[];
}

const names = { audio: 'microphone', video: 'camera', screen: 'screen', screenAudio: 'screenAudio' } as const;

export function statsOf(
  about: Pick<ParticipantStats, 'id' | 'quality'>,
  before: LinkSample | undefined,
  now: LinkSample,
  freezes: number,
): ParticipantStats {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  const received = streamsOf(before?.received, now.received, seconds);
  if (received.camera) received.camera.freezes = freezes;
  return {
    ...about,
    ...given({ path: now.path, roundTripTimeMs: inMs(now.roundTripTimeSec) }),
    sent: streamsOf(before?.sent, now.sent, seconds),
    received,
  };
}

function streamsOf(before: StreamSamples = {}, now: StreamSamples, seconds: number): ParticipantStats['sent'] {
  const streams: ParticipantStats['sent'] = {};
  for (const [kind, name] of Object.entries(names) as [keyof typeof names, TrackName][]) {
    const stream = now[kind];
    if (stream) streams[name] = streamOf(before[kind], stream, seconds);
  }
  return streams;
}

function streamOf(before: StreamSample | undefined, now: StreamSample, seconds: number): StreamStats {
  const rate = (read: (one: StreamSample) => number | undefined): number =>
    before && seconds > 0 ? Math.max(0, ((read(now) ?? 0) - (read(before) ?? 0)) / seconds) : 0;
  const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);
  const lost = rate(({ lost: count }) => count);
  return {
    bitrateBps: Math.round(rate(({ bytes }) => bytes) * 8),
    ...given({
      loss: now.fractionLost ?? share(lost, lost + rate(({ packets }) => packets)),
      jitterMs: inMs(now.jitterSec),
      width: now.width,
      height: now.height,
      framesPerSecond: now.frames === undefined ? undefined : rate(({ frames }) => frames),
      concealment: share(
        rate(one => one.concealedSamples),
        rate(one => one.samples),
      ),
      audioLevel: now.audioLevel,
    }),
  };
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Without the fields that hold nothing. */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
