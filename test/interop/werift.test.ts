// A second client beside coturn's: werift's own ICE and TURN stack, relay-only. Knows nothing of the relay's insides.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { RTCPeerConnection } from 'werift';
import type { RTCDataChannel, RTCSessionDescription } from 'werift';
import { createTurnServer, issueCredential } from '../../turn/index.ts';

const host = '127.0.0.1';
const secret = 'interop';
const messages = 500;

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

test('I1: werift, relay-only on both sides: a data channel opens and nothing is lost', { timeout: 60_000 }, async t => {
  const server = await createTurnServer({ port: 0, listen: [host], secrets: [secret] });
  t.after(() => server.close());
  const [listening] = server.addresses;
  assert.ok(listening);

  const connect = (subject: string): RTCPeerConnection => {
    const { username, credential } = issueCredential({ secret, subject, ttlSec: 60, now: Date.now() });
    const urls = `turn:${host}:${listening.port}?transport=udp`;
    const connection = new RTCPeerConnection({
      iceServers: [{ urls, username, credential }],
      iceTransportPolicy: 'relay',
      iceAdditionalHostAddresses: [host],
    });
    t.after(() => connection.close());
    return connection;
  };
  const [a, b] = [connect('a'), connect('b')];

  const there = a.createDataChannel('echo');
  b.onDataChannel.subscribe(back => back.onMessage.subscribe(message => back.send(message)));
  const offer = await gathered(a, await a.createOffer());
  assert.match(offer.sdp, /typ relay/);
  assert.doesNotMatch(offer.sdp, /typ (host|srflx)/);
  await b.setRemoteDescription(offer);
  await a.setRemoteDescription(await gathered(b, await b.createAnswer()));
  await opened(there);

  const echoes: string[] = [];
  const all = new EventTarget();
  const complete = once(all, 'complete', { signal: t.signal });
  there.onMessage.subscribe(message => {
    echoes.push(message.toString());
    if (echoes.length === messages) all.dispatchEvent(new Event('complete'));
  });
  const said = Array.from({ length: messages }, (_, index) => `${index} ${'x'.repeat(index % 1000)}`);
  for (const each of said) there.send(Buffer.from(each));
  await complete;
  assert.deepEqual(echoes, said);
});
