// Holds custom-elements.json, the API report of the element, to the source. `--fix` writes it, else a difference fails.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, ts } from '@custom-elements-manifest/analyzer';
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js';
import { root } from './stale.mjs';

const sources = ['widget/video-call.ts'];
const file = join(root, 'custom-elements.json');

const fresh = analyze();
if (process.argv.includes('--fix')) writeFileSync(file, fresh);
else if (fresh !== readFileSync(file, 'utf8')) complain();

/** As `cem analyze --litelement`, which would write its folder into package.json as well. */
function analyze() {
  const modules = sources.map(source =>
    ts.createSourceFile(source, readFileSync(join(root, source), 'utf8'), ts.ScriptTarget.ES2015, true),
  );
  const manifest = create({ modules, plugins: litPlugin() });
  for (const module of manifest.modules) module.declarations.forEach(keepPublic);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Private members are no one's business, and what nobody described is not offered: Lit's internal state, for one. */
function keepPublic(declaration) {
  const isOffered = ({ privacy = 'public', description }) => privacy === 'public' && description;
  declaration.members = declaration.members?.filter(isOffered);
  const fields = new Set(declaration.members?.map(({ name }) => name));
  declaration.attributes = declaration.attributes?.filter(({ fieldName }) => !fieldName || fields.has(fieldName));
}

function complain() {
  const labels = ['--label', 'committed', '--label', 'source'];
  console.error(spawnSync('diff', ['-u', ...labels, file, '-'], { input: fresh, encoding: 'utf8' }).stdout);
  console.error('The API of the element changed. If that is meant: `npm run api:fix`, and a line in CHANGELOG.md.');
  process.exitCode = 1;
}
