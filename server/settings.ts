// The table of settings: one row each. Everything that is said about a setting is said here, `--help` included.
import type { z } from 'zod';
import { allocationsPerPeer, defaultRelayPorts, defaultTotalQuota, defaultUserQuota } from '../turn/index.ts';
import * as read from './setting-values.ts';

export interface Setting<T> {
  /** The environment variable; the flag is made of it. */
  readonly variable: string;
  /** Text, as an operator would write it. */
  readonly default: string | undefined;
  readonly description: string;
  readonly parse: z.ZodType<T, string>;
  /** A value that is never repeated, not even in a complaint. */
  readonly secret?: boolean;
}

type Row<T> = Omit<Setting<T>, 'default'>;

const required = <T>(row: Row<T> & { default: string }): Setting<T> => row;
const optional = <T>(row: Row<T>): Setting<T | undefined> => ({ ...row, default: undefined });

/** RFC 8656 §5 by way of RFC 7065 §3.2: the port of `turns:`. */
export const defaultTurnTlsPort = 5349;

/** In the order of `--help`. */
export const settings = {
  host: required({
    variable: 'HOST',
    default: '::',
    description: 'address that HTTP and signalling listen on',
    parse: read.host,
  }),
  port: required({ variable: 'PORT', default: '3000', description: 'their port; 0 = any free one', parse: read.port }),
  publicUrl: optional({
    variable: 'PUBLIC_URL',
    description: 'address that visitors use, sub-path included',
    parse: read.publicUrl,
  }),
  trustProxy: required({
    variable: 'TRUST_PROXY',
    default: 'off',
    description: 'proxies whose X-Forwarded headers are believed: addresses, CIDR ranges, loopback, private',
    parse: read.proxies,
  }),
  tlsCert: optional({
    variable: 'TLS_CERT',
    description: 'PEM file: certificate chain for HTTPS and TURN over TLS; read again when it changes',
    parse: read.path,
  }),
  tlsKey: optional({ variable: 'TLS_KEY', description: 'PEM file: its private key', parse: read.path }),
  allowedOrigins: required({
    variable: 'ALLOWED_ORIGINS',
    default: '*',
    description: 'sites that may embed the call; our own origin always may',
    parse: read.origins,
  }),
  authSecret: optional({
    variable: 'AUTH_SECRET',
    description: 'secrets of at least 32 bytes that sign tokens (HS256): the first mints, all verify',
    parse: read.authSecrets,
    secret: true,
  }),
  authJwksUrl: optional({
    variable: 'AUTH_JWKS_URL',
    description: 'where the public keys of tokens are (RS256, ES256, EdDSA): an https URL, or http on loopback',
    parse: read.jwksUrl,
  }),
  authRequired: optional({
    variable: 'AUTH_REQUIRED',
    description: 'whether nobody enters without a token: true or false; true once a key is set',
    parse: read.boolean,
  }),
  authIssuer: optional({
    variable: 'AUTH_ISSUER',
    description: 'the iss that tokens must name; without it any',
    parse: read.text,
  }),
  authAnyRoom: required({
    variable: 'AUTH_ANY_ROOM',
    default: 'false',
    description: 'whether a token may be for every room, as room "*": true or false',
    parse: read.boolean,
  }),
  roomCapacity: required({
    variable: 'ROOM_CAPACITY',
    default: '8',
    description: 'participants per room',
    parse: read.integer(1, 100),
  }),
  turnHost: optional({
    variable: 'TURN_HOST',
    description: 'host name or address in ICE URLs; without it the one that the browser used to reach us',
    parse: read.host,
  }),
  turnListen: optional({
    variable: 'TURN_LISTEN',
    description: 'addresses that the relay listens on; without it every local one',
    parse: read.addresses,
  }),
  turnPort: required({
    variable: 'TURN_PORT',
    default: '3478',
    description: 'port of the relay, UDP and TCP; 0 = any free one, off = no relay',
    parse: read.portOrOff,
  }),
  turnTlsPort: optional({
    variable: 'TURN_TLS_PORT',
    description: `port of the relay under TLS, with TLS_CERT and TLS_KEY; without it ${defaultTurnTlsPort}; 0 = any free one, off = none`,
    parse: read.portOrOff,
  }),
  turnWorkers: required({
    variable: 'TURN_WORKERS',
    default: '1',
    description: 'threads of the relay, each on a port of its own, from TURN_PORT on; a room keeps to one of them',
    parse: read.integer(1, 64),
  }),
  turnRelayIp: optional({
    variable: 'TURN_RELAY_IP',
    description: 'address to relay from, or one v4 and one v6; without it the one that the client reached',
    parse: read.addresses,
  }),
  turnExternalIp: optional({
    variable: 'TURN_EXTERNAL_IP',
    description: 'address to announce instead of it, behind a 1:1 NAT, or one v4 and one v6',
    parse: read.addresses,
  }),
  turnRelayPorts: required({
    variable: 'TURN_RELAY_PORTS',
    default: `${defaultRelayPorts.min}-${defaultRelayPorts.max}`,
    description: 'ports of relayed addresses',
    parse: read.portRange,
  }),
  turnSecret: optional({
    variable: 'TURN_SECRET',
    description: 'shared secrets: the first issues, all verify; without it a random one at each start',
    parse: read.secrets,
    secret: true,
  }),
  turnCredentialTtl: required({
    variable: 'TURN_CREDENTIAL_TTL',
    default: '600',
    description: 'seconds for which a credential opens allocations',
    parse: read.integer(10, 86_400),
  }),
  turnUrls: optional({
    variable: 'TURN_URLS',
    description: 'other relays with the same secret, handed out beside ours; needs TURN_SECRET',
    parse: read.turnUrls,
  }),
  iceServers: optional({
    variable: 'ICE_SERVERS',
    description: 'JSON list of further ICE servers, handed out as they are',
    parse: read.iceServers,
    secret: true,
  }),
  turnPeerAllow: optional({
    variable: 'TURN_PEER_ALLOW',
    description:
      'CIDR ranges that the relay may reach although they are denied; one of its own addresses opens every port there',
    parse: read.cidrs,
  }),
  turnPeerDeny: optional({
    variable: 'TURN_PEER_DENY',
    description:
      'CIDR ranges that it may not reach, beside the special-purpose ones and the addresses of its own machine',
    parse: read.cidrs,
  }),
  turnUserQuota: optional({
    variable: 'TURN_USER_QUOTA',
    description: `allocations of one participant at a time; without it ${allocationsPerPeer} for each other place in a room, at least ${defaultUserQuota}`,
    parse: read.integer(1),
  }),
  turnTotalQuota: required({
    variable: 'TURN_TOTAL_QUOTA',
    default: String(defaultTotalQuota),
    description: 'allocations of all participants at a time',
    parse: read.integer(1),
  }),
  turnMaxBps: optional({
    variable: 'TURN_MAX_BPS',
    description:
      'bytes per second of one allocation in each direction, IP and UDP headers included; without it no limit',
    parse: read.integer(1),
  }),
  drain: required({
    variable: 'DRAIN',
    default: '300',
    description: 'seconds for which `video-call turn` lets calls go on after SIGTERM, while it takes no new ones',
    parse: read.integer(0, 86_400),
  }),
  metricsListen: optional({
    variable: 'METRICS_LISTEN',
    description: 'address and port for Prometheus, such as 127.0.0.1:9464; without it none',
    parse: read.addressAndPort,
  }),
  logLevel: required({
    variable: 'LOG_LEVEL',
    default: 'info',
    description: 'fatal, error, warn, info, debug, trace or silent',
    parse: read.logLevel,
  }),
};

export type Config = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};

/** Those that `video-call turn` obeys. */
export const relaySettings: readonly (keyof typeof settings)[] = [
  ...([
    'turnListen',
    'turnPort',
    'turnTlsPort',
    'turnWorkers',
    'tlsCert',
    'tlsKey',
    'turnRelayIp',
    'turnExternalIp',
  ] as const),
  ...(['turnRelayPorts', 'turnSecret', 'turnPeerAllow', 'turnPeerDeny', 'turnUserQuota', 'turnTotalQuota'] as const),
  ...(['roomCapacity', 'turnMaxBps', 'turnHost', 'drain', 'metricsListen', 'logLevel'] as const),
];

/** `TURN_PORT` → `turn-port`. */
export const flagOf = (variable: string): string => variable.toLowerCase().replaceAll('_', '-');

/** Promised by the documentation and not built yet: better no start than a setting that does nothing. */
export const futureVariables = ['REDIS_URL', 'WEBHOOK_URL', 'WEBHOOK_SECRET', 'ADMIN_KEY', 'ROOMS'] as const;
