// What the command says when it has started. Values in, text out.
export interface BannerFacts {
  readonly version: string;
  readonly secure: boolean;
  readonly port: number;
  /** The addresses that HTTP listens on, wildcards as they are. */
  readonly hosts: readonly string[];
  /** Addresses of this machine, for when a wildcard is listened on. */
  readonly localAddresses: readonly string[];
  readonly publicUrl: URL | undefined;
  readonly relayPort: number | undefined;
  readonly openToAll: boolean;
}

export function bannerText(facts: BannerFacts): string {
  const { version, publicUrl, relayPort } = facts;
  const urls = listeningUrls(facts);
  const site = publicUrl?.href.replace(/\/?$/, '/') ?? urls[0] ?? '';
  return [
    `video-call ${version}`,
    '',
    `  Listening   ${urls.join('  ')}`,
    `  STUN, TURN  ${relayPort === undefined ? 'off' : `port ${relayPort}, UDP`}`,
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
