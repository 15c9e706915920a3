// What the command says when it has started. Values in, text out.
import type { ListeningAddress, SelfCheckFinding } from '../turn/index.ts';

export interface BannerFacts {
  readonly version: string;
  readonly secure: boolean;
  readonly port: number;
  /** The addresses that HTTP listens on, wildcards as they are. */
  readonly hosts: readonly string[];
  /** Addresses of this machine, for when a wildcard is listened on. */
  readonly localAddresses: readonly string[];
  readonly publicUrl: URL | undefined;
  readonly relays: readonly RelayFacts[];
  /** Where Prometheus finds its numbers. */
  readonly metricsUrl: string | undefined;
  readonly openToAll: boolean;
}

export interface RelayFacts {
  readonly port: number;
  readonly tlsPort: number | undefined;
}

export function bannerText(facts: BannerFacts): string {
  const { version, publicUrl, relays, metricsUrl } = facts;
  const urls = listeningUrls(facts);
  const site = publicUrl?.href.replace(/\/?$/, '/') ?? urls[0] ?? '';
  return [
    `video-call ${version}`,
    '',
    `  Listening   ${urls.join('  ')}`,
    `  STUN, TURN  ${relayText(relays)}`,
    ...(metricsUrl === undefined ? [] : [`  Metrics     ${metricsUrl}`]),
    `  Try it      ${site}`,
    '',
    '  Paste this into any page:',
    '',
    `    <script type="module" src="${site}video-call.js"></script>`,
    '    <video-call room="my-room"></video-call>',
    '',
    ...warnings(facts).map(line => `  ${line}`),
    '',
  ].join('\n');
}

/** One for each worker. */
const relayText = (relays: readonly RelayFacts[]): string => {
  if (relays.length === 0) return 'off';
  const tlsPorts = relays.flatMap(({ tlsPort }) => tlsPort ?? []);
  const plain = `port ${relays.map(({ port }) => port).join(', ')}, UDP and TCP`;
  return tlsPorts.length === 0 ? plain : `${plain}; port ${tlsPorts.join(', ')}, TLS`;
};

export interface TurnBannerFacts {
  readonly version: string;
  readonly relays: readonly RelayFacts[];
  readonly addresses: readonly string[];
  readonly metricsUrl: string | undefined;
}

/** Of `video-call turn`. */
export const turnBannerText = ({ version, relays, addresses, metricsUrl }: TurnBannerFacts): string =>
  [
    `video-call turn ${version}`,
    '',
    `  Listening   ${addresses.join('  ')}`,
    `  STUN, TURN  ${relayText(relays)}`,
    ...(metricsUrl === undefined ? [] : [`  Metrics     ${metricsUrl}`]),
    '',
  ].join('\n');

/** What the relay found when it tried itself: one line for each fault, or that there is none. */
export function selfCheckText(findings: readonly SelfCheckFinding[]): string {
  const faults = findings.flatMap(({ listener, reason }) =>
    reason === undefined ? [] : [`  The relay at ${placeOf(listener)}: ${reason}.`],
  );
  if (faults.length > 0) return faults.join('\n');
  return '  The relay was tried on every address and transport, and works.';
}

const placeOf = ({ address, port, transport }: ListeningAddress): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port} (${transport.toUpperCase()})`;

function listeningUrls({ secure, port, hosts, localAddresses }: BannerFacts): string[] {
  const wildcard = hosts.some(host => host === '::' || host === '0.0.0.0');
  const named = wildcard ? ['localhost', ...localAddresses] : hosts;
  const scheme = secure ? 'https' : 'http';
  return named.map(host => new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`).href);
}

function warnings({ secure, port, publicUrl, openToAll }: BannerFacts): string[] {
  const lines: string[] = [];
  if (!secure && publicUrl?.protocol !== 'https:') {
    lines.push(
      'Without HTTPS, browsers give cameras to localhost only. The shortest way to HTTPS:',
      `  caddy reverse-proxy --from example.com --to :${port}`,
      '  and start this with PUBLIC_URL=https://example.com TRUST_PROXY=loopback',
    );
  }
  if (openToAll) lines.push('Every site may embed this call; ALLOWED_ORIGINS=https://example.com closes that.');
  return lines;
}
