// Builds everything into dist/: the server and the relay, the element as one file for pages, and as modules for npm.
// The old build stays in place, file by file, until the new one has replaced it: a running server keeps its files.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { builtFile, root } from './stale.mjs';

const steps = [
  ['tsc', '-p', 'tsconfig.build.json'],
  ['tsc', '-p', 'tsconfig.modules.json'],
  ['rollup', '-c', '--silent'],
];

const startedAt = performance.now();
const dist = join(root, 'dist');
const stamp = join(dist, `.building-${process.pid}`);
mkdirSync(dist, { recursive: true });
writeFileSync(stamp, '');

const codes = await Promise.all(steps.map(run));
if (codes.some(code => code !== 0)) {
  rmSync(stamp);
  process.exitCode = 1;
} else {
  chmodSync(join(dist, 'server/main.js'), 0o755);
  removeFilesOlderThan(statSync(stamp).mtimeMs);
  renameSync(stamp, builtFile);
  console.log(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

function run([tool, ...args]) {
  const command = spawn(process.execPath, [join(root, 'node_modules/.bin', tool), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise(resolve => command.once('close', resolve));
}

/** What this build did not write belongs to a source that is gone. */
function removeFilesOlderThan(timeMs) {
  for (const path of readdirSync(dist, { recursive: true }).map(name => join(dist, name))) {
    const file = statSync(path);
    if (file.isFile() && file.mtimeMs < timeMs) rmSync(path);
  }
}
