// The text of `--help`, made of the table of settings. It knows no stream.
import { flagOf, settings } from './settings.ts';
import type { Setting } from './settings.ts';

export function helpText(version: string): string {
  const rows = Object.values<Setting<unknown>>(settings).map(({ variable, default: fallback, description }) => ({
    names: `  --${flagOf(variable)}  ${variable}`,
    description: fallback === undefined ? description : `${description} (default ${fallback})`,
  }));
  const width = Math.max(...rows.map(({ names }) => names.length)) + 2;
  return [
    `video-call ${version}: hosts a video call that any site can embed with one tag.`,
    '',
    'Every setting is a flag (--turn-port 3478) and a variable (TURN_PORT=3478); the flag wins.',
    '',
    ...rows.map(({ names, description }) => names.padEnd(width) + description),
    '',
    '  --help, -h'.padEnd(width) + 'this text',
    '  --version'.padEnd(width) + 'the version',
    '',
    'video-call token --room support --name Ada --role host',
    '  prints a token for tests, signed with AUTH_SECRET; more of it: --user, --knock, --relay-only, --ttl, --issuer',
    '',
  ].join('\n');
}
