// The addresses of this machine that a client could reach. Knows no socket.
import { networkInterfaces } from 'node:os';

/** Every local IP address, loopback too. Link-local ones are left out: an ICE URL cannot carry their zone. */
export const localAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .map(({ address }) => address)
    .filter(address => !isLinkLocal(address));

// RFC 4291 §2.5.6: fe80::/10. RFC 3927 §2.1: 169.254/16.
const isLinkLocal = (address: string): boolean => /^fe[89ab][0-9a-f]:/i.test(address) || address.startsWith('169.254.');
