// `npm run dev`: builds once, then rebuilds on every change and restarts the server. Flags go to the server.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fail, prepare, runNpm } from './prepare.mjs';
import { root } from './stale.mjs';

prepare();
if (runNpm(['run', '--silent', 'build']) !== 0) fail('The build failed, see above.');

const tool = name => join(root, 'node_modules/.bin', name);
const commands = [
  [tool('tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  [tool('rollup'), '-c', '--watch', '--silent', '--no-watch.clearScreen'],
  ['--watch', '--watch-preserve-output', 'dist/server/main.js', ...process.argv.slice(2)],
];
const children = commands.map(args => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }));

const stop = () => children.forEach(child => child.kill());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
for (const child of children) child.once('exit', stop);
