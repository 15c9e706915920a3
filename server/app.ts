// The HTTP application with signalling on the same port, as a function of its configuration. It opens no port itself.
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fastify, LogController } from 'fastify';
import type { FastifyInstance, FastifyRequest, FastifyServerFactory } from 'fastify';
import { packetMaxBytes } from '../protocol/limits.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { AddressGuard } from './address-guard.ts';
import { Admission } from './admission.ts';
import { createTokenVerifier } from './auth.ts';
import { stripBasePath } from './base-path.ts';
import { createEntry } from './entry.ts';
import { iceServersFor, openIceServersFor } from './ice-servers.ts';
import type { RelayPorts } from './ice-servers.ts';
import { serverLimits } from './limits.ts';
import type { ServerLimits } from './limits.ts';
import { packageRoot } from './package-root.ts';
import { trustedProxies } from './proxies.ts';
import { MemoryRoomStore } from './room-store.ts';
import type { RoomStore } from './room-store.ts';
import type { Config } from './settings.ts';
import { attachSignaling } from './signaling.ts';
import type { SignalingFailure } from './signaling-metrics.ts';
import { MemoryTokenMemory } from './token-memory.ts';
import { visitorOf } from './visitor.ts';
import { serveWebFiles } from './web-files.ts';
import type { WebFolders } from './web-files.ts';

/** What is not a setting: what belongs to the process, and what a test wants to hold in its hands. */
export interface AppDependencies {
  /** The bundled relay, one for each of its workers; absent when there is none. */
  relays?: readonly RelayPorts[] | undefined;
  /** PEM texts; with them the application speaks HTTPS. */
  tls?: { cert: string; key: string } | undefined;
  /** Where log lines go; without it nothing is logged. */
  logStream?: { write(line: string): void } | undefined;
  store?: RoomStore;
  limits?: ServerLimits;
  folders?: WebFolders;
  /** Milliseconds since the epoch. */
  now?: (() => number) | undefined;
  /** Resolves `ms` milliseconds later. */
  wait?: ((ms: number) => Promise<void>) | undefined;
  /** Ends what the bundled relay does for a participant; absent when there is none. */
  revokeRelay?: ((participantId: string) => void) | undefined;
  /** Hears of each request that failed by a fault of ours. */
  failed?: ((kind: SignalingFailure) => void) | undefined;
  /** Calls its argument once a second until the returned function is called. */
  everySecond?: (task: () => void) => () => void;
}

/** Who sends headers slowly is not waited for. */
const requestTimeoutMs = 10_000;

export async function buildApp(config: Config, dependencies: AppDependencies = {}): Promise<FastifyInstance> {
  const { tls, logStream, relays = [] } = dependencies;
  const now = dependencies.now ?? Date.now;
  const limits = dependencies.limits ?? serverLimits;
  const http = { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs };
  const createHttpServer: FastifyServerFactory = handler =>
    tls ? createHttpsServer({ ...http, ...tls }, handler) : createServer(http, handler);
  const app: FastifyInstance = fastify({
    serverFactory: createHttpServer,
    ...(logStream && { logger: { level: config.logLevel, stream: logStream, serializers: { req: describeRequest } } }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_024,
    forceCloseConnections: true,
  });

  const trusts = trustedProxies(config.trustProxy);
  const knock = (request: IncomingMessage) => visitorOf(request, trusts);
  const admission = new Admission(config, limits);
  const iceSettings = {
    ...config,
    relays,
    turnSecrets: config.turnSecret ?? [],
    turnUrls: config.turnUrls ?? [],
    iceServers: config.iceServers ?? [],
  };
  const hasKey = config.authSecret !== undefined || config.authJwksUrl !== undefined;
  const signaling = attachSignaling(app.server, {
    admission,
    visitorOf: knock,
    serverLimits: limits,
    log: app.log,
    now,
    store: dependencies.store ?? new MemoryRoomStore(),
    limits: { capacity: config.roomCapacity, iceServersTtlSec: config.turnCredentialTtl },
    entry: createEntry({
      verify: hasKey ? createTokenVerifier(config) : undefined,
      required: config.authRequired ?? hasKey,
      tokens: new MemoryTokenMemory(),
      log: app.log,
    }),
    guard: new AddressGuard(limits),
    revokeRelay: dependencies.revokeRelay ?? (() => undefined),
    failed: dependencies.failed ?? (() => undefined),
    wait: dependencies.wait ?? wait,
    iceServersFor: ({ host }, { participantId, room }) =>
      iceServersFor(iceSettings, { host, participantId, room }, now()),
  });
  stripBasePath(app.server, config.publicUrl?.pathname);

  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });
  let closing = false;
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', (_request, reply) => reply.code(closing ? 503 : 200).send({ ok: !closing }));
  // A browser hides why a WebSocket was refused, so the element asks here; every origin may read the answer.
  app.get('/handshake', (request, reply) => {
    const code = admission.refusalOf(knock(request.raw), request.headers.origin, now());
    reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' });
    if (code) return { ok: false, error: { code } };
    const { host } = knock(request.raw);
    return { ok: true, protocol: PROTOCOL_VERSION, iceServers: openIceServersFor(iceSettings, host) };
  });
  // As text: a page of another site may send that without asking first, which would cost the round trip that it saves.
  app.post('/join', { bodyLimit: packetMaxBytes }, async (request, reply) => {
    if (typeof request.body !== 'string')
      return reply.code(415).send({ ok: false, error: { code: 'payload-invalid' } });
    reply.headers({
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
      // Proxies that wait for the end of an answer would hold this one back.
      'x-accel-buffering': 'no',
    });
    reply.hijack();
    reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
    return signaling.post(request.raw, request.body, reply.raw);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ ok: false, error: { code: 'not-found' } }));
  const folders = dependencies.folders ?? {
    widget: join(packageRoot, 'dist', 'widget'),
    demo: join(packageRoot, 'demo'),
  };
  // Relative links of the demo start from the folder that the address names.
  const base = config.publicUrl?.pathname.replace(/\/$/, '');
  if (base) app.get(base, (_request, reply) => reply.redirect(`${base}/`, 308));
  await serveWebFiles(app, folders, reply => {
    const { host } = knock(reply.request.raw);
    return { host, stunUrls: openIceServersFor(iceSettings, host).flatMap(({ urls }) => urls) };
  });

  const stopSweep = (dependencies.everySecond ?? everySecond)(() => {
    signaling.sweep().catch((error: unknown) => app.log.error({ err: error }, 'sweep failed'));
  });
  app.addHook('preClose', async () => {
    closing = true;
    stopSweep();
    await signaling.close();
  });
  return app;
}

function everySecond(task: () => void): () => void {
  const timer = setInterval(task, 1_000);
  return () => clearInterval(timer);
}

/** Nobody is kept alive by an answer that is held back. */
const wait = (ms: number): Promise<void> => delay(Math.max(0, ms), undefined, { ref: false });

/** In a log line a request is what it asked for, not who asked. */
const describeRequest = ({ method, routeOptions }: FastifyRequest) => ({ method, url: routeOptions.url ?? '' });
