// Starts what `video-call turn` runs: the relay, its certificate watch and its metrics, and nothing else. It reads no
// environment and prints nothing.
import { fastify, LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { SelfCheckFinding, TurnServer } from '../turn/index.ts';
import { readCertificate, watchCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { openMetrics } from './metrics-listener.ts';
import type { MetricsListener } from './metrics-listener.ts';
import { relayMetrics } from './relay-metrics.ts';
import { checkRelayOf, startRelay } from './relay.ts';
import type { Config } from './settings.ts';
import { StartError } from './start-error.ts';

export interface RunningTurn {
  readonly relay: TurnServer;
  readonly metrics: MetricsListener | undefined;
  readonly certificate: Certificate | undefined;
  readonly log: FastifyBaseLogger;
  /** Tries the relay as clients would. Never rejects. */
  checkRelay: () => Promise<readonly SelfCheckFinding[]>;
  /** Takes no new calls; resolves when the last one has ended, or after the limit of DRAIN. */
  drain: () => Promise<void>;
  /** Ends everything: no socket, no timer is left. */
  close: () => Promise<void>;
}

/** @throws {StartError} */
export async function startTurn(
  config: Config,
  { logStream }: { readonly logStream?: { write(line: string): void } | undefined } = {},
): Promise<RunningTurn> {
  const { turnSecret } = config;
  // A secret made up here would be known to nobody who hands out credentials.
  if (turnSecret === undefined) {
    throw new StartError(
      'TURN_SECRET is missing: the relay needs the secret of the server that hands out credentials.',
    );
  }
  const { log } = fastify({
    ...(logStream && { logger: { level: config.logLevel, stream: logStream } }),
    logController: new LogController({ disableRequestLogging: true }),
  });
  const certificate = await readCertificate(config);
  const relay = await startRelay(config, { secrets: turnSecret, certificate, logger: log });
  if (relay === undefined) throw new StartError('TURN_PORT is off, so there is nothing to run.');
  const ending = new AbortController();
  if (certificate && relay.addresses.some(({ transport }) => transport === 'tls')) {
    watchCertificate({
      files: config,
      current: certificate,
      onChange: changed => {
        relay.setCertificate(changed);
        log.info('the new certificate is in use');
      },
      onBad: reason => log.warn(`the old certificate stays in use: ${reason}`),
    }).start(ending.signal);
  }
  let metrics: MetricsListener | undefined;
  try {
    metrics = config.metricsListen && (await openMetrics(config.metricsListen, relayMetrics(relay)));
  } catch (error) {
    ending.abort();
    await relay.close();
    throw error;
  }
  return {
    relay,
    metrics,
    certificate,
    log,
    checkRelay: () => checkRelayOf(config, relay, turnSecret, certificate),
    drain: async () => {
      const limit = new AbortController();
      const late = new Promise<void>(resolve => {
        const timer = setTimeout(resolve, config.drain * 1000);
        limit.signal.addEventListener('abort', () => clearTimeout(timer));
        ending.signal.addEventListener('abort', () => clearTimeout(timer));
      });
      await Promise.race([relay.drain(), late]);
      limit.abort();
    },
    close: async () => {
      ending.abort();
      await Promise.all([relay.close(), metrics?.close()]);
    },
  };
}
