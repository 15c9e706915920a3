import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import type { LabClient } from '../testing/lab-client.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const udp = write(attributes.requestedTransport, 17);
const ipv4 = write(attributes.requestedAddressFamily, 1);
const even = write(attributes.evenPort, false);
const pair = write(attributes.evenPort, true);

/** An Allocate with its reservation token, if it has one. */
const allocatePair = (client: LabClient): Buffer => {
  const answer = client.request(method.allocate, [udp, pair]);
  client.relayed = read(answer, attributes.xorRelayedAddress);
  return read(answer, attributes.reservationToken) ?? assert.fail('no token');
};

const claim = (client: LabClient, token: Buffer): number =>
  client.allocate([write(attributes.reservationToken, token)]);

test('L8, RFC 8656 §7.2: EVEN-PORT is even, and does not eat the odd port', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_003 } });
  const clients = Array.from({ length: 4 }, () => lab.client());
  assert.deepEqual(
    clients.map((client, index) => client.allocate(index < 2 ? [even] : [])),
    [0, 0, 0, 0],
  );
  const ports = clients.map(({ relayed }) => relayed?.port);
  assert.deepEqual(ports.slice(0, 2).sort(), [50_000, 50_002]);
  assert.deepEqual(ports.slice(2).sort(), [50_001, 50_003]);
});

test('L8, RFC 8656 §7.2: EVEN-PORT with R reserves the next port, and its token gives that to an Allocate', () => {
  const lab = new TurnLab();
  const [first, second] = [lab.client(), lab.client()];
  const token = allocatePair(first);
  assert.equal(token.length, 8);
  assert.equal(first.relayed!.port % 2, 0);
  assert.equal(lab.open.size, 2);
  lab.advance(29);
  assert.equal(claim(second, token), 0);
  assert.equal(second.relayed?.port, first.relayed!.port + 1);
  assert.equal(lab.open.size, 2);
  // It is another allocation like any: the first may go.
  first.refresh(0);
  assert.equal(second.permit({ address: '8.8.4.4', port: 1, family: 'IPv4' }), 0);
});

test('L8: a token works once, for 30 seconds, for the user who was given it; else 508', () => {
  const lab = new TurnLab();
  const token = allocatePair(lab.client());
  assert.equal(claim(lab.client({ subject: 'eve' }), token), 508);
  assert.equal(claim(lab.client(), Buffer.alloc(8, 1)), 508);
  assert.equal(claim(lab.client(), token), 0);
  assert.equal(claim(lab.client(), token), 508);

  const late = allocatePair(lab.client());
  lab.advance(30);
  assert.equal(claim(lab.client(), late), 508);
  assert.equal(lab.open.size, 4);
  lab.sweep();
  assert.equal(lab.open.size, 3);
  assert.equal(lab.core.counts().reservations, 0);
});

test('L8, RFC 8656 §7.2: a token beside EVEN-PORT or a family is 400, and is not used up by that', () => {
  const lab = new TurnLab();
  const token = allocatePair(lab.client());
  const client = lab.client();
  for (const other of [even, pair, ipv4]) {
    assert.equal(client.allocate([other, write(attributes.reservationToken, token)]), 400);
  }
  assert.equal(claim(client, token), 0);
});

test('L8: a retransmitted Allocate with R gets the same token', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp, pair]);
  assert.deepEqual(client.ask(bytes).bytes, client.ask(bytes).bytes);
  assert.equal(lab.opened, 2);
});

test('L8: a pair is taken elsewhere if another program has either port, and nothing stays open', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_007 } });
  for (const port of [50_000, 50_003, 50_005]) lab.busyPorts.add(port);
  const client = lab.client();
  allocatePair(client);
  assert.equal(client.relayed?.port, 50_006);
  assert.equal(lab.open.size, 2);
  assert.equal(lab.client().allocate([pair]), 508);
  assert.deepEqual([lab.open.size, lab.core.counts().leases, lab.core.counts().ports], [2, 2, 2]);
});

test('L8: a range without an even port before an odd one has no pair', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_001, max: 50_002 } });
  assert.equal(lab.client().allocate([pair]), 508);
  assert.equal(lab.client().allocate([even]), 0);
});

test('L8: while the even port of a pair is being opened nobody else is given the odd one', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_001 } });
  const [ada, bob] = [lab.client(), lab.client()] as const;
  for (const client of [ada, bob]) client.learnNonce();
  lab.holdBinds = true;
  ada.tell(ada.signed(method.allocate, [udp, pair]));
  const [even] = lab.held.splice(0);
  assert.equal(even?.port, 50_000);
  assert.equal(codeOf(bob.ask(bob.signed(method.allocate, [udp]))), 508);
  lab.settle(even);
  const [odd] = lab.held.splice(0);
  assert.equal(odd?.port, 50_001);
  const { sent } = lab.settle(odd);
  assert.ok(sent[0] && codeOf(sent[0].message) === 0);
  assert.equal(lab.open.size, 2);
});

test('L8: the ports of a pair that could not be opened are free again, whichever of the two it was', () => {
  for (const busy of [50_000, 50_001]) {
    const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_001 } });
    lab.busyPorts.add(busy);
    assert.equal(lab.client().allocate([pair]), 508);
    const { ports, leases, pending } = lab.core.counts();
    assert.deepEqual([ports, leases, pending, lab.open.size], [0, 0, 0, 0]);
    lab.busyPorts.clear();
    assert.equal(lab.client().allocate([pair]), 0);
  }
});
