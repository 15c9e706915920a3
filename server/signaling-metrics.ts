// What signalling tells Prometheus: numbers without rooms and people. It knows no HTTP.
import { Counter, Registry } from 'prom-client';

const kinds = ['request', 'answer'] as const;

/** `request`: a handler threw. `answer`: what it answered could not be written. Each cost its own request, no other. */
export type SignalingFailure = (typeof kinds)[number];

export interface SignalingMetrics {
  readonly registry: Registry;
  /** Counts a fault of ours. */
  readonly failed: (kind: SignalingFailure) => void;
}

/** A registry of its own, not the library's global one: two servers in one process do not mix. */
export function signalingMetrics(): SignalingMetrics {
  const registry = new Registry();
  const failures = new Counter({
    name: 'signaling_failures_total',
    help: 'Requests that failed by a fault of the server.',
    labelNames: ['kind'],
    registers: [registry],
  });
  // From 0 on, so that the first one is seen as a rise.
  for (const kind of kinds) failures.inc({ kind }, 0);
  return { registry, failed: kind => failures.inc({ kind }) };
}
