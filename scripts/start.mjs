// `npm start`: installs what is missing, builds what is stale, then becomes the server. Works in a fresh clone.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, prepare, runNpm } from './prepare.mjs';
import { isBuildStale, root } from './stale.mjs';

prepare();
if (isBuildStale()) {
  console.log('Building…');
  if (runNpm(['run', '--silent', 'build']) !== 0) fail('The build failed, see above.');
}

// The same process goes on as the server, so flags, signals and the exit code are the server's own.
const main = join(root, 'dist/server/main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
