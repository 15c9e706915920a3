// Starts all that one command hosts: relay, HTTP, signalling. It reads no environment and prints nothing.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { createTurnServer } from '../turn/index.ts';
import type { TurnLogger, TurnServer } from '../turn/index.ts';
import { buildApp } from './app.ts';
import type { AppDependencies } from './app.ts';
import type { Config } from './settings.ts';

export interface RunningServer {
  readonly app: FastifyInstance;
  readonly relay: TurnServer | undefined;
  /** Ends everything: no socket, no timer is left. */
  close: () => Promise<void>;
}

/** A reason not to start that the operator can act on; the message is one sentence. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @throws {StartError} */
export async function startServer(config: Config, dependencies: AppDependencies = {}): Promise<RunningServer> {
  const turnSecret = config.turnSecret ?? [randomBytes(32).toString('base64url')];
  const tls = await readTls(config);
  let app: FastifyInstance | undefined;
  // The relay is there first, because its port goes into what the app hands out; what it says goes to the app's log.
  const logger: TurnLogger = {
    debug: (fields, text) => app?.log.debug(fields, text),
    warn: (fields, text) => app?.log.warn(fields, text),
    error: (fields, text) => app?.log.error(fields, text),
  };
  const relay = await startRelay({ ...config, turnSecret }, logger);
  const close = async () => {
    await Promise.all([app?.close(), relay?.close()]);
  };
  try {
    const relayPort = relay?.addresses[0]?.port;
    const revokeRelay = relay && ((id: string) => relay.revoke(id, config.turnCredentialTtl));
    app = await buildApp({ ...config, turnSecret }, { tls, relayPort, revokeRelay, ...dependencies });
    await listen(app, config);
    return { app, relay, close };
  } catch (error) {
    await close();
    throw startErrorOf(error, 'PORT', 'HTTP');
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    // Fastify would open a second server for the other address of `localhost`, without signalling.
    await app.listen({ port, host: host === 'localhost' ? '127.0.0.1' : host });
  } catch (error) {
    const noIpv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '');
    if (host !== '::' || !noIpv6) throw error;
    await app.listen({ port, host: '0.0.0.0' });
  }
}

async function startRelay(
  config: Config & { turnSecret: readonly string[] },
  logger: TurnLogger,
): Promise<TurnServer | undefined> {
  if (config.turnPort === 'off') return undefined;
  try {
    return await createTurnServer({
      logger,
      port: config.turnPort,
      secrets: config.turnSecret,
      relayPorts: config.turnRelayPorts,
      userQuota: config.turnUserQuota,
      totalQuota: config.turnTotalQuota,
      ...(config.turnListen && { listen: config.turnListen }),
      ...(config.turnRelayIp !== undefined && { relayIp: config.turnRelayIp }),
      ...(config.turnExternalIp !== undefined && { externalIp: config.turnExternalIp }),
      ...(config.turnPeerAllow && { peerAllow: config.turnPeerAllow }),
      ...(config.turnPeerDeny && { peerDeny: config.turnPeerDeny }),
    });
  } catch (error) {
    throw startErrorOf(error, 'TURN_PORT', 'the relay');
  }
}

async function readTls({ tlsCert, tlsKey }: Config): Promise<AppDependencies['tls']> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = await Promise.all([readPem('TLS_CERT', tlsCert), readPem('TLS_KEY', tlsKey)]);
  return { cert, key };
}

async function readPem(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`${variable}: ${file} cannot be read (${codeOf(error)}).`, { cause: error });
  }
}

function startErrorOf(error: unknown, variable: string, what: string): unknown {
  const { port } = error as { port?: number };
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} is in use, so ${what} cannot start: set ${variable} to another one.`);
    case 'EACCES':
      return new StartError(`Port ${port} may not be opened by this user: set ${variable} to one above 1023.`);
    case 'EADDRNOTAVAIL':
      return new StartError(
        `${what} cannot listen on ${(error as { address?: string }).address}: not an address of this machine.`,
      );
    default:
      return error;
  }
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;
