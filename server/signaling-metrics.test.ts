import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signalingMetrics } from './signaling-metrics.ts';
import { startServer } from './start.ts';
import { configOf } from './testing/rig.ts';

describe('what signalling tells Prometheus', () => {
  it('is how many requests failed by a fault of ours, from 0 on', async () => {
    const { registry, failed } = signalingMetrics();
    failed('answer');
    failed('answer');
    const text = await registry.metrics();
    assert.match(text, /^signaling_failures_total\{kind="request"\} 0$/m);
    assert.match(text, /^signaling_failures_total\{kind="answer"\} 2$/m);
  });

  for (const [turnPort, tells] of [
    ['0', 'beside what the relay tells'],
    ['off', 'also without a relay'],
  ] as const) {
    it(`is there at METRICS_LISTEN, ${tells}`, async () => {
      const settings = { HOST: '127.0.0.1', PORT: '0', TURN_PORT: turnPort, TURN_LISTEN: '127.0.0.1' };
      const { metrics, close } = await startServer(configOf({ ...settings, METRICS_LISTEN: '127.0.0.1:0' }));
      try {
        const text = await (await fetch(metrics?.url ?? '')).text();
        assert.match(text, /^signaling_failures_total\{kind="request"\} 0$/m);
        assert.equal(/^turn_users/m.test(text), turnPort !== 'off');
      } finally {
        await close();
      }
    });
  }
});
