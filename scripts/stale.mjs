// Says what a clone lacks: installed packages, or a build as new as its sources. Plain Node, runs before an install.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Its time of change is the time at which the last build that succeeded began to read. */
export const builtFile = join(root, 'dist/.built');

const sources = [
  ...['protocol', 'server', 'turn', 'widget', 'scripts/build.mjs', 'scripts/third-party-licenses.mjs'],
  ...['bench/size.mjs', 'rollup.config.mjs', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.modules.json'],
  'package.json',
];

export function isInstallStale() {
  return changedAt(join(root, 'package-lock.json')) > changedAt(join(root, 'node_modules/.package-lock.json'));
}

export function isBuildStale() {
  const builtAt = changedAt(builtFile);
  return sources.some(source => newestChange(join(root, source)) > builtAt);
}

/** Folders count too: the time of a folder tells of a file that was removed. */
function newestChange(path) {
  if (!statSync(path).isDirectory()) return changedAt(path);
  const entries = readdirSync(path, { recursive: true }).filter(entry => !entry.endsWith('.test.ts'));
  return Math.max(changedAt(path), ...entries.map(entry => changedAt(join(path, entry))));
}

/** A file that is not there is older than any other. */
function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
