// The figures of the printed table, and the floors beside them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { baselines, floorOf, ourFlows, reference } from './flows.ts';
import { median, table } from './table.ts';

describe('the table of first frames', () => {
  it('takes the middle one, or the mean of the middle two', () => {
    assert.equal(median([30, 10, 20]), 20);
    assert.equal(median([40, 10, 20, 30]), 25);
    assert.equal(median([]), NaN);
  });

  it('compares each flow with its floor and with the reference', () => {
    const [, first, second] = table(
      [
        { name: 'PeerJS', floorMs: 800, times: [1000, 1100, 900] },
        { name: 'ours', floorMs: 600, times: [700, 800, 750] },
      ],
      'PeerJS',
    ).split('\n');
    assert.match(first!, /^PeerJS +1000 +900–1100 +800 +\+200 +1\.00$/);
    assert.match(second!, /^ours +750 +700–800 +600 +\+150 +0\.75$/);
  });

  it('has floors that add up to those of the lab notes', () => {
    const floors = Object.fromEntries([...baselines, ...ourFlows].map(flow => [flow.name, floorOf(flow)]));
    assert.equal(floors['ours, cold'], 600);
    assert.equal(floors['ours, warm'], 600);
    assert.equal(floors[reference], 800);
    assert.equal(floors['simple-peer'], 900);
    assert.equal(floors['naive page'], 900);
  });
});
