// Starts the relay as the settings say. It knows no HTTP and no signalling.
import { isIP } from 'node:net';
import { checkRelay, createTurnServer, createTurnWorkers } from '../turn/index.ts';
import type { ListeningAddress, SelfCheckFinding, TurnLogger, TurnServer, TurnWorkers } from '../turn/index.ts';
import type { Certificate } from './certificate.ts';
import type { RelayPorts } from './ice-servers.ts';
import { userQuotaFor } from './relay-quota.ts';
import { defaultTurnTlsPort } from './settings.ts';
import type { Config } from './settings.ts';
import { codeOf, StartError, startErrorOf } from './start-error.ts';

export interface RelayDependencies {
  readonly secrets: readonly string[];
  readonly certificate: Certificate | undefined;
  readonly logger: TurnLogger;
}

/** @throws {StartError} */
export async function startRelay(
  config: Config,
  { secrets, certificate, logger }: RelayDependencies,
): Promise<TurnServer | TurnWorkers | undefined> {
  const { turnPort, turnTlsPort = defaultTurnTlsPort } = config;
  if (turnPort === 'off') return undefined;
  const tls = certificate && turnTlsPort !== 'off' ? { port: turnTlsPort, certificate } : undefined;
  try {
    const options = {
      logger,
      port: turnPort,
      tls,
      secrets,
      listen: config.turnListen,
      relayIp: config.turnRelayIp,
      externalIp: config.turnExternalIp,
      relayPorts: config.turnRelayPorts,
      peerAllow: config.turnPeerAllow,
      peerDeny: config.turnPeerDeny,
      userQuota: config.turnUserQuota ?? userQuotaFor(config.roomCapacity),
      totalQuota: config.turnTotalQuota,
      maxBps: config.turnMaxBps,
    };
    const { turnWorkers } = config;
    return await (turnWorkers === 1 ? createTurnServer(options) : createTurnWorkers(options, turnWorkers));
  } catch (error) {
    const { address = '' } = error as { address?: string };
    if (config.turnRelayIp?.includes(address) && isNoAddressOfOurs(error)) {
      const behindNat = 'the one that a NAT has for it goes into TURN_EXTERNAL_IP';
      throw new StartError(`TURN_RELAY_IP: ${address} is not an address of this machine; ${behindNat}.`);
    }
    const { port = 0 } = error as { port?: number };
    const isTls = tls !== undefined && port >= tls.port && port < tls.port + config.turnWorkers;
    throw startErrorOf(error, isTls ? 'TURN_TLS_PORT' : 'TURN_PORT', 'the relay');
  }
}

const isNoAddressOfOurs = (error: unknown): boolean =>
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(codeOf(error) ?? '');

/** The port of a transport; the same on every address. */
export const relayPortOf = (
  relay: Pick<TurnServer, 'addresses'> | undefined,
  transport: ListeningAddress['transport'],
): number | undefined => relay?.addresses.find(address => address.transport === transport)?.port;

/** The ports of each worker, or of the one relay; none without. */
export function relayPortsOf(relay: TurnServer | TurnWorkers | undefined): RelayPorts[] {
  if (relay === undefined) return [];
  const byWorker = 'addressesByWorker' in relay ? relay.addressesByWorker : [relay.addresses];
  return byWorker.flatMap(addresses => {
    const port = relayPortOf({ addresses }, 'udp');
    return port === undefined ? [] : [{ port, tlsPort: relayPortOf({ addresses }, 'tls') }];
  });
}

/** What the relay says of itself. Never rejects. */
export const checkRelayOf = (
  { turnHost, publicUrl }: Config,
  relay: TurnServer,
  [secret = '']: readonly string[],
  certificate: Certificate | undefined,
): Promise<readonly SelfCheckFinding[]> => {
  const name = turnHost ?? publicUrl?.hostname;
  const hostName = name !== undefined && isIP(name.replace(/^\[|\]$/g, '')) === 0 ? name : undefined;
  return checkRelay(relay, { secret, certificate, hostName, now: Date.now() });
};
