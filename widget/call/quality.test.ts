import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LinkHealth } from './link-health.ts';
import { ownQuality, qualityOf, settle, unknownQuality } from './quality.ts';
import type { Quality } from './quality.ts';

const health = (change: Partial<LinkHealth> = {}): LinkHealth => ({
  sentLoss: 0,
  receivedLoss: 0,
  roundTripTimeMs: 40,
  jitterMs: 5,
  sentBps: 800_000,
  framesPerSecond: 30,
  ...change,
});
const after = (...seen: Quality[]) => seen.reduce(settle, unknownQuality).shown;

describe('the quality of a connection', () => {
  it('is the worst of loss either way, round trip and jitter', () => {
    assert.equal(qualityOf(health(), 'fine'), 'good');
    assert.equal(qualityOf(health({ receivedLoss: 0.05 }), 'fine'), 'fair');
    assert.equal(qualityOf(health({ sentLoss: 0.2 }), 'fine'), 'poor');
    assert.equal(qualityOf(health({ roundTripTimeMs: 400 }), 'fine'), 'fair');
    assert.equal(qualityOf(health({ jitterMs: 200 }), 'fine'), 'poor');
  });

  it('is poor when a picture is paused or stands still, whatever the figures say', () => {
    assert.equal(qualityOf(health(), 'paused'), 'poor');
    assert.equal(qualityOf(health(), 'frozen'), 'poor');
  });

  it('is unknown while nothing has been reported', () => {
    const nothing = { sentLoss: undefined, receivedLoss: undefined, roundTripTimeMs: undefined };
    assert.equal(qualityOf(health(nothing), 'fine'), 'unknown');
  });

  it('does not flicker: two reports make it worse, four better', () => {
    assert.equal(after('good'), 'unknown');
    assert.equal(after('good', 'good'), 'good');
    assert.equal(after('good', 'good', 'poor'), 'good');
    assert.equal(after('good', 'good', 'poor', 'good', 'poor'), 'good');
    assert.equal(after('good', 'good', 'poor', 'poor'), 'poor');
    assert.equal(after('poor', 'poor', 'good', 'good', 'good'), 'poor');
    assert.equal(after('poor', 'poor', 'good', 'good', 'good', 'good'), 'good');
  });

  it('of oneself is that of the best connection: one that is bad is not one’s own network', () => {
    assert.equal(ownQuality(['poor', 'good', 'unknown']), 'good');
    assert.equal(ownQuality(['poor', 'fair']), 'fair');
    assert.equal(ownQuality([]), 'unknown');
  });
});
