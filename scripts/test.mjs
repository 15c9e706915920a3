// `npm test`: installs what is missing, runs every group of checks to its end and sums them up. Works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fail, prepare } from './prepare.mjs';
import { endProcessesMarked, runGroup } from './run-group.mjs';
import { findTool, tools } from './tools.mjs';

/** In this order. `counted` groups say how many tests they ran; any other is one check. */
const groups = [
  { name: 'types' },
  { name: 'lint' },
  { name: 'format' },
  { name: 'unit', counted: true },
  { name: 'build' },
  { name: 'browser', counted: true },
  { name: 'e2e', counted: true },
  // The worst wires only; alone, `npm run lab` tries them all.
  { name: 'lab', counted: true, environment: { LAB_CELLS: 'few' } },
  // Each cell once; alone, `npm run interop` repeats five times, as much in it is random.
  { name: 'interop', counted: true, environment: { INTEROP_REPEATS: '1' } },
  { name: 'size' },
  { name: 'api' },
  { name: 'docs', counted: true },
];

prepare();
installTools();

// Every process that a group starts inherits the mark, so what a group leaves behind is found and ended.
const mark = `VIDEO_CALL_TEST_RUN=${randomUUID()}`;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    endProcessesMarked(mark);
    process.exit(1);
  });
}

const results = [];
for (const group of groups) results.push(await runGroup(group, mark));

const cell = (value, width) => String(value).padStart(width);
console.log(`\n${'group'.padEnd(10)}${cell('passed', 8)}${cell('failed', 8)}${cell('seconds', 9)}`);
for (const { name, passed, failed, seconds, remark } of results) {
  console.log(
    `${name.padEnd(10)}${cell(passed, 8)}${cell(failed, 8)}${cell(seconds.toFixed(1), 9)}  ${remark}`.trimEnd(),
  );
}
const total = key => results.reduce((sum, result) => sum + result[key], 0);
if (total('failed') > 0) process.exitCode = 1;
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);

function installTools() {
  const missing = Object.keys(tools).filter(tool => !findTool(tool));
  if (missing.length === 0) return;
  const wrong = missing.map(tool => tools[tool].variable).filter(variable => process.env[variable]);
  if (wrong.length > 0) fail(`${wrong.join(' and ')} must be the path of a program.`);
  const packages = missing.map(tool => tools[tool].debian);
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const variables = missing.map(tool => tools[tool].variable).join(', ');
  const advice = `Install it yourself (Debian, as root: ${command}) or set ${variables} to where it is.`;
  if (!existsSync('/etc/debian_version') || process.getuid() !== 0) fail(`Missing: ${missing.join(', ')}. ${advice}`);

  console.log(`Installing ${packages.join(' ')}…`);
  // At run level 1 no package starts a service of its own.
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const { status } = spawnSync('sh', ['-c', command], { env: environment, stdio: 'inherit' });
  if (status !== 0 || missing.some(tool => !findTool(tool)))
    fail(`apt-get could not bring ${missing.join(', ')}. ${advice}`);
}
