import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeChannelHeader } from '../wire/channel-data.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { maxChannelsPerAllocation } from './limits.ts';

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const other = { address: '8.8.8.8', port: 6000, family: 'IPv4' } as const;

const start = () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate(), 0);
  return { lab, client };
};

test('H1, node-turn D, RFC 8656 §12: a bound channel carries data both ways, in the numbers and the bytes sent', () => {
  const { lab, client } = start();
  assert.equal(client.bind(0x4001, peer), 0);
  const { relayed, dropped } = client.channelData(0x4001, 'out');
  assert.deepEqual(dropped, []);
  assert.deepEqual(relayed[0]?.to, peer);
  assert.deepEqual(relayed[0].relay, [...lab.open][0]);
  assert.equal(relayed[0].payload.toString(), 'out');
  assert.deepEqual(client.hear('in', peer), { via: 0x4001, payload: Buffer.from('in') });
});

test('H1, RFC 8656 §12.2: binding installs a permission: other ports of that IP address come as Data indications', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  const neighbour = { ...peer, port: 5001 };
  assert.deepEqual(client.hear('x', neighbour), { via: neighbour, payload: Buffer.from('x') });
  assert.deepEqual(client.send(neighbour, 'x').relayed[0]?.to, neighbour);
  assert.equal(client.hear('x', other), undefined);
});

test('H2, RFC 8656 §12.2: binding the same again refreshes', () => {
  const { lab, client } = start();
  client.bind(0x4001, peer);
  lab.advance(250);
  assert.equal(client.bind(0x4001, peer), 0);
  lab.advance(250);
  assert.equal(client.channelData(0x4001, 'x').relayed.length, 1);
});

test('H3, RFC 8656 §12.2: the same channel to another peer, or another port of it, is 400', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  assert.equal(client.bind(0x4001, other), 400);
  assert.equal(client.bind(0x4001, { ...peer, port: 5001 }), 400);
  assert.deepEqual(client.channelData(0x4001, 'x').relayed[0]?.to, peer);
});

test('H4, RFC 8656 §12.2: the same peer on another channel is 400', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  assert.equal(client.bind(0x4002, peer), 400);
  assert.equal(client.bind(0x4002, { ...peer, port: 5001 }), 0);
});

test('H5: 0x4000–0x7FFE can be bound, wider than RFC 8656 §12 for RFC 5766 clients; 0x3FFF and 0x7FFF are 400', () => {
  const { client } = start();
  [0x4000, 0x4fff, 0x5000, 0x7ffe].forEach((number, index) => {
    const address = { ...peer, port: 5000 + index };
    assert.equal(client.bind(number, address), 0);
    assert.equal(client.channelData(number, 'x').relayed.length, 1);
    assert.equal(client.hear('x', address)?.via, number);
  });
  for (const number of [0, 0x3fff, 0x7fff, 0x8000, 0xffff]) assert.equal(client.bind(number, other), 400);
});

test('H5, RFC 8656 §12.2: without channel or peer 400, with a peer of another family 443', () => {
  const { client } = start();
  assert.equal(client.code(method.channelBind, [write(attributes.channelNumber, 0x4001)]), 400);
  assert.equal(client.code(method.channelBind, [write(attributes.xorPeerAddress, peer)]), 400);
  assert.equal(client.bind(0x4001, { address: '2606:4700::1111', port: 1, family: 'IPv6' }), 443);
});

test('H6, RFC 8656 §12: a channel lasts 600 s, used or not; then number and peer are free for others', () => {
  const { lab, client } = start();
  client.refresh(3600);
  client.bind(0x4001, peer);
  for (let passed = 0; passed < 500; passed += 100) {
    lab.advance(100);
    client.permit(peer);
    assert.equal(client.hear('x', peer)?.via, 0x4001);
    assert.equal(client.channelData(0x4001, 'x').relayed.length, 1);
  }
  lab.advance(100);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['channel-unbound']);
  assert.deepEqual(client.hear('x', peer)?.via, peer);
  // Both of its keys are taken up again crosswise, without a sweep in between.
  assert.equal(client.bind(0x4001, other), 0);
  assert.equal(client.bind(0x4002, peer), 0);
  assert.deepEqual(client.channelData(0x4001, 'x').relayed[0]?.to, other);
  assert.deepEqual(client.channelData(0x4002, 'x').relayed[0]?.to, peer);
  assert.equal(client.hear('x', peer)?.via, 0x4002);
});

