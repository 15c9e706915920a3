import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const empty = { allocations: 0, reservations: 0, pending: 0, leases: 0, users: 0, ports: 0, clients: 0 };

test('R1, node-turn E, RFC 8656 §8.2: lifetime 0 closes the socket, and nothing is relayed any more', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.bind(0x4000, peer);
  const [relay] = lab.open;
  assert.ok(client.hear('before', peer));
  assert.equal(client.refresh(0), 0);
  assert.equal(lab.open.size, 0);
  assert.equal(lab.core.receiveFromPeer(Buffer.from('after'), peer, relay!, lab.now).type, 'drop');
  assert.deepEqual(client.channelData(0x4000, 'x').dropped, ['allocation-unknown']);
  assert.deepEqual(client.send(peer, 'x').dropped, ['allocation-unknown']);
  assert.equal(client.refresh(0), 437, 'a retransmission, which the client takes for success (§8.3)');
  assert.deepEqual(lab.core.counts(), empty);
});

test('R1: after that the same client may allocate again, and starts without permissions and channels', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.bind(0x4000, peer);
  client.refresh(0);
  assert.equal(client.allocate(), 0);
  assert.deepEqual(client.channelData(0x4000, 'x').dropped, ['channel-unbound']);
  assert.equal(client.hear('x', peer), undefined);
});

test('R2, node-turn C, RFC 8656 §8.2: the lifetime is granted as by Allocate, and without one it is the default', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate([write(attributes.lifetime, 3600)]);
  for (const [requested, granted] of [
    [undefined, 600],
    [1, 600],
    [777, 777],
    [2 ** 32 - 1, 3600],
  ] as const) {
    const toWrite = requested === undefined ? [] : [write(attributes.lifetime, requested)];
    const answer = client.request(method.refresh, toWrite);
    assert.deepEqual([codeOf(answer), read(answer, attributes.lifetime)], [0, granted]);
    assert.equal(lab.core.counts().allocations, 1);
  }
  lab.advance(3599);
  lab.sweep();
  assert.equal(lab.open.size, 1);
  lab.advance(1);
  lab.sweep();
  assert.equal(lab.open.size, 0);
});

test('R2: a shorter lifetime than what is left shortens it', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate([write(attributes.lifetime, 3600)]);
  client.refresh(600);
  lab.advance(600);
  assert.equal(client.refresh(), 437);
});

test('R4, RFC 8656 §8.2: the family of another allocation is 443, the own is fine', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  assert.equal(client.code(method.refresh, [write(attributes.requestedAddressFamily, 2)]), 443);
  assert.equal(client.code(method.refresh, [write(attributes.requestedAddressFamily, 1)]), 0);
  assert.equal(lab.open.size, 1);
});

test('R5, RFC 8656 §5: without an allocation Refresh, CreatePermission and ChannelBind are 437', () => {
  const client = new TurnLab().client();
  assert.deepEqual([client.refresh(), client.permit(peer), client.bind(0x4000, peer)], [437, 437, 437]);
});

test('an allocation that has expired is none, before any sweep: not for its client, not for its peers', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.bind(0x4000, peer);
  lab.advance(600);
  assert.equal(lab.open.size, 1);
  assert.equal(client.hear('x', peer), undefined);
  assert.deepEqual(client.channelData(0x4000, 'x').dropped, ['allocation-unknown']);
  assert.equal(client.refresh(), 437);
  const before = client.relayed;
  client.username = lab.client().username;
  client.credential = lab.client().credential;
  assert.equal(client.allocate(), 0);
  assert.notDeepEqual(client.relayed, before);
  assert.deepEqual([lab.open.size, lab.closed], [1, 1]);
});

test('the sweep frees what has expired, once, and nothing else', () => {
  const lab = new TurnLab();
  const clients = Array.from({ length: 10 }, () => lab.client());
  clients.forEach((client, index) => client.allocate([write(attributes.lifetime, 600 + index * 100)]));
  for (let left = 9; left >= 0; left--) {
    lab.advance(left === 9 ? 600 : 100);
    lab.sweep();
    lab.sweep();
    assert.equal(lab.open.size, left);
  }
  assert.deepEqual(lab.core.counts(), empty);
  assert.deepEqual([lab.opened, lab.closed], [10, 10]);
});

test('R2: a lifetime that was made longer and then shorter again ends when the shorter one does, and the sweep is there', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.refresh(3600);
  lab.advance(700);
  lab.sweep();
  client.refresh(600);
  lab.advance(599);
  lab.sweep();
  assert.equal(lab.open.size, 1);
  lab.advance(1);
  lab.sweep();
  assert.deepEqual([lab.open.size, lab.core.counts()], [0, empty]);
});
