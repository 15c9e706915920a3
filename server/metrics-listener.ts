// The port that metrics have for themselves: METRICS_LISTEN. It knows no metric.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Registry } from 'prom-client';
import { startErrorOf } from './start-error.ts';

export interface MetricsListener {
  /** `http://…/metrics`, with the actual port. */
  readonly url: string;
  /** Resolves when no handle is left. */
  close(): Promise<void>;
}

/** Who sends headers slowly is not waited for. */
const requestTimeoutMs = 5_000;

/** @throws {StartError} */
export async function openMetrics(
  { address, port }: { readonly address: string; readonly port: number },
  registry: Registry,
): Promise<MetricsListener> {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      void registry.metrics().then(text => {
        response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
      });
    },
  );
  try {
    server.listen(port, address);
    await once(server, 'listening');
  } catch (error) {
    throw startErrorOf(error, 'METRICS_LISTEN', 'the metrics listener');
  }
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/metrics`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
