// What an operator should hear at the start of settings that the relay can run on, and a full room cannot. Pure.
import { leastUserQuotaFor } from './relay-quota.ts';
import type { Config } from './settings.ts';

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
