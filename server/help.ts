// The text of `--help`, of the whole and of `video-call turn`, made of the table of settings. It knows no stream.
import { flagOf, relaySettings, settings } from './settings.ts';
import type { Setting } from './settings.ts';

export function helpText(version: string): string {
  return textOf(
    [
      `video-call ${version}: hosts a video call that any site can embed with one tag.`,
      '`video-call turn` runs the relay alone; `video-call turn --help` says more.',
    ],
    Object.values<Setting<unknown>>(settings),
  );
}

export function turnHelpText(version: string): string {
  return textOf(
    [
      `video-call turn ${version}: runs the STUN/TURN relay alone, for a server elsewhere that shares its TURN_SECRET.`,
      'SIGTERM lets calls end (see DRAIN) and takes no new ones; a second one ends at once.',
    ],
    relaySettings.map((name): Setting<unknown> => settings[name]),
  );
}

function textOf(introduction: readonly string[], described: readonly Setting<unknown>[]): string {
  const rows = described.map(({ variable, default: fallback, description }) => ({
    names: `  --${flagOf(variable)}  ${variable}`,
    description: fallback === undefined ? description : `${description} (default ${fallback})`,
  }));
  const width = Math.max(...rows.map(({ names }) => names.length)) + 2;
  return [
    ...introduction,
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
