// The least that a relay written in Node could do: what one socket receives, another sends. No protocol, no check.
// `bare` is how anybody would write it; `tuned` spares the look-up of addresses that are literals already.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { serve } from './control.mjs';

/** As much as our relay asks for, so that neither loses what the other keeps. */
const recvBufferSize = 1024 * 1024;

const isTuned = process.argv[2] === 'tuned';
const lookup = (hostname, _options, callback) => callback(null, hostname, 4);

const open = async address => {
  const socket = createSocket({ type: 'udp4', recvBufferSize, ...(isTuned && { lookup }) });
  // Asked for first: without a look-up to wait for, a bind is done when it returns.
  const listening = once(socket, 'listening');
  socket.bind({ address, port: 0, exclusive: true });
  await listening;
  return socket;
};

/** A pair of sockets between two addresses; the client is told the port of the first. */
const join = async (address, client, peer) => {
  const [inner, outer] = [await open(address), await open(address)];
  inner.on('message', datagram => outer.send(datagram, peer.port, peer.address));
  outer.on('message', datagram => inner.send(datagram, client.port, client.address));
  return inner.address().port;
};

serve((ask, { address, flows }) => Promise.all(flows.map(({ client, peer }) => join(address, client, peer))));
