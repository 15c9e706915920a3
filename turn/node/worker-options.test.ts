import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onSamePorts, shareOptions } from './worker-options.ts';

const options = { port: 3478, secrets: ['s'], relayPorts: { min: 50_000, max: 50_099 }, totalQuota: 10 };

test('each worker has a port of its own, counted up; any free one stays any free one', () => {
  assert.deepEqual(
    shareOptions(options, 3).map(({ port }) => port),
    [3478, 3479, 3480],
  );
  assert.deepEqual(
    shareOptions({ ...options, port: 0 }, 2).map(({ port }) => port),
    [0, 0],
  );
});

for (const [min, max, count] of [
  [50_000, 50_099, 1],
  [50_000, 50_099, 3],
  [50_001, 50_098, 4],
  [49_152, 65_535, 7],
  [50_000, 50_003, 2],
] as const) {
  test(`relayed ports ${min}–${max} go round among ${count}: each once, no pair of RFC 8656 §7.2 torn apart`, () => {
    const ranges = shareOptions({ ...options, relayPorts: { min, max } }, count).map(({ relayPorts }) => relayPorts!);
    assert.equal(ranges[0]?.min, min);
    assert.equal(ranges.at(-1)?.max, max);
    ranges.slice(1).forEach((range, index) => {
      assert.equal(range.min, ranges[index]!.max + 1);
      assert.equal(range.min % 2, 0);
    });
    const sizes = ranges.map(range => range.max - range.min + 1);
    assert.ok(Math.min(...sizes) >= 1 && Math.max(...sizes) - Math.min(...sizes) <= 3, String(sizes));
  });
}

test('the total quota is split to the last allocation, a user keeps the whole of his', () => {
  const shares = shareOptions({ ...options, userQuota: 7 }, 3);
  assert.deepEqual(
    shares.map(({ totalQuota, userQuota }) => [totalQuota, userQuota]),
    [
      [4, 7],
      [3, 7],
      [3, 7],
    ],
  );
});

test('what a thread is handed can be cloned: no logger', () => {
  const log = () => undefined;
  const [share] = shareOptions({ ...options, logger: { debug: log, warn: log, error: log } }, 1);
  assert.deepEqual(structuredClone(share), share);
});

test('what is not enough to go round is refused', () => {
  for (const [change, count] of [
    [{}, 0],
    [{}, 1.5],
    [{ port: 65_535 }, 2],
    [{ totalQuota: 1 }, 2],
    [{ relayPorts: { min: 50_000, max: 50_001 } }, 2],
  ] as const) {
    assert.throws(() => shareOptions({ ...options, ...change }, count), RangeError);
  }
});

test('who takes the place of a worker listens where that one did', () => {
  const [share] = shareOptions({ ...options, port: 0 }, 1);
  const listening = { address: '127.0.0.1', port: 40_000, family: 'IPv4', transport: 'udp' } as const;
  assert.equal(onSamePorts(share!, [listening]).port, 40_000);
});
