// The programs that tests drive and npm does not bring: where they are found and which Debian package has them.
// Plain Node without dependencies, because `npm test` reads it before anything is installed.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A variable of the environment beats the search, so that any other build of a browser can be tried. */
export const tools = {
  chromium: { variable: 'CHROMIUM_PATH', names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  firefox: { variable: 'FIREFOX_PATH', names: ['firefox-esr', 'firefox'], debian: 'firefox-esr' },
  // The lab makes hosts and NATs.
  ip: { variable: 'IP_PATH', names: ['ip'], debian: 'iproute2' },
  nft: { variable: 'NFT_PATH', names: ['nft'], debian: 'nftables' },
  // Certificates, and a Firefox that trusts them.
  openssl: { variable: 'OPENSSL_PATH', names: ['openssl'], debian: 'openssl' },
  certutil: { variable: 'CERTUTIL_PATH', names: ['certutil'], debian: 'libnss3-tools' },
  // The lab's wires are held by it: Node has neither setns nor ioctl.
  python: { variable: 'PYTHON_PATH', names: ['python3'], debian: 'python3' },
  // A TURN client that is not ours.
  uclient: { variable: 'UCLIENT_PATH', names: ['turnutils_uclient'], debian: 'coturn' },
};

/** The path of a tool of the table, or `undefined` when this machine has none. */
export function findTool(tool, environment = process.env) {
  const { variable, names } = tools[tool];
  const chosen = environment[variable];
  if (chosen) return isExecutable(chosen) ? chosen : undefined;
  const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/usr/sbin'];
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
}

/** As `findTool`, but a missing tool is an error that says what to do. */
export function requireTool(tool) {
  const path = findTool(tool);
  if (path) return path;
  const { variable, debian } = tools[tool];
  throw new Error(
    `${tool} was not found. Install it (Debian: apt-get install ${debian}) or set ${variable} to its path.`,
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
