// What is read out of the statistics of browsers: the fields that Chromium 156 and Firefox 153 were seen to have in common.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { statsOf } from './call-stats.ts';
import { healthOf } from './link-health.ts';
import { sampleOf } from './link-sample.ts';

interface Sent {
  packets: number;
  bytes?: number;
  fractionLost?: number;
  reportedAt?: number;
}

/** A report of a connection that sends and receives sound and pictures. */
function report({
  audio,
  video,
  frames = 0,
  received = 0,
  lost = 0,
  concealed = 0,
}: {
  audio: Sent;
  video: Sent;
  frames?: number;
  received?: number;
  lost?: number;
  concealed?: number;
}): RTCStatsReport {
  const sent = (kind: string, mid: string, { packets, bytes = 0, fractionLost, reportedAt = 0 }: Sent) => [
    {
      id: `out-${mid}`,
      type: 'outbound-rtp',
      kind,
      mid,
      packetsSent: packets,
      bytesSent: bytes,
      remoteId: `rem-${mid}`,
    },
    {
      id: `rem-${mid}`,
      type: 'remote-inbound-rtp',
      kind,
      fractionLost,
      packetsLost: 0,
      timestamp: reportedAt,
      jitter: 0.01,
    },
  ];
  const stats = [
    ...sent('audio', '0', audio),
    ...sent('video', '1', video),
    {
      id: 'in-0',
      type: 'inbound-rtp',
      kind: 'audio',
      mid: '0',
      packetsReceived: received,
      packetsLost: lost,
      jitter: 0.02,
      concealedSamples: concealed,
      totalSamplesReceived: 96_000,
      audioLevel: 0.5,
    },
    {
      id: 'in-1',
      type: 'inbound-rtp',
      kind: 'video',
      mid: '1',
      packetsReceived: 0,
      packetsLost: -3,
      framesDecoded: frames,
      frameWidth: 640,
      frameHeight: 360,
    },
    { id: 'in-9', type: 'inbound-rtp', kind: 'video', mid: '9', packetsReceived: 1 },
    { id: 'pair', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.12 },
  ];
  return new Map(stats.map(one => [one.id, one]));
}

const mids = ['0', '1', '2', '3'];
const none = { packets: 0 };

describe('the health of a connection', () => {
  it('weighs the loss of each track by its packets, and hears no report twice', () => {
    const before = sampleOf(report({ audio: none, video: none }), mids, 0);
    const audio = { packets: 100, fractionLost: 0, reportedAt: 1 };
    const after = sampleOf(report({ audio, video: { packets: 300, fractionLost: 0.2, reportedAt: 1 } }), mids, 2_000);
    assert.equal(healthOf(before, after).sentLoss, 0.15);
    const stale = sampleOf(
      report({ audio: { ...audio, packets: 200 }, video: { packets: 600, reportedAt: 1 } }),
      mids,
      4_000,
    );
    assert.equal(healthOf(after, stale).sentLoss, undefined);
  });

  it('counts rates over the time that passed', () => {
    const before = sampleOf(report({ audio: none, video: none, frames: 10 }), mids, 1_000);
    const busy = { packets: 1, bytes: 100_000 };
    const after = sampleOf(report({ audio: none, video: busy, frames: 70, received: 90, lost: 10 }), mids, 3_000);
    const health = healthOf(before, after);
    assert.equal(health.framesPerSecond, 30);
    assert.equal(health.sentBps, 400_000);
    assert.equal(health.receivedLoss, 0.1);
    assert.equal(health.roundTripTimeMs, 120);
    assert.equal(health.jitterMs, 20);
  });

  it('takes a counter that began anew for what it is', () => {
    const before = sampleOf(report({ audio: none, video: none, frames: 900 }), mids, 0);
    const after = sampleOf(report({ audio: none, video: none, frames: 30 }), mids, 1_000);
    assert.equal(healthOf(before, after).framesPerSecond, 30);
  });
});

describe('the statistics that a page is given', () => {
  it('name each track by what it is, with rates, and leave out what no browser said', () => {
    const before = sampleOf(report({ audio: none, video: none }), mids, 0);
    const sentVideo = { packets: 100, bytes: 50_000, fractionLost: 0.02, reportedAt: 5 };
    const now = sampleOf(
      report({ audio: none, video: sentVideo, frames: 60, received: 100, concealed: 9_600 }),
      mids,
      2_000,
    );
    const stats = statsOf({ id: 'bo', quality: 'good' }, before, { ...now, path: 'relay' }, 2);
    assert.deepEqual([stats.id, stats.path, stats.quality, stats.roundTripTimeMs], ['bo', 'relay', 'good', 120]);
    assert.deepEqual(stats.sent.camera, { bitrateBps: 200_000, loss: 0.02, jitterMs: 10 });
    assert.deepEqual(stats.received.camera, {
      bitrateBps: 0,
      width: 640,
      height: 360,
      framesPerSecond: 30,
      freezes: 2,
    });
    const { concealment, audioLevel, loss } = stats.received.microphone ?? {};
    assert.deepEqual({ concealment, audioLevel, loss }, { concealment: undefined, audioLevel: 0.5, loss: 0 });
    assert.equal(stats.received.screen, undefined);
  });
});
