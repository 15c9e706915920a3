import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import type { LabClient } from '../testing/lab-client.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';

const udp = write(attributes.requestedTransport, 17);
const pair = write(attributes.evenPort, true);
const peer = { address: '8.8.4.4', port: 53, family: 'IPv4' } as const;

const gone = (lab: TurnLab, { from }: LabClient) => lab.perform(lab.core.clientGone(from, lab.now));

const nothing = { allocations: 0, reservations: 0, pending: 0, leases: 0, users: 0, ports: 0, clients: 0 };

test('L12: when a stream closes, all that its client held is freed at once', () => {
  const lab = new TurnLab({ userQuota: 1 });
  const client = lab.client();
  client.allocate();
  assert.equal(lab.core.holdsAllocation(client.from, lab.now), true);
  gone(lab, client);
  assert.equal(lab.core.holdsAllocation(client.from, lab.now), false);
  assert.deepEqual(lab.core.counts(), nothing);
  assert.equal(lab.open.size, 0);
  assert.equal(client.permit(peer), 437);
  // The quota is free as well, and gone twice is gone.
  gone(lab, client);
  assert.equal(client.allocate(), 0);
});

test('L12: a stream that closes while its relay socket is being opened gets none, and its place is free again', () => {
  const lab = new TurnLab({ userQuota: 1 });
  lab.holdBinds = true;
  const client = lab.client();
  client.learnNonce();
  client.tell(client.signed(method.allocate, [udp]));
  gone(lab, client);
  const [first] = lab.held;
  assert.ok(first);
  const outcome = lab.settle(first);
  assert.deepEqual(outcome.sent, []);
  assert.deepEqual(lab.core.counts(), nothing);
  assert.equal(lab.open.size, 0);
  // The same address and port, a connection later.
  lab.holdBinds = false;
  assert.equal(client.allocate(), 0);
});

test('L12: a new stream from the same address and port does not wait for the socket of the old one', () => {
  const lab = new TurnLab();
  lab.holdBinds = true;
  const client = lab.client();
  client.learnNonce();
  client.tell(client.signed(method.allocate, [udp]));
  gone(lab, client);
  client.tell(client.signed(method.allocate, [udp]));
  const [first, second] = lab.held;
  lab.settle(first!);
  assert.equal(lab.settle(second!).sent.length, 1);
  assert.equal(lab.core.counts().allocations, 1);
});

test('L12: likewise where opening fails, and where it is a pair', () => {
  for (const errorCode of [undefined, 'EADDRINUSE', 'EMFILE']) {
    for (const isSecond of [false, true]) {
      const lab = new TurnLab();
      lab.holdBinds = true;
      const client = lab.client();
      client.learnNonce();
      client.tell(client.signed(method.allocate, [udp, pair]));
      if (isSecond) lab.settle(lab.held.shift()!);
      gone(lab, client);
      const outcome = lab.settle(lab.held.shift()!, errorCode);
      assert.deepEqual([outcome.sent, lab.held], [[], []]);
      assert.deepEqual(lab.core.counts(), nothing);
      assert.equal(lab.open.size, 0);
    }
  }
});

test('while it drains, a new Allocate is 508 and what is held lives on', () => {
  const lab = new TurnLab();
  const [old, late] = [lab.client(), lab.client()];
  old.learnNonce();
  const bytes = old.signed(method.allocate, [udp]);
  assert.equal(codeOf(old.ask(bytes)), 0);
  lab.core.drain();
  assert.equal(late.allocate(), 508);
  assert.deepEqual([old.permit(peer), old.bind(0x4000, peer), old.refresh(600)], [0, 0, 0]);
  assert.equal(old.channelData(0x4000, 'still here').relayed.length, 1);
  // A retransmission is nothing new.
  assert.equal(codeOf(old.ask(bytes)), 0);
});

test('allocations are counted by how their clients reach us', () => {
  const lab = new TurnLab();
  for (const transport of ['udp', 'tcp', 'tls', 'tls'] as const) lab.client({ transport }).allocate();
  assert.deepEqual(lab.core.allocationsByTransport(), { udp: 1, tcp: 1, tls: 2 });
});
