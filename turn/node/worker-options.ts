// How the options of one relay are shared out among workers: ports, relayed ports, quota. Knows no thread.
import { defaultRelayPorts, defaultTotalQuota } from '../core/limits.ts';
import type { PortRange } from '../core/relay-ports.ts';
import type { ListeningAddress, TurnServerOptions } from '../options.ts';

/** What a thread can be handed: a logger is functions, and stays behind. */
export type WorkerOptions = TurnServerOptions & { readonly logger: undefined };

/**
 * One set of options for each worker. Listening ports count up from `port` (0: any free ones), relayed ports and the
 * total quota are split, a user's quota is not: what one user does is in one room, and so in one worker. No worker's
 * listener is a peer of another's client.
 * @throws RangeError if there is not enough to go round
 */
export const shareOptions = (options: TurnServerOptions, count: number): WorkerOptions[] => {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`workers: not a number of workers: ${count}`);
  if (Math.max(options.port, options.tls?.port ?? 0) + count - 1 > 65_535)
    throw new RangeError(`port: none above ${options.port} for ${count} workers`);
  const ranges = splitPorts(options.relayPorts ?? defaultRelayPorts, count);
  const quotas = splitQuota(options.totalQuota ?? defaultTotalQuota, count);
  const firstPorts = [options.port, options.tls?.port ?? 0];
  const listening = ranges.flatMap((_, index) => firstPorts.map(first => portOf(first, index)));
  return ranges.map((relayPorts, index) => ({
    ...options,
    logger: undefined,
    port: portOf(options.port, index),
    tls: options.tls && { ...options.tls, port: portOf(options.tls.port, index) },
    // Free ports are found by each worker for itself.
    siblingPorts: [...(options.siblingPorts ?? []), ...listening.filter(port => port !== 0)],
    relayPorts,
    totalQuota: quotas[index],
  }));
};

/** The options of a worker that takes the place of one that listened on these addresses. */
export const onSamePorts = (options: WorkerOptions, addresses: readonly ListeningAddress[]): WorkerOptions => ({
  ...options,
  port: addresses[0]?.port ?? options.port,
  tls: options.tls && {
    ...options.tls,
    port: addresses.find(({ transport }) => transport === 'tls')?.port ?? options.tls.port,
  },
});

const portOf = (first: number, index: number): number => (first === 0 ? 0 : first + index);

/** Parts that do not overlap and begin with an even port: RFC 8656 §7.2 reserves an even port and the next together. */
const splitPorts = ({ min, max }: PortRange, count: number): PortRange[] => {
  const ports = max - min + 1;
  const starts = Array.from({ length: count }, (_, index) => min + evenUp(min, Math.floor((index * ports) / count)));
  const ranges = starts.map((start, index) => ({ min: start, max: (starts[index + 1] ?? max + 1) - 1 }));
  if (ranges.some(range => range.max < range.min)) {
    throw new RangeError(`relayPorts: ${ports} are not enough for ${count} workers`);
  }
  return ranges;
};

// The first part begins where the range does, odd or not.
const evenUp = (min: number, offset: number): number => (offset === 0 ? 0 : offset + ((min + offset) % 2));

const splitQuota = (total: number, count: number): number[] => {
  if (total < count) throw new RangeError(`totalQuota: ${total} is not enough for ${count} workers`);
  return Array.from({ length: count }, (_, index) => Math.floor(total / count) + (index < total % count ? 1 : 0));
};
