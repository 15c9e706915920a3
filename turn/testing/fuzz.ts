// `npm run fuzz`: the core's fuzz for as long as one likes. Prints its seed; with that it does the same again.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Fuzzer } from './fuzzer.ts';
import { usedBytes } from './process.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, steps: { type: 'string', default: '1000000' }, help: { type: 'boolean' } },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const reportEvery = 100_000;

const run = async (seed: number, steps: number): Promise<void> => {
  const fuzzer = new Fuzzer(seed);
  for (let step = 1; step <= steps; step++) {
    try {
      fuzzer.step();
    } catch (error) {
      say(`Broken at step ${step}: ${fuzzer.did}`);
      say(`Again: npm run fuzz -- --seed ${seed} --steps ${step}`);
      throw error;
    }
    if (step % reportEvery !== 0) continue;
    const megabytes = ((await usedBytes()) / 1_000_000).toFixed(1);
    say(`${step.toLocaleString('en')} steps, ${megabytes} MB, ${JSON.stringify(fuzzer.tally)}`);
  }
  fuzzer.end();
};

if (values.help) {
  say('npm run fuzz -- [--seed number] [--steps number]');
} else {
  const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
  const steps = Number(values.steps);
  if (!Number.isInteger(seed) || !Number.isInteger(steps))
    throw new TypeError('--seed and --steps take whole numbers.');
  say(`seed ${seed}, ${steps.toLocaleString('en')} steps`);
  await run(seed, steps);
  say('Nothing was left and no invariant broke.');
}
