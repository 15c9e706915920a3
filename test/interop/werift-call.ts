// A program: two werift peers call each other through the relay at the given URL and echo messages over a data channel.
// A process of its own, because werift's refresh timers outlive its connections. Prints what went wrong, or nothing.
import assert from 'node:assert/strict';
import { RTCPeerConnection } from 'werift';
import type { RTCDataChannel, RTCSessionDescription } from 'werift';

const [urls = '', username = '', credential = '', count = ''] = process.argv.slice(2);

const opened = (channel: RTCDataChannel): Promise<void> =>
  new Promise(resolve => {
    if (channel.readyState === 'open') resolve();
    else channel.stateChanged.subscribe(state => state === 'open' && resolve());
  });

/** With every candidate in it: werift trickles otherwise, and a test needs no second way. */
const gathered = async (
  connection: RTCPeerConnection,
  description: RTCSessionDescription,
): Promise<RTCSessionDescription> => {
  const complete = connection.iceGatheringStateChange.watch(state => state === 'complete', 20_000);
  await connection.setLocalDescription(description);
  if (connection.iceGatheringState !== 'complete') await complete;
  assert.ok(connection.localDescription);
  return connection.localDescription;
};

const connect = () =>
  new RTCPeerConnection({ iceServers: [{ urls, username, credential }], iceTransportPolicy: 'relay' });
const [a, b] = [connect(), connect()];

const there = a.createDataChannel('echo');
b.onDataChannel.subscribe(back => back.onMessage.subscribe(message => back.send(message)));
const offer = await gathered(a, await a.createOffer());
assert.match(offer.sdp, /typ relay/);
assert.doesNotMatch(offer.sdp, /typ (host|srflx)/);
await b.setRemoteDescription(offer);
await a.setRemoteDescription(await gathered(b, await b.createAnswer()));
await opened(there);

const said = Array.from({ length: Number(count) }, (_, index) => `${index} ${'x'.repeat(index % 1000)}`);
const echoes: string[] = [];
await new Promise<void>(resolve => {
  there.onMessage.subscribe(message => {
    echoes.push(message.toString());
    if (echoes.length === said.length) resolve();
  });
  for (const each of said) there.send(Buffer.from(each));
});
assert.deepEqual(echoes, said);
process.exit(0);
