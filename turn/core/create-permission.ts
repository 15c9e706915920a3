// CreatePermission (RFC 8656 §10.2): lets peers through by IP address, all that are named or none.
import { xorPeerAddress } from '../wire/attributes.ts';
import { readAll } from '../wire/read.ts';
import type { SendAction } from './actions.ts';
import { hasRoomForPeers, permit } from './allocation.ts';
import type { Allocation } from './allocation.ts';
import type { PeerPolicy } from './peer-policy.ts';
import { refuse, succeed } from './respond.ts';
import type { Exchange } from './respond.ts';

export const createPermission = (
  exchange: Exchange,
  allocation: Allocation,
  policy: PeerPolicy,
  now: number,
): SendAction => {
  const peers = readAll(exchange.request, xorPeerAddress);
  if (peers.length === 0) return refuse(exchange, 400);
  const { family } = allocation.relay.bound;
  if (peers.some(peer => peer.family !== family)) return refuse(exchange, 443);
  // "Only addresses are compared and port numbers are not considered" (§9).
  const addresses = peers.map(({ address }) => address);
  if (!addresses.every(policy.mayBePermitted)) return refuse(exchange, 403);
  if (!hasRoomForPeers(allocation, addresses, now)) return refuse(exchange, 508);
  for (const address of addresses) permit(allocation, address, now);
  return succeed(exchange, []);
};
