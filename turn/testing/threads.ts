// Threads that run the sources, as they are in tests, and a list of those that a test started. For tests only.
import { syncBuiltinESMExports } from 'node:module';
import type { TestContext } from 'node:test';
import threads from 'node:worker_threads';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import type { FromWorker } from '../node/worker-messages.ts';

const NodeWorker = threads.Worker;

/** A loader of this process is not one of its threads (Node 20), so each registers it before it begins. */
const bootstrap = (file: string): string => `
  import('tsx/esm/api').then(({ register }) => {
    register();
    return import(${JSON.stringify(file)});
  }).catch(error => process.nextTick(() => { throw error; }));`;

export interface SpiedWorker extends Worker {
  /** Resolves when it says so. Rejects when it ends before that. */
  readonly listens: Promise<void>;
}

/** Until the test ends, what starts a built file starts its source. */
export const spyOnThreads = (t: TestContext): SpiedWorker[] => {
  const made: SpiedWorker[] = [];
  class SourceWorker extends NodeWorker implements SpiedWorker {
    readonly listens = new Promise<void>((resolve, reject) => {
      this.on('message', ({ type }: FromWorker) => type === 'listening' && resolve());
      this.once('exit', () => reject(new Error('It ended before it listened.')));
    });
    constructor(file: URL, options: WorkerOptions) {
      super(bootstrap(file.href.replace(/\.js$/, '.ts')), { ...options, eval: true });
      made.push(this);
      this.listens.catch(() => undefined);
    }
  }
  threads.Worker = SourceWorker;
  syncBuiltinESMExports();
  t.after(() => {
    threads.Worker = NodeWorker;
    syncBuiltinESMExports();
  });
  return made;
};
