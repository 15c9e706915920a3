// The table of settings: one row each. Everything that is said about a setting is said here, `--help` included.
import type { z } from 'zod';
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

const setting = <T>(row: Row<T> & { default: string }): Setting<T> => row;
const optional = <T>(row: Row<T>): Setting<T | undefined> => ({ ...row, default: undefined });

export const settings = {
  host: setting({
    variable: 'HOST',
    default: '::',
    description: 'address that HTTP and signalling listen on',
    parse: read.host,
  }),
  port: setting({ variable: 'PORT', default: '3000', description: 'their port; 0 = any free one', parse: read.port }),
  publicUrl: optional({
    variable: 'PUBLIC_URL',
    description: 'address that visitors use, sub-path included',
    parse: read.publicUrl,
  }),
  trustProxy: setting({
    variable: 'TRUST_PROXY',
    default: 'off',
    description: 'proxies whose X-Forwarded headers are believed: addresses, CIDR ranges, loopback, private',
    parse: read.proxies,
  }),
  tlsCert: optional({ variable: 'TLS_CERT', description: 'PEM file with the certificate chain', parse: read.path }),
  tlsKey: optional({ variable: 'TLS_KEY', description: 'PEM file with its private key', parse: read.path }),
  allowedOrigins: setting({
    variable: 'ALLOWED_ORIGINS',
    default: '*',
    description: 'sites that may embed the call; our own origin always may',
    parse: read.origins,
  }),
  roomCapacity: setting({
    variable: 'ROOM_CAPACITY',
    default: '8',
    description: 'participants per room',
    parse: read.integer(1, 100),
  }),
  turnHost: optional({
    variable: 'TURN_HOST',
    description: 'host name or address in the ICE URLs; without it the name that the browser used to reach us',
    parse: read.host,
  }),
  turnListen: optional({
    variable: 'TURN_LISTEN',
    description: 'addresses that the relay listens on; without it every local one',
    parse: read.addresses,
  }),
  turnPort: setting({
    variable: 'TURN_PORT',
    default: '3478',
    description: 'port of the relay; 0 = any free one, off = no relay',
    parse: read.portOrOff,
  }),
  turnSecret: setting({
    variable: 'TURN_SECRET',
    default: '',
    description: 'shared secrets: the first issues, all verify; without it a random one at each start',
    parse: read.secretsOrNone,
    secret: true,
  }),
  turnCredentialTtl: setting({
    variable: 'TURN_CREDENTIAL_TTL',
    default: '600',
    description: 'seconds for which a credential opens allocations',
    parse: read.integer(10, 86_400),
  }),
} as const;
