// A rollup plugin that keeps the promise of the licenses we build on: their text travels with the bundle.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the innermost package that a module is part of. */
const packageFolder = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;

/** Emits `fileName` with name, version and license text of every package that has a module in the bundle. */
export function thirdPartyLicenses(fileName) {
  return {
    name: 'third-party-licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(chunk => chunk.moduleIds ?? []);
      const folders = new Set(modules.flatMap(id => packageFolder.exec(id) ?? []));
      const texts = [...folders].sort().map(licenseText);
      this.emitFile({ type: 'asset', fileName, source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

function licenseText(folder) {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(each => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Its text is at ${repository?.url}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}
