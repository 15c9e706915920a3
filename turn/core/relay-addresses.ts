// On which of our IP addresses a relayed address is bound, and as which it is announced. Knows no port and no socket.
import { canonicalIp, familyOf } from '../wire/address.ts';
import type { IpFamily, TransportAddress } from '../wire/address.ts';

export interface RelayAddressSettings {
  /** To bind on, at most one for each family; absent: the listeners' own. */
  readonly relayIps: readonly string[];
  /** To announce, at most one for each family; absent: what is bound. */
  readonly externalIps: readonly string[];
  readonly listeners: readonly TransportAddress[];
}

/** What an allocation's sockets have in common. */
export interface RelayPlace {
  readonly family: IpFamily;
  readonly boundIp: string;
  readonly announcedIp: string;
}

export interface RelayAddresses {
  /** `undefined` if we have no address of that family: 440. */
  placeFor(family: IpFamily, server: TransportAddress): RelayPlace | undefined;
  /** Every address that this can answer, bound or announced. */
  readonly all: readonly string[];
}

export const createRelayAddresses = (settings: RelayAddressSettings): RelayAddresses => {
  const relayIps = byFamily(settings.relayIps);
  const externalIps = byFamily(settings.externalIps);
  const listenerIps = settings.listeners.map(({ address }) => address);

  const boundIpFor = (family: IpFamily, server: TransportAddress): string | undefined => {
    if (relayIps.size > 0) return relayIps.get(family);
    // The address that the client reached is one that its peers can reach too, more likely than any other of ours.
    if (server.family === family) return server.address;
    const ofFamily = listenerIps.filter(address => familyOf(address) === family);
    return ofFamily.find(address => isLoopback(address) === isLoopback(server.address));
  };

  return {
    placeFor: (family, server) => {
      const boundIp = boundIpFor(family, server);
      return boundIp === undefined ? undefined : { family, boundIp, announcedIp: externalIps.get(family) ?? boundIp };
    },
    all: [...(relayIps.size > 0 ? relayIps.values() : listenerIps), ...externalIps.values()],
  };
};

const byFamily = (addresses: readonly string[]): Map<IpFamily, string> =>
  new Map(addresses.map(address => [familyOf(address), canonicalIp(address) ?? address]));

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
