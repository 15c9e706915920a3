// What a worker and the thread that started it tell each other. Types only; all of it can be cloned.
import type { TurnCoreCounters } from '../core/counters.ts';
import type { TurnCoreCounts } from '../core/turn-core.ts';
import type { ListeningAddress, TransportCounts, TurnCertificate, TurnLogger } from '../options.ts';

/** What a relay says of itself. Numbers, so that those of several relays can be added up. */
export interface WorkerReport {
  readonly counts: TurnCoreCounts;
  readonly counters: TurnCoreCounters;
  readonly transports: TransportCounts;
}

/** An error as plain data: a clone of one would lose `code`, `port` and `address`. */
export interface WorkerError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly port: unknown;
  readonly address: unknown;
}

export type FromWorker =
  | { readonly type: 'listening'; readonly addresses: readonly ListeningAddress[]; readonly report: WorkerReport }
  | { readonly type: 'failed'; readonly error: WorkerError }
  | { readonly type: 'drained' }
  | { readonly type: 'report'; readonly report: WorkerReport }
  | { readonly type: 'log'; readonly level: keyof TurnLogger; readonly fields: object; readonly text: string };

export type ToWorker =
  | { readonly type: 'close' }
  | { readonly type: 'drain' }
  | { readonly type: 'revoke'; readonly subject: string; readonly forSec: number }
  | { readonly type: 'certificate'; readonly certificate: TurnCertificate };
