// How the text of a setting is read: one reader for each kind of value. It knows no setting and no environment.
import { isIP } from 'node:net';
import { z } from 'zod';
import { isIpRange } from '../turn/index.ts';
import { isProxyRange } from './proxies.ts';
import { authSecretMinBytes } from './token.ts';

/** Text → value; `undefined` from `read` is refused with "expected …". */
function reader<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}

/** All elements of a comma-separated list, or none if one is wrong. */
function listReader<T>(expected: string, read: (text: string) => T | undefined) {
  return reader(expected, text => {
    const values = splitList(text).map(read);
    return values.length > 0 && values.every(value => value !== undefined) ? values : undefined;
  });
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');

function readInteger(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

function readUrl(text: string, protocols: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

const hostPattern =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/;
const readHost = (text: string) => (isIP(text) !== 0 || hostPattern.test(text) ? text : undefined);
const readAddress = (text: string) => (isIP(text) === 0 ? undefined : text);

export const maxPort = 65_535;

export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  reader(
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`,
    text => readInteger(text, min, max),
  );

export const port = integer(0, maxPort);

export const portOrOff = reader(`a port from 0 to ${maxPort}, or off`, text =>
  text === 'off' ? text : readInteger(text, 0, maxPort),
);

export const portRange = reader('a range of ports such as 49152-65535', text => {
  const [first = '', last = '', ...more] = text.split('-');
  const min = readInteger(first, 1, maxPort);
  const max = readInteger(last, 1, maxPort);
  return more.length === 0 && min !== undefined && max !== undefined && min <= max ? { min, max } : undefined;
});

export const addressAndPort = reader('an address and a port such as 127.0.0.1:9464 or [::1]:9464', text => {
  const [, bracketed, plain, portText = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = readAddress(bracketed ?? plain ?? '');
  const number = readInteger(portText, 0, maxPort);
  return address === undefined || number === undefined ? undefined : { address, port: number };
});

export const path = reader('a file', text => text);

export const host = reader('a host name or an IP address', readHost);

export const addresses = listReader('IP addresses, separated by commas', readAddress);

/** As the relay reads them: `10.0.0.1/8` may mean a host or a network. */
export const cidrs = listReader(
  'CIDR ranges such as 10.0.0.0/8, with no bit set behind the prefix, separated by commas',
  text => (isIpRange(text) ? text : undefined),
);

export const proxies = reader('off, or addresses, CIDR ranges, loopback or private, separated by commas', text => {
  if (text === 'off') return [];
  const ranges = splitList(text);
  return ranges.length > 0 && ranges.every(isProxyRange) ? ranges : undefined;
});

export const publicUrl = reader('an http or https URL without query and fragment', text => {
  const url = readUrl(text, ['http:', 'https:']);
  return url && `${url.search}${url.hash}${url.username}${url.password}` === '' ? url : undefined;
});

export const origins = reader('*, or origins such as https://example.com, separated by commas', text => {
  if (text === '*') return text;
  const list = splitList(text).map(each => {
    const url = readUrl(each, ['http:', 'https:']);
    return url && [url.origin, `${url.origin}/`].includes(each.toLowerCase()) ? url.origin : undefined;
  });
  return list.length > 0 && list.every(each => each !== undefined) ? list : undefined;
});

export const text = reader('a text', text => text);

export const boolean = reader('true or false', text =>
  text === 'true' || text === 'false' ? text === 'true' : undefined,
);

export const authSecrets = listReader(`secrets of at least ${authSecretMinBytes} bytes, separated by commas`, text =>
  Buffer.byteLength(text) >= authSecretMinBytes ? text : undefined,
);

/** Keys that anybody on the way could exchange would sign anybody's tokens. */
export const jwksUrl = reader('an https URL, or an http URL on loopback', text => {
  const url = readUrl(text, ['http:', 'https:']);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  return url && (url.protocol === 'https:' || isLoopback) ? url : undefined;
});

export const secrets = listReader('secrets, separated by commas', text => text);

const iceUrlPattern = /^(?:stuns?:[^\s?]+|turns?:[^\s?]+(?:\?transport=(?:udp|tcp))?)$/;
const readIceUrl = (text: string) => (iceUrlPattern.test(text) ? text : undefined);

export const turnUrls = listReader(
  'URLs such as turn:relay.example.com:3478?transport=udp, separated by commas',
  text => (text.startsWith('turn') ? readIceUrl(text) : undefined),
);

const iceUrl = z.string().refine(text => readIceUrl(text) !== undefined);
const iceServerList = z.array(
  z.strictObject({
    urls: z.union([iceUrl.transform(url => [url]), z.array(iceUrl).min(1)]),
    username: z.string().exactOptional(),
    credential: z.string().exactOptional(),
  }),
);

export const iceServers = reader('a JSON list such as [{"urls":["stun:stun.example.com:3478"]}]', text => {
  try {
    return iceServerList.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
});

export const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
  error: 'expected fatal, error, warn, info, debug, trace or silent',
});
