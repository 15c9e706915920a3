// Who knocks: address and host name of a request, through believed proxies. It knows no setting and keeps nothing.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { TrustsAddress } from './proxies.ts';

export interface Visitor {
  readonly address: string;
  /** Host and port as the browser wrote them; undefined when it wrote nothing that a URL can hold. */
  readonly host: string | undefined;
}

/** The part of `IncomingMessage` that is used here. */
export interface KnockingRequest {
  headers: IncomingHttpHeaders;
  socket: { remoteAddress?: string | undefined };
}

/** An address that a proxy claims counts only as far as every proxy behind it is believed. */
export function visitorOf({ headers, socket }: KnockingRequest, trusts: TrustsAddress): Visitor {
  const neighbour = plainAddress(socket.remoteAddress ?? '');
  const claimed = listOf(headers['x-forwarded-for']);
  let address = neighbour;
  while (isIP(address) !== 0 && trusts(address)) {
    const next = plainAddress(claimed.pop() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  const believed = isIP(neighbour) !== 0 && trusts(neighbour);
  const forwardedHost = believed ? listOf(headers['x-forwarded-host'])[0] : undefined;
  return { address, host: readHost(forwardedHost ?? headers.host) };
}

/** What limits are counted by: an IPv6 network of /64 is one household (RFC 6177). */
export function limitKeyOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  // Dotted IPv4 at the end stands for two groups, which lie beyond the first four anyway.
  const gap = tail === undefined ? 0 : 8 - first.length - last.length - (last.at(-1)?.includes('.') ? 1 : 0);
  const groups = [...first, ...Array<string>(Math.max(0, gap)).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map(group => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Without zone, port, brackets or the prefix by which IPv6 sockets write IPv4. */
function plainAddress(text: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text;
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
}

/** Only what is a host and nothing else: it ends up in ICE URLs and in a security header. */
function readHost(text: string | undefined): string | undefined {
  if (text === undefined || !/^[A-Za-z0-9._:[\]-]{1,255}$/.test(text)) return undefined;
  return URL.canParse(`http://${text}`) ? text.toLowerCase() : undefined;
}
