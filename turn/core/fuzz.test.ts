import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fuzzer } from '../testing/fuzzer.ts';
import { assertGrowsLess } from '../testing/process.ts';

const steps = 12_000;

const run = (fuzzer: Fuzzer, count: number, seed: number): void => {
  for (let step = 0; step < count; step++) {
    try {
      fuzzer.step();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}: ${fuzzer.did}`, { cause: error });
    }
  }
};

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`${steps} seeded steps break no invariant, and nothing is left when all has run out (seed ${seed})`, () => {
    const fuzzer = new Fuzzer(seed);
    run(fuzzer, steps, seed);
    fuzzer.end();
    // The steps must reach what they are meant for, else this test proves little.
    for (const [what, count] of Object.entries(fuzzer.tally)) assert.ok(count > steps / 500, `${what}: ${count}`);
    assert.ok(fuzzer.lab.core.counters().relayed.hairpin.datagrams > 0);
  });
}

test('100,000 steps leave the memory as it was', async () => {
  const fuzzer = new Fuzzer(100);
  run(fuzzer, 20_000, 100);
  await assertGrowsLess(1_000_000, () => run(fuzzer, 100_000, 100));
  fuzzer.end();
});

test('the same seed makes the same run', () => {
  const trace = () => {
    const fuzzer = new Fuzzer(7);
    return Array.from({ length: 2000 }, () => {
      fuzzer.step();
      return fuzzer.did;
    });
  };
  assert.deepEqual(trace(), trace());
});
