// Brings a clone to where a script can run: the right Node, the packages of the lock file. Plain Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { isInstallStale, root } from './stale.mjs';

/** Ends the process with a sentence when this Node is too old or an install fails. */
export function prepare() {
  endWithParent();
  requireNode();
  if (isInstallStale()) install();
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  fail(`Node ${major}.${minor} or newer is needed, this is ${process.versions.node}. Get one at https://nodejs.org.`);
}

/** `npm` hands a signal to the shell between us, which ends without passing it on. So the shell's end is the signal. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}

function install() {
  console.log('Installing packages…');
  // The browsers of the tests come from the system; the build needs its tools also where NODE_ENV is production.
  const environment = { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' };
  const code = runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], environment);
  if (code !== 0) fail('npm ci failed, see above. It needs the npm registry, or a mirror set with `npm config`.');
}

/** Runs npm with this terminal and returns its exit code. */
export function runNpm(args, environment = process.env) {
  const options = { cwd: root, env: environment, stdio: 'inherit', shell: process.platform === 'win32' };
  return spawnSync('npm', args, options).status ?? 1;
}

export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
