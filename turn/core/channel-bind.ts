// ChannelBind (RFC 8656 §12.2): one number for one transport address of a peer, and a permission for its IP address.
import { channelNumber, xorPeerAddress } from '../wire/attributes.ts';
import { channelNumberMax, channelNumberMin } from '../wire/channel-data.ts';
import { read } from '../wire/read.ts';
import type { SendAction } from './actions.ts';
import { bindChannel, channelNumbered, channelTo, hasRoomForChannel, hasRoomForPeers } from './allocation.ts';
import type { Allocation } from './allocation.ts';
import type { PeerPolicy } from './peer-policy.ts';
import { refuse, succeed } from './respond.ts';
import type { Exchange } from './respond.ts';

export const channelBind = (
  exchange: Exchange,
  allocation: Allocation,
  policy: PeerPolicy,
  now: number,
): SendAction => {
  const number = read(exchange.request, channelNumber);
  const address = read(exchange.request, xorPeerAddress);
  if (number === undefined || address === undefined) return refuse(exchange, 400);
  // Wider than the RFC's 0x4000–0x4FFF on purpose, see channelNumberMax.
  if (number < channelNumberMin || number > channelNumberMax) return refuse(exchange, 400);
  if (address.family !== allocation.relay.bound.family) return refuse(exchange, 443);

  const bound = channelNumbered(allocation, number, now);
  const isElsewhere =
    bound !== undefined && (bound.address.address !== address.address || bound.address.port !== address.port);
  if (isElsewhere) return refuse(exchange, 400);
  const peer = allocation.peers.get(address.address);
  const other = peer && channelTo(peer, address.port, now);
  if (other !== undefined && other.number !== number) return refuse(exchange, 400);

  if (!policy.mayBePermitted(address.address) || !policy.mayBeReached(address, now)) return refuse(exchange, 403);
  const hasRoom =
    hasRoomForPeers(allocation, [address.address], now) && (bound !== undefined || hasRoomForChannel(allocation, now));
  if (!hasRoom) return refuse(exchange, 508);
  bindChannel(allocation, number, address, now);
  return succeed(exchange, []);
};
