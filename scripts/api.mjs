// Holds custom-elements.json, the API report of the element, to the source. `--fix` writes it, else a difference fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './stale.mjs';

const report = join(root, 'custom-elements.json');
const folder = mkdtempSync(join(tmpdir(), 'video-call-api-'));
const fresh = join(folder, 'custom-elements.json');

try {
  analyze();
  if (process.argv.includes('--fix')) writeFileSync(report, readFileSync(fresh));
  else compare();
} finally {
  rmSync(folder, { recursive: true });
}

function analyze() {
  const tool = join(root, 'node_modules/.bin/cem');
  const args = [
    'analyze',
    '--litelement',
    '--quiet',
    '--globs',
    'widget/video-call.ts',
    '--outdir',
    relative(root, folder),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`cem failed: ${stdout}${stderr}`);
  const manifest = JSON.parse(readFileSync(fresh, 'utf8'));
  writeFileSync(fresh, `${JSON.stringify(manifest, null, 2)}\n`);
}

function compare() {
  const { status, stdout } = spawnSync('diff', ['-u', '--label', 'committed', '--label', 'source', report, fresh], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(stdout);
  console.error('The API of the element changed. If that is meant: `npm run api:fix`, and a line in CHANGELOG.md.');
  process.exitCode = 1;
}
