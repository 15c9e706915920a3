// How many allocations a participant takes: by the size of rooms, since each talks to each other one by a connection of its
// own. It knows no relay and counts nothing.
import { allocationsPerPeer, defaultUserQuota } from '../turn/index.ts';
import type { Config } from './settings.ts';

/** While an ICE restart replaces a path, the old allocations live beside the new ones. */
const pathsPerPeer = 2;

/** What a participant of a full room holds at the most: one allocation for each of our `turn:` and `turns:` URLs. */
export const leastUserQuotaFor = (roomCapacity: number, { hasTls }: { readonly hasTls: boolean }): number =>
  Math.max(1, (roomCapacity - 1) * (hasTls ? 3 : 2) * pathsPerPeer);

/** With room for a second network, on which a browser allocates too. */
export const userQuotaFor = (roomCapacity: number): number =>
  Math.max(defaultUserQuota, (roomCapacity - 1) * allocationsPerPeer);

type RelayShare = Pick<
  Config,
  'roomCapacity' | 'tlsCert' | 'turnPort' | 'turnTlsPort' | 'turnTotalQuota' | 'turnRelayPorts' | 'turnWorkers'
>;

/**
 * What a full room would find out, in sentences. No reason not to start: not everybody needs the relay, and a restart of all
 * paths at once is rare.
 */
export function relayWarnings(config: RelayShare): string[] {
  const { roomCapacity, tlsCert, turnPort, turnTlsPort, turnTotalQuota, turnRelayPorts, turnWorkers } = config;
  if (turnPort === 'off') return [];
  const hasTls = tlsCert !== undefined && turnTlsPort !== 'off';
  const needed = roomCapacity * leastUserQuotaFor(roomCapacity, { hasTls });
  const granted = { TURN_TOTAL_QUOTA: turnTotalQuota, TURN_RELAY_PORTS: turnRelayPorts.max - turnRelayPorts.min + 1 };
  const warnings = Object.entries(granted).flatMap(([variable, inAll]) => {
    // A room keeps to one worker.
    const share = Math.floor(inAll / turnWorkers);
    const which = turnWorkers === 1 ? '' : `, the share of one of ${turnWorkers} workers`;
    return share < needed
      ? [`${variable}: a room of ${roomCapacity} takes up to ${needed} allocations, and there are ${share}${which}`]
      : [];
  });
  if (hasTls && turnTlsPort === 443 && turnWorkers > 1) {
    warnings.push(
      `TURN_TLS_PORT: 443 is for one room in ${turnWorkers}, the port of its worker; the others get ports above`,
    );
  }
  return warnings;
}
