// What a page loads, chunk by chunk, against the budget and against what a hand-made call would load at the least.
// `npm run size` prints it; the build calls `measureWidget` and fails above the budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The first load of a call: gzip, level 9. */
export const firstLoadBudgetBytes = 40_000;

/** Loaded by some calls only, or later. Whatever is not named here counts, so a new chunk has to argue its way out. */
const onDemand = [
  /^widget\/locales\/(?!en\.ts$)/,
  /^widget\/lobby\//,
  // The preview is shown to who presses Join, not to `autojoin`; a notice passes over a call that runs, keys are for who
  // looks at it, few systems force their colours. What a call ends with, and who has nobody else in it, comes meanwhile;
  // menus are for hosts, who come to them after the first picture.
  /^widget\/ui\/(preview|notice|hosting|shortcuts|alone|endings|styles\/forced-colors)\.ts$/,
  // Not needed for the first frame: what watches a call that runs, its devices and screen, and the test of a connection.
  /^widget\/call\/(upkeep|diagnosis|clock)\.ts$/,
];

/** Written beside the chunks by the build: which chunk imports which. */
export const manifestFile = 'manifest.json';

const entryFile = 'video-call.js';
const folder = join(import.meta.dirname, '../dist/widget');

/** The chunks of a built widget with their sizes, and the total of those that every call loads. */
export function measureWidget(directory = folder) {
  const manifest = JSON.parse(readFileSync(join(directory, manifestFile), 'utf8'));
  const firstLoad = filesOfFirstLoad(manifest);
  const chunks = Object.keys(manifest).map(file => ({
    file,
    firstLoad: firstLoad.has(file),
    ...sizesOf(readFileSync(join(directory, file))),
  }));
  return { chunks, firstLoad: totalOf(chunks.filter(chunk => chunk.firstLoad)) };
}

function filesOfFirstLoad(manifest) {
  const files = new Set([entryFile]);
  for (const file of files) {
    const { imports, dynamicImports } = manifest[file];
    for (const each of imports) files.add(each);
    for (const each of dynamicImports) if (!onDemand.some(some => some.test(manifest[each].module))) files.add(each);
  }
  return files;
}

function sizesOf(bytes) {
  return { min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
}

function totalOf(sizes) {
  const sum = key => sizes.reduce((total, size) => total + size[key], 0);
  return { min: sum('min'), gzip: sum('gzip'), brotli: sum('brotli') };
}

/** What the two libraries below the element weigh alone, bundled here and now. */
async function measureBaseline(source) {
  const options = { bundle: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser', write: false };
  const stdin = { contents: source, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({ ...options, legalComments: 'none', stdin });
  return sizesOf(outputFiles[0].contents);
}

async function printTable() {
  const { chunks, firstLoad } = measureWidget();
  const libraries = await measureBaseline(`
    export { LitElement, html, css, nothing } from 'lit';
    export { io } from 'socket.io-client';`);
  const row = (name, size, note = '') =>
    [name.padEnd(44), ...[size.min, size.gzip, size.brotli].map(bytes => String(bytes).padStart(9)), `  ${note}`].join(
      '',
    );

  console.log(row('bytes', { min: 'min', gzip: 'gzip', brotli: 'brotli' }));
  for (const chunk of chunks) console.log(row(chunk.file, chunk, chunk.firstLoad ? 'first load' : 'on demand'));
  console.log(row('first load of a call', firstLoad, `budget ${firstLoadBudgetBytes} gzip`));
  console.log(row('lit + socket.io-client, no call, no interface', libraries));
  console.log(`first load : lit + socket.io-client = ${(firstLoad.gzip / libraries.gzip).toFixed(2)} : 1 (gzip)`);

  if (firstLoad.gzip > firstLoadBudgetBytes) {
    console.error(`The first load is ${firstLoad.gzip - firstLoadBudgetBytes} bytes above its budget.`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) await printTable();
