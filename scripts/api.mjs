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
  for (const module of manifest.modules) module.declarations.forEach(keepPublic);
  writeFileSync(fresh, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Private members are no one's business, and what nobody described is not offered: Lit's internal state, for one. */
function keepPublic(declaration) {
  const isOffered = ({ privacy = 'public', description }) => privacy === 'public' && description;
  declaration.members = declaration.members?.filter(isOffered);
  const fields = new Set(declaration.members?.map(({ name }) => name));
  declaration.attributes = declaration.attributes?.filter(({ fieldName }) => !fieldName || fields.has(fieldName));
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
