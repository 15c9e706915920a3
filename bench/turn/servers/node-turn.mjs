// node-turn, the relay that people find on npm, in a process of its own.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import Turn from 'node-turn';
import { serve } from './control.mjs';

// It cannot listen on port 0.
const freePort = async address => {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
};

serve(async (ask, { address, username, credential, realm }) => {
  const port = await freePort(address);
  const relay = new Turn({
    listeningIps: [address],
    relayIps: [address],
    listeningPort: port,
    authMech: 'long-term',
    credentials: { [username]: credential },
    realm,
    log: () => undefined,
  });
  relay.start();
  return [port];
});
