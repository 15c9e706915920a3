// A relay on several cores: workers behind the interface of one relay. Opens no socket, decides nothing.
import type { TurnServerOptions, TurnWorkers } from '../options.ts';
import { addUp } from './add-up.ts';
import { checkOptions } from './check-options.ts';
import { secureContextOf } from './secure-context.ts';
import { SupervisedWorker } from './supervised-worker.ts';
import { shareOptions } from './worker-options.ts';

/**
 * Starts `count` relays, each in a thread and on a port of its own. Clients who call each other should be sent to the
 * same one: what they say then stays inside it.
 * @throws what `createTurnServer` does, and RangeError if ports or quota are not enough for all. Then nothing is left
 *   open.
 */
export const createTurnWorkers = async (options: TurnServerOptions, count: number): Promise<TurnWorkers> => {
  checkOptions(options);
  const workers = shareOptions(options, count).map(share => new SupervisedWorker(share, options.logger));
  const close = async (): Promise<void> => {
    await Promise.all(workers.map(worker => worker.close()));
  };
  const outcomes = await Promise.allSettled(workers.map(worker => worker.start()));
  const failed = outcomes.find(outcome => outcome.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const addressesByWorker = workers.map(({ addresses }) => addresses);
  return {
    addresses: addressesByWorker.flat(),
    addressesByWorker,
    counts: () => addUp(workers.map(({ report }) => report.counts)),
    counters: () => addUp(workers.map(({ report }) => report.counters)),
    transports: () => addUp(workers.map(({ report }) => report.transports)),
    setCertificate: certificate => {
      if (options.tls === undefined) throw new TypeError('There is no TLS listener to use a certificate.');
      // Here already: whoever calls hears of a pair that is no good.
      secureContextOf(certificate);
      for (const worker of workers) worker.setCertificate(certificate);
    },
    revoke: (subject, forSec) => {
      for (const worker of workers) worker.revoke(subject, forSec);
    },
    drain: async () => {
      await Promise.all(workers.map(worker => worker.drain()));
    },
    close,
  };
};