test('RFC 8656 §9, §11.3: permission first, then channel: without the first the second carries nothing', () => {
  const { lab, client } = start();
  client.bind(0x4001, peer);
  lab.advance(300);
  lab.sweep();
  assert.equal(client.hear('x', peer), undefined);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['permission-missing']);
  assert.equal(client.permit(peer), 0);
  assert.equal(client.hear('x', peer)?.via, 0x4001);
  assert.equal(client.channelData(0x4001, 'x').relayed.length, 1);
});

test('H7, RFC 8656 §12.6: ChannelData on a channel that is not bound is dropped', () => {
  const { client } = start();
  client.permit(peer);
  assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['channel-unbound']);
});

test('H8, RFC 8656 §12.6: a length that claims more than came relays nothing, one that claims less relays that much', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  const lie = (claimed: number) =>
    client.tell(Buffer.concat([encodeChannelHeader(0x4001, claimed), Buffer.from('abcd')]));
  for (const claimed of [5, 200, 0xffff]) assert.deepEqual(lie(claimed).dropped, ['not-stun']);
  for (const claimed of [0, 1, 4]) assert.equal(lie(claimed).relayed[0]?.payload.toString(), 'abcd'.slice(0, claimed));
});

test('H9, RFC 8656 §12.5: over UDP padding is neither needed nor relayed nor sent', () => {
  const { lab, client } = start();
  client.bind(0x4001, peer);
  const padded = Buffer.concat([encodeChannelHeader(0x4001, 5), Buffer.from('media\0\0\0')]);
  assert.equal(client.tell(padded).relayed[0]?.payload.toString(), 'media');
  assert.equal(client.channelData(0x4001, 'media').relayed[0]?.payload.toString(), 'media');
  assert.equal(lab.receiveFromPeer('media', peer, client.relayed!).delivered[0]?.bytes.length, 4 + 5);
});

test('H11, node-turn K: what a peer sends passes untouched, also if it looks like ChannelData or STUN', () => {
  const { client } = start();
  const stun = client.signed(method.refresh, [write(attributes.lifetime, 0)]);
  client.permit(peer);
  client.bind(0x4001, other);
  for (const payload of [Buffer.from('4100000155', 'hex'), Buffer.from('4001ffff', 'hex'), stun]) {
    assert.deepEqual(client.hear(payload, peer), { via: peer, payload });
    assert.deepEqual(client.hear(payload, other), { via: 0x4001, payload });
  }
});

test('H12, node-turn B: peer datagrams of 0 to 3 bytes and of sizes up to the largest pass or are dropped', () => {
  const { lab, client } = start();
  client.permit(peer);
  client.bind(0x4001, other);
  for (const length of [0, 1, 2, 3, 1200, 1472, 60_000]) {
    const payload = Buffer.alloc(length, 0x40);
    assert.deepEqual(client.hear(payload, peer), { via: peer, payload });
    assert.deepEqual(client.hear(payload, other), { via: 0x4001, payload });
  }
  // RFC 768: what cannot be a datagram of ours any more with its header in front.
  for (const from of [peer, other]) {
    const { dropped } = lab.receiveFromPeer(Buffer.alloc(65_507), from, client.relayed!);
    assert.deepEqual(dropped, ['too-large']);
  }
  assert.equal(client.hear(Buffer.alloc(65_503), other)?.payload.length, 65_503);
});

test('H13: freeing an allocation frees its channels', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  client.refresh(0);
  client.allocate();
  assert.equal(client.bind(0x4001, other), 0);
  assert.equal(client.bind(0x4002, peer), 0);
});

test('D5: the channels of an allocation are capped with 508; bound ones refresh, expired ones make room', () => {
  const { lab, client } = start();
  client.refresh(3600);
  const at = (index: number) => ({ ...peer, port: 5000 + index });
  for (let index = 0; index < maxChannelsPerAllocation; index++)
    assert.equal(client.bind(0x4000 + index, at(index)), 0);
  assert.equal(client.bind(0x5000, at(1000)), 508);
  assert.equal(client.bind(0x4000, at(0)), 0);
  lab.advance(600);
  assert.equal(client.bind(0x5000, at(1000)), 0);
});

test('a channel number means what its own allocation bound it to', () => {
  const { lab, client } = start();
  const second = lab.client();
  second.allocate();
  client.bind(0x4001, peer);
  second.bind(0x4001, other);
  assert.deepEqual(client.channelData(0x4001, 'x').relayed[0]?.to, peer);
  assert.deepEqual(second.channelData(0x4001, 'x').relayed[0]?.to, other);
});
