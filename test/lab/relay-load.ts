// Runs inside a host of the lab: `relay` relays on that host's address, and says on each line of input what it has counted;
// `flood` sends more through it than its network carries, asks it something from elsewhere, and says what it heard, as JSON.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createTurnServer } from '../../turn/index.ts';
import { openTurnClient } from '../../turn/testing/turn-client.ts';
import { request } from '../../turn/testing/packets.ts';
import type { TransportAddress } from '../../turn/wire/address.ts';
import { method } from '../../turn/wire/methods.ts';
import { publicRange } from './network.ts';

/** What came of it. */
export interface FloodOutcome {
  /** Datagrams that the client heard of the flood before an answer to another came. */
  beforeAnswer: number;
}

export const turnPort = 3478;
const secret = 'lab';
const floodMs = 3_000;
/** 40 of them each 10 ms are 32 Mbit/s. */
const payload = Buffer.alloc(1000);
const [role, relayAddress = '', ownAddress = ''] = process.argv.slice(2);

if (role === 'relay') await relay();
else if (role === 'flood') console.log(JSON.stringify(await flood()));

async function relay(): Promise<void> {
  const options = { port: turnPort, listen: [relayAddress], secrets: [secret], peerAllow: [publicRange] };
  const server = await createTurnServer(options);
  console.log('ready');
  createInterface(process.stdin).on('line', () => console.log(JSON.stringify(server.transports())));
}

async function flood(): Promise<FloodOutcome> {
  const server: TransportAddress = { address: relayAddress, port: turnPort, family: 'IPv4' };
  const peer = createSocket('udp4').bind(0, ownAddress);
  await once(peer, 'listening');
  let heard = 0;
  const client = await openTurnClient(server, secret, async onMessage => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 20 }).bind(0, ownAddress);
    await once(socket, 'listening');
    socket.on('message', bytes => {
      if (bytes.length > payload.length) heard++;
      else onMessage(bytes);
    });
    return {
      send: message => socket.send(message, server.port, server.address),
      close: () => new Promise<void>(resolve => socket.close(() => resolve())),
    };
  });
  await client.bind(0x4000, { address: ownAddress, port: peer.address().port, family: 'IPv4' });
  for (let sentMs = 0; sentMs < floodMs; sentMs += 10) {
    for (let each = 0; each < 40; each++) peer.send(payload, client.relayed.port, client.relayed.address);
    await delay(10);
  }
  const other = createSocket('udp4').bind(0, ownAddress);
  await once(other, 'listening');
  const before = heard;
  other.send(request(method.binding), server.port, server.address);
  await once(other, 'message');
  const beforeAnswer = heard - before;
  other.close();
  peer.close();
  await client.close();
  return { beforeAnswer };
}
