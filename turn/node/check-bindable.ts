// Whether relay sockets could be bound on these addresses, tried once at the start: each Allocate would find out anew, and
// tell its client no more than 508. Knows no range of ports.
import { openUdpSocket } from './udp-socket.ts';

const bufferBytes = 64 * 1024;

/** @throws an error with `code` (`EADDRNOTAVAIL` …) and `address` on the first that is not an address of this machine */
export const checkBindable = async (addresses: readonly string[]): Promise<void> => {
  for (const address of addresses) {
    const socket = await openUdpSocket({
      address,
      port: 0,
      receiveBufferBytes: bufferBytes,
      sendQueueMaxBytes: bufferBytes,
      onDatagram: () => undefined,
      onSlow: () => undefined,
      onError: () => undefined,
    });
    await socket.close();
  }
};
