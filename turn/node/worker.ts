// One worker: a relay in a thread of its own. Knows no other worker; starts, reports and closes when it is told to.
import { parentPort, workerData } from 'node:worker_threads';
import type { TurnLogger } from '../options.ts';
import { createTurnServer } from './turn-server.ts';
import type { FromWorker, ToWorker, WorkerError, WorkerReport } from './worker-messages.ts';
import type { WorkerOptions } from './worker-options.ts';

/** How old a figure can be that the starting thread gives out. */
const reportIntervalMs = 1000;

const port = parentPort;
if (port === null) throw new Error('This file runs in a thread that createTurnWorkers starts.');

const tell = (message: FromWorker): void => port.postMessage(message);

const plainError = (error: unknown): WorkerError => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, port: atPort, address } = error as Record<string, unknown>;
  return { name, message, stack, code, port: atPort, address };
};

const log =
  (level: keyof TurnLogger) =>
  (fields: object, text: string): void => {
    const isError = 'err' in fields && fields.err instanceof Error;
    tell({ type: 'log', level, fields: isError ? { ...fields, err: plainError(fields.err) } : fields, text });
  };

try {
  const logger: TurnLogger = { debug: log('debug'), warn: log('warn'), error: log('error') };
  const server = await createTurnServer({ ...(workerData as WorkerOptions), logger });
  const report = (): WorkerReport => ({
    counts: server.counts(),
    counters: server.counters(),
    transports: server.transports(),
  });
  const tellReport = () => tell({ type: 'report', report: report() });
  const reporter = setInterval(tellReport, reportIntervalMs);

  const close = async (): Promise<void> => {
    clearInterval(reporter);
    await server.close();
    tellReport();
    // The last handle: the thread ends by itself, and with it what nobody thought of.
    port.close();
  };
  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'close':
        void close();
        break;
      case 'drain':
        void server.drain().then(() => tell({ type: 'drained' }));
        break;
      case 'revoke':
        server.revoke(message.subject, message.forSec);
        break;
      case 'certificate':
        server.setCertificate(message.certificate);
        break;
    }
  });
  tell({ type: 'listening', addresses: server.addresses, report: report() });
} catch (error) {
  tell({ type: 'failed', error: plainError(error) });
  port.close();
}
