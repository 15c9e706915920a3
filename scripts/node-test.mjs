// Runs one group of node:test files through tsx: `node scripts/node-test.mjs unit [part of a path…] [--node-flag…]`.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './stale.mjs';

/** End-to-end files run one at a time: each starts browsers, and their timing must not depend on each other. */
const groups = {
  unit: {
    folders: ['protocol', 'server', 'turn', 'widget', 'bench', 'scripts'],
    concurrency: availableParallelism(),
    timeoutMs: 120_000,
  },
  e2e: { folders: ['test/e2e'], concurrency: 1, timeoutMs: 600_000 },
  lab: { folders: ['test/lab'], concurrency: 1, timeoutMs: 600_000 },
  interop: { folders: ['test/interop'], concurrency: 1, timeoutMs: 600_000 },
  soak: { folders: ['test/soak'], concurrency: 1, timeoutMs: 3_600_000 },
  docs: { folders: ['test/docs'], concurrency: 1, timeoutMs: 60_000 },
};

const [name, ...rest] = process.argv.slice(2);
const { folders, concurrency, timeoutMs } = groups[name];
const flags = rest.filter(argument => argument.startsWith('-'));
const parts = rest.filter(argument => !argument.startsWith('-'));
const files = folders.flatMap(testFiles).filter(file => parts.length === 0 || parts.some(part => file.includes(part)));
if (files.length === 0) {
  console.error(
    `No test file in ${folders.join(', ')}${parts.length > 0 ? ` has ${parts.join(' or ')} in its path` : ''}.`,
  );
  process.exit(1);
}

const settings = [`--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`, '--test-reporter=spec'];
const runner = spawn(process.execPath, ['--import', 'tsx', '--test', ...settings, ...flags, ...files], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));
runner.once('exit', (code, signal) => {
  process.exitCode = signal ? 1 : code;
});

function testFiles(folder) {
  const files = readdirSync(join(root, folder), { recursive: true });
  return files
    .filter(file => file.endsWith('.test.ts'))
    .map(file => join(folder, file))
    .sort();
}
