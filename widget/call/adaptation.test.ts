// The controller over the networks of F17, as arithmetic: what it decides is here, what browsers make of it is for a wire.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapt, bestRungOf, captureOf, encodingOf, insist, ladder, screenEncodingOf, startLink } from './adaptation.ts';
import type { LinkReport, LinkState } from './adaptation.ts';
import { seeded, simulate, visibleChanges } from './testing/network-model.ts';
import type { Moment, Weather } from './testing/network-model.ts';

const minute = 60_000;
const lowest = ladder.length - 1;
const last = (moments: Moment[]) => moments.at(-1)!;

/** Nobody sees more than one change in 10 s. */
function assertCalm(moments: Moment[], what: string): void {
  const changes = visibleChanges(moments);
  changes.forEach((at, index) => {
    const before = changes[index - 1];
    if (before !== undefined) assert.ok(at - before >= 10_000, `${what}: changes at ${before} and ${at}`);
  });
}

/** Bad from 10 s to 100 s, then well again. */
const badSpell = (bad: Weather) => (at: number) => (at >= 10_000 && at < 100_000 ? bad : {});
const healedAt = 100_000;

function assertBack(moments: Moment[], what: string): void {
  const back = moments.find(({ at, mode }) => at >= healedAt && mode === 'sending');
  assert.ok(back && back.at <= healedAt + 20_000, `${what}: back after ${back ? back.at - healedAt : 'never'}`);
  const after = moments.filter(({ at }) => at >= back.at);
  assert.ok(
    after.every(({ mode }) => mode === 'sending'),
    `${what}: stays back`,
  );
}

describe('a picture on a good network', () => {
  it('starts at 640 × 360 and goes to 1280 × 720 once a call of two has been stable for 20 s', () => {
    const moments = simulate(() => ({}), minute);
    assert.equal(moments[0]?.rung, 1);
    assert.equal(encodingOf(startLink(1, 0), 360).scaleResolutionDownBy, 1);
    const top = moments.find(({ rung }) => rung === 0);
    assert.ok(top && top.at >= 20_000 && top.at <= 30_000, `at ${top?.at}`);
    assert.equal(last(moments).rung, 0);
    assert.deepEqual(captureOf([{ ...startLink(1, 0), rung: 0 }]), { width: 1280, height: 720 });
    assert.deepEqual(captureOf([startLink(1, 0)]), { width: 640, height: 360 });
  });

  it('takes less of everyone the more people there are, and never more than their number allows', () => {
    const bitrates = [1, 2, 3, 4, 5, 6, 7, 12].map(peers => ladder[bestRungOf(peers)]?.maxBitrate);
    assert.deepEqual(bitrates, [1_500_000, 384_000, 256_000, 192_000, 128_000, 128_000, 64_000, 64_000]);
    for (const peers of [2, 3, 4, 5, 7]) {
      const moments = simulate(() => ({}), minute, { peers });
      assert.ok(moments.every(({ rung }) => rung === bestRungOf(peers)));
    }
  });

  it('gives way at once when more people come, and climbs in time when they leave', () => {
    const report: LinkReport = { peers: 1, hasVideo: true, sentLoss: 0, roundTripTimeMs: 50, sentBps: 900_000 };
    let link = adapt(startLink(1, 0), report, 2_000);
    link = adapt(link, { ...report, peers: 4 }, 4_000);
    assert.equal(link.rung, bestRungOf(4));
    for (let at = 6_000; at <= 100_000; at += 2_000) link = adapt(link, report, at);
    assert.equal(link.rung, 0);
  });

  it('keeps the shape of a picture whatever the camera gives', () => {
    assert.equal(encodingOf({ ...startLink(3, 0) }, 720).scaleResolutionDownBy, 3);
    assert.equal(encodingOf({ ...startLink(1, 0) }, 240).scaleResolutionDownBy, 1);
  });
});

describe('a picture on a lossy network (F17)', () => {
  for (const percent of [5, 10, 20, 30, 50]) {
    it(`at ${percent} % loss gives way calmly, and is back within 20 s of the end of it`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const random = seeded(seed);
        const noise = () => (random() - 0.5) * 0.04;
        const moments = simulate(badSpell({ loss: percent / 100 }), 3 * minute, { noise });
        assertCalm(moments, `seed ${seed}`);
        assertBack(moments, `seed ${seed}`);
      }
    });
  }

  it('at 5 % keeps the picture, at 30 % keeps only the sound', () => {
    const during = (loss: number) => simulate(badSpell({ loss }), 95_000);
    assert.ok(during(0.05).every(({ mode }) => mode === 'sending'));
    assert.notEqual(last(during(0.3)).mode, 'sending');
  });

  it('in bursts of loss is calm too', () => {
    for (const burstMs of [1_000, 3_000, 8_000, 20_000]) {
      for (let seed = 1; seed <= 10; seed++) {
        const random = seeded(seed);
        const phase = Math.floor(random() * 10_000);
        const weather = (at: number) => (at < healedAt && (at + phase) % (3 * burstMs) < burstMs ? { loss: 0.4 } : {});
        const moments = simulate(weather, 3 * minute);
        assertCalm(moments, `bursts of ${burstMs} ms`);
        assertBack(moments, `bursts of ${burstMs} ms`);
      }
    }
  });

  it('takes 100 ms of jitter for no fault, and a queue of a second for one', () => {
    const random = seeded(7);
    const jittery = simulate(() => ({ roundTripTimeMs: 100 + random() * 100 }), minute);
    assert.equal(last(jittery).rung, 0);
    const queued = simulate(at => ({ roundTripTimeMs: at > 10_000 ? 1_200 : 60 }), minute);
    assert.ok(last(queued).rung > 1);
  });

  it('on a satellite, where every round trip is long, sends as anywhere else', () => {
    assert.equal(last(simulate(() => ({ roundTripTimeMs: 700 }), minute)).rung, 0);
  });
});

