import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Signal } from '../protocol/events.ts';
import { serverLimits } from './limits.ts';
import { OfferGuard } from './offer-guard.ts';

const offer = (connectionId: string): Signal => ({
  connectionId,
  generation: 1,
  description: { type: 'offer', sdp: 'v=0\r\n' },
});

describe('the guard of offers', () => {
  it('lets two connections that take turns through no more often than new ones', () => {
    const guard = new OfferGuard({ burst: 4, perSec: 0.5 });
    const passed = ['a', 'b', 'a', 'b', 'a', 'c'].map(id => guard.mayPass('eve', 'ada', offer(id), 0));
    assert.deepEqual(passed, [true, true, true, true, false, false]);
  });

  it('counts each direction of each pair for itself, and nothing but offers', () => {
    const guard = new OfferGuard({ burst: 1, perSec: 0.5 });
    assert.ok(guard.mayPass('eve', 'ada', offer('a'), 0));
    assert.ok(!guard.mayPass('eve', 'ada', offer('b'), 0));
    assert.ok(guard.mayPass('ada', 'eve', offer('b'), 0));
    assert.ok(guard.mayPass('eve', 'bo', offer('b'), 0));
    const answer: Signal = { connectionId: 'b', generation: 1, description: { type: 'answer', sdp: 'v=0\r\n' } };
    assert.ok(guard.mayPass('eve', 'ada', answer, 0));
    assert.ok(guard.mayPass('eve', 'ada', { connectionId: 'b', candidates: [null] }, 0));
  });

  it('never refuses a mesh that is made anew for ten minutes: at each return to the room, every 3 s, and every 10 s', () => {
    const guard = new OfferGuard(serverLimits.offers);
    for (let second = 0; second < 600; second++) {
      for (const everySec of [3, 10]) {
        if (second % everySec > 0) continue;
        assert.ok(guard.mayPass('ada', 'bo', offer(`${second}-${everySec}`), second * 1_000), `${second} s`);
      }
      guard.sweep(second * 1_000);
    }
  });

  it('never refuses an ICE restart each second, of a connection whose first offer came from the other side', () => {
    const guard = new OfferGuard(serverLimits.offers);
    for (let second = 0; second < 600; second++) {
      assert.ok(guard.mayPass('ada', 'bo', offer('a'), second * 1_000), `${second} s`);
      guard.sweep(second * 1_000);
    }
  });

  it('forgets who has been quiet', () => {
    const guard = new OfferGuard(serverLimits.offers);
    for (let count = 0; count < 100; count++) guard.mayPass(`p${count}`, 'ada', offer('a'), 0);
    guard.sweep(1_999);
    assert.equal(guard.size, 100);
    guard.sweep(2_000);
    assert.equal(guard.size, 0);
  });
});
