// Reads the settings: environment and arguments in, a configuration or every complaint at once out. Pure.
import { parseArgs } from 'node:util';
import { faultOfOwnIps } from '../turn/index.ts';
import { leastUserQuotaFor } from './relay-quota.ts';
import { maxPort } from './setting-values.ts';
import { defaultTurnTlsPort, flagOf, futureVariables, settings } from './settings.ts';
import type { Config, Setting } from './settings.ts';

export type ConfigOutcome =
  | { readonly type: 'config'; readonly config: Config }
  | { readonly type: 'problems'; readonly problems: readonly string[] }
  | { readonly type: 'help' }
  | { readonly type: 'version' };

type Environment = Readonly<Record<string, string | undefined>>;

const rows = Object.entries(settings) as [keyof Config, Setting<unknown>][];

/** A flag beats a variable; an empty variable is an unset one. */
export function readConfig(environment: Environment, argv: readonly string[]): ConfigOutcome {
  const { flags, problems } = readFlags(argv);
  if (flags.has('help')) return { type: 'help' };
  if (flags.has('version')) return { type: 'version' };

  const textOf = (variable: string): string | undefined => {
    const text = (flags.get(flagOf(variable)) ?? environment[variable] ?? '').trim();
    return text === '' ? undefined : text;
  };

  const values = rows.map(([name, { variable, default: fallback, parse, secret }]) => {
    const text = textOf(variable) ?? fallback;
    if (text === undefined) return [name, undefined];
    const result = parse.safeParse(text);
    if (result.success) return [name, result.data];
    problems.push(`${variable}: ${result.error.issues[0]?.message}${secret ? '' : `, not ${JSON.stringify(text)}`}`);
    return [name, undefined];
  });
  for (const variable of futureVariables) {
    if (textOf(variable) !== undefined) problems.push(`${variable}: this version does not support it yet`);
  }
  // Not whole while there are problems, but what is missing then is only what was refused.
  const config = Object.fromEntries(values) as Config;
  problems.push(...contradictions(config));
  return problems.length > 0 ? { type: 'problems', problems } : { type: 'config', config };
}

function contradictions(config: Partial<Config>): string[] {
  const { tlsCert, tlsKey, turnTlsPort, turnUrls, turnSecret, authSecret, authJwksUrl, authRequired } = config;
  const problems: string[] = [];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) problems.push('TLS_CERT and TLS_KEY: one is of no use alone');
  if (typeof turnTlsPort === 'number' && tlsCert === undefined) {
    problems.push('TURN_TLS_PORT: needs TLS_CERT and TLS_KEY');
  }
  if (turnUrls && !turnSecret) problems.push('TURN_URLS: needs TURN_SECRET, the secret that those relays share');
  if (authRequired && !authSecret && !authJwksUrl) {
    problems.push('AUTH_REQUIRED: needs AUTH_SECRET or AUTH_JWKS_URL, or nobody could ever enter');
  }
  problems.push(
    ...ownAddressProblems(config),
    ...portProblems(config),
    ...workerProblems(config),
    ...quotaProblems(config),
  );
  return problems;
}

function ownAddressProblems({ turnRelayIp = [], turnExternalIp = [] }: Partial<Config>): string[] {
  return Object.entries({ TURN_RELAY_IP: turnRelayIp, TURN_EXTERNAL_IP: turnExternalIp }).flatMap(
    ([variable, addresses]) => {
      const fault = faultOfOwnIps(addresses);
      return fault === undefined ? [] : [`${variable}: ${fault}`];
    },
  );
}

/** Each worker has a port of its own, counted up from the first. */
function portProblems({ turnPort, turnTlsPort, tlsCert, turnWorkers = 1 }: Partial<Config>): string[] {
  if (typeof turnPort !== 'number') return [];
  const tlsPort = tlsCert === undefined ? 'off' : (turnTlsPort ?? defaultTurnTlsPort);
  const problems = Object.entries({ TURN_PORT: turnPort, TURN_TLS_PORT: tlsPort }).flatMap(([variable, first]) =>
    typeof first === 'number' && first + turnWorkers - 1 > maxPort
      ? [`TURN_WORKERS: there are no ${turnWorkers} ports from ${variable} on`]
      : [],
  );
  const bothFixed = turnPort > 0 && typeof tlsPort === 'number' && tlsPort > 0;
  if (bothFixed && Math.abs(turnPort - tlsPort) < turnWorkers) {
    problems.push(`TURN_PORT and TURN_TLS_PORT: both would take port ${Math.max(turnPort, tlsPort)}`);
  }
  return problems;
}

function workerProblems({ turnWorkers = 1, turnRelayPorts, turnTotalQuota }: Partial<Config>): string[] {
  const problems: string[] = [];
  // Two for each: a part of the range begins with an even port.
  if (turnRelayPorts && turnRelayPorts.max - turnRelayPorts.min + 1 < 2 * turnWorkers && turnWorkers > 1) {
    problems.push(`TURN_RELAY_PORTS: fewer than two for each of ${turnWorkers} workers`);
  }
  if (turnTotalQuota !== undefined && turnTotalQuota < turnWorkers) {
    problems.push(`TURN_TOTAL_QUOTA: less than one for each of ${turnWorkers} workers`);
  }
  return problems;
}

/** Found out in a full room otherwise, by who came last: their allocations would be refused with 486. */
function quotaProblems({ turnPort, turnTlsPort, tlsCert, turnUserQuota, roomCapacity = 0 }: Partial<Config>): string[] {
  if (turnPort === 'off' || turnUserQuota === undefined) return [];
  const least = leastUserQuotaFor(roomCapacity, { hasTls: tlsCert !== undefined && turnTlsPort !== 'off' });
  if (turnUserQuota >= least) return [];
  return [`TURN_USER_QUOTA: a participant of a full room takes ${least}, as ROOM_CAPACITY is ${roomCapacity}`];
}

function readFlags(argv: readonly string[]): { flags: Map<string, string>; problems: string[] } {
  const known = new Set([...rows.map(([, { variable }]) => variable), ...futureVariables].map(flagOf));
  const options = Object.fromEntries([...known].map(flag => [flag, { type: 'string' as const }]));
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } },
    strict: false,
    tokens: true,
  });
  const flags = new Map<string, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${token.value}: not understood, see --help`);
    if (token.kind !== 'option') continue;
    if (token.name === 'help' || token.name === 'version') flags.set(token.name, '');
    else if (!known.has(token.name)) problems.push(`${token.rawName}: there is no such setting, see --help`);
    else if (token.value === undefined) problems.push(`${token.rawName}: needs a value`);
    else flags.set(token.name, token.value);
  }
  return { flags, problems };
}