describe('a picture on a slow network (F17)', () => {
  for (const kbps of [300, 100, 50, 25]) {
    it(`of ${kbps} kbps leaves the sound its share, calmly, and is back within 20 s of more`, () => {
      const moments = simulate(badSpell({ capacityBps: kbps * 1000 }), 3 * minute);
      assertCalm(moments, `${kbps} kbps`);
      assertBack(moments, `${kbps} kbps`);
      if (kbps < 50) return;
      // Once it has settled, what is lost of the sound is what a probe takes of it, a few seconds in twelve.
      const settled = moments.filter(({ at }) => at >= 40_000 && at < healedAt);
      const clean = settled.filter(({ soundLoss }) => soundLoss < 0.1);
      assert.ok(clean.length / settled.length >= 0.7, `${clean.length} of ${settled.length} seconds`);
    });
  }

  it('of 300 kbps keeps a picture, of 25 kbps none', () => {
    const at = (kbps: number) => last(simulate(badSpell({ capacityBps: kbps * 1000 }), 95_000));
    assert.equal(at(300).mode, 'sending');
    assert.notEqual(at(25).mode, 'sending');
  });

  it('tries the next rung ever more rarely where it fails', () => {
    const moments = simulate(() => ({ capacityBps: 300_000 }), 10 * minute);
    const changes = visibleChanges(moments);
    const late = changes.filter(at => at > 5 * minute);
    assert.ok(late.length <= 5, `${late.length} changes in the second half: ${late.join()}`);
  });
});

describe('whatever the network does', () => {
  it('nobody sees two changes within 10 s, in 500 random calls of five minutes', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seeded(seed);
      let weather: Weather = {};
      const moments = simulate(
        at => {
          if (at % 1_000 === 0 && random() < 0.1) {
            weather = { loss: random() ** 2, roundTripTimeMs: 20 + random() * 1_500 };
            if (random() < 0.5) weather.capacityBps = 20_000 + random() * 2_000_000;
          }
          return weather;
        },
        5 * minute,
        { peers: 1 + Math.floor(random() * 7) },
      );
      assertCalm(moments, `seed ${seed}`);
    }
  });

  it('a camera that is off is not called paused', () => {
    const bad: LinkReport = { peers: 1, hasVideo: true, sentLoss: 0.6, roundTripTimeMs: 50, sentBps: 50_000 };
    let link: LinkState = startLink(1, 0);
    for (let at = 2_000; at <= 30_000; at += 2_000) link = adapt(link, bad, at);
    assert.notEqual(link.mode, 'sending');
    link = adapt(link, { ...bad, hasVideo: false }, 32_000);
    assert.deepEqual([link.mode, link.rung], ['sending', lowest]);
  });

  it('a visitor who insists has the picture back for 10 s at least', () => {
    const bad: LinkReport = { peers: 1, hasVideo: true, sentLoss: 0.6, roundTripTimeMs: 50, sentBps: 50_000 };
    let link: LinkState = startLink(1, 0);
    for (let at = 2_000; at <= 30_000; at += 2_000) link = adapt(link, bad, at);
    link = insist(link, 30_000);
    for (let at = 32_000; at < 40_000; at += 2_000) link = adapt(link, bad, at);
    assert.equal(link.mode, 'sending');
    link = adapt(link, bad, 42_000);
    assert.equal(link.mode, 'paused');
  });

  it('a shared screen keeps its size, gives way in pictures a second and never stops', () => {
    const free = screenEncodingOf(startLink(1, 0), 1);
    const tight = screenEncodingOf({ ...startLink(1, 0), mode: 'paused', rung: lowest }, 1);
    assert.deepEqual([free.scaleResolutionDownBy, tight.scaleResolutionDownBy], [1, 1]);
    assert.deepEqual([free.active, tight.active], [true, true]);
    assert.ok(tight.maxBitrate < free.maxBitrate && tight.maxFramerate < free.maxFramerate && tight.maxBitrate > 0);
  });
});
