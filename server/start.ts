// Starts all that one command hosts: relay, HTTP, signalling. It reads no environment and prints nothing.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Server as HttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { SelfCheckFinding, TurnLogger, TurnServer } from '../turn/index.ts';
import { buildApp } from './app.ts';
import type { AppDependencies } from './app.ts';
import { readCertificate, watchCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { openMetrics } from './metrics-listener.ts';
import type { MetricsListener } from './metrics-listener.ts';
import { signalingMetrics } from './signaling-metrics.ts';
import { relayMetrics } from './relay-metrics.ts';
import { checkRelayOf, relayPortOf, relayPortsOf, startRelay } from './relay.ts';
import type { Config } from './settings.ts';
import { codeOf, StartError, startErrorOf } from './start-error.ts';

export interface RunningServer {
  readonly app: FastifyInstance;
  readonly relay: TurnServer | undefined;
  readonly metrics: MetricsListener | undefined;
  readonly certificate: Certificate | undefined;
  /** Tries the relay as clients would; empty without one. Never rejects. */
  checkRelay: () => Promise<readonly SelfCheckFinding[]>;
  /** Ends everything: no socket, no timer is left. */
  close: () => Promise<void>;
}

/** @throws {StartError} */
export async function startServer(config: Config, dependencies: AppDependencies = {}): Promise<RunningServer> {
  const turnSecret = config.turnSecret ?? [randomBytes(32).toString('base64url')];
  const certificate = await readCertificate(config);
  let app: FastifyInstance | undefined;
  // The relay is there first, because its port goes into what the app hands out; what it says goes to the app's log, as soon
  // as there is one.
  const early: (() => void)[] = [];
  const log =
    (level: keyof TurnLogger) =>
    (fields: object, text: string): void => {
      if (app) app.log[level](fields, text);
      else early.push(() => app?.log[level](fields, text));
    };
  const logger: TurnLogger = { debug: log('debug'), warn: log('warn'), error: log('error') };
  const relay = await startRelay(config, { secrets: turnSecret, certificate, logger }).catch(async (error: unknown) => {
    throw await withFaultOfHttp(error, config);
  });
  let metrics: MetricsListener | undefined;
  const ending = new AbortController();
  const close = async () => {
    ending.abort();
    // Whoever is told that we end shall not allocate here once more.
    void relay?.drain();
    await Promise.all([app?.close(), metrics?.close()]);
    await relay?.close();
  };
  try {
    const revokeRelay = relay && ((id: string) => relay.revoke(id, config.turnCredentialTtl));
    const { registry, failed } = signalingMetrics();
    const ours = { tls: certificate, revokeRelay, relays: relayPortsOf(relay), failed };
    const running = await buildApp({ ...config, turnSecret }, { ...ours, ...dependencies });
    app = running;
    for (const sayNow of early.splice(0)) sayNow();
    const registries = relay ? [registry, relayMetrics(relay)] : [registry];
    if (config.metricsListen) metrics = await openMetrics(config.metricsListen, Registry.merge(registries));
    await listen(running, config);
    if (certificate) {
      watchCertificate({
        files: config,
        current: certificate,
        onChange: changed => {
          if (running.server instanceof HttpsServer) running.server.setSecureContext(changed);
          if (relayPortOf(relay, 'tls') !== undefined) relay?.setCertificate(changed);
          running.log.info('the new certificate is in use');
        },
        onBad: reason => running.log.warn(`the old certificate stays in use: ${reason}`),
      }).start(ending.signal);
    }
    const check = async () => (relay ? checkRelayOf(config, relay, turnSecret, certificate) : []);
    return { app: running, relay, metrics, certificate, checkRelay: check, close };
  } catch (error) {
    await close();
    throw startErrorOf(error, 'PORT', 'HTTP');
  }
}

async function listen(app: Pick<FastifyInstance, 'listen'>, { host, port }: Config): Promise<void> {
  try {
    // Fastify would open a second server for the other address of `localhost`, without signalling.
    await app.listen({ port, host: host === 'localhost' ? '127.0.0.1' : host });
  } catch (error) {
    const noIpv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '');
    if (host !== '::' || !noIpv6) throw error;
    await app.listen({ port, host: '0.0.0.0' });
  }
}

/** Whoever starts a second one by mistake is told of both ports at once, not of one at each try. */
async function withFaultOfHttp(fault: unknown, config: Config): Promise<unknown> {
  if (!(fault instanceof StartError)) return fault;
  const probe = createServer();
  try {
    await listen(
      {
        listen: async at => {
          await once(probe.listen(at), 'listening');
          return '';
        },
      },
      config,
    );
  } catch (error) {
    const also = startErrorOf(error, 'PORT', 'HTTP');
    return also instanceof StartError ? new StartError(`${fault.message}\n${also.message}`) : fault;
  } finally {
    probe.close();
  }
  return fault;
}
