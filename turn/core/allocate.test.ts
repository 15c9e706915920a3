import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../testing/packets.ts';
import { codeOf } from '../testing/lab-client.ts';
import type { LabClient } from '../testing/lab-client.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const udp = write(attributes.requestedTransport, 17);
const ipv4 = write(attributes.requestedAddressFamily, 1);
const ipv6 = write(attributes.requestedAddressFamily, 2);
const even = write(attributes.evenPort, false);
const pair = write(attributes.evenPort, true);
const both = raw(attributeType.additionalAddressFamily, '\x02\0\0\0');

/** An Allocate with its reservation token, if it has one. */
const allocatePair = (client: LabClient): Buffer => {
  const answer = client.request(method.allocate, [udp, pair]);
  client.relayed = read(answer, attributes.xorRelayedAddress);
  return read(answer, attributes.reservationToken) ?? assert.fail('no token');
};

const claim = (client: LabClient, token: Buffer): number =>
  client.allocate([write(attributes.reservationToken, token)]);

test('L1, RFC 8656 §7.2: success tells relayed and mapped address and lifetime', () => {
  const lab = new TurnLab();
  const client = lab.client();
  const answer = client.request(method.allocate, [udp]);
  const relayed = read(answer, attributes.xorRelayedAddress);
  assert.equal(relayed?.address, listeners.ipv4.address);
  assert.ok(relayed.port >= 49_152);
  assert.deepEqual(read(answer, attributes.xorMappedAddress), client.from.client);
  assert.equal(read(answer, attributes.lifetime), 600);
  assert.deepEqual([...lab.open], [relayed]);
});

test('L2, node-turn F: the same Allocate again, over and over, is the same answer and one socket', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp]);
  const first = client.ask(bytes);
  for (let again = 0; again < 50; again++) assert.deepEqual(client.ask(bytes).bytes, first.bytes);
  assert.equal(lab.opened, 1);
});

test('L2: a retransmission is answered also after the credential has expired', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp, write(attributes.lifetime, 3600)]);
  assert.equal(codeOf(client.ask(bytes)), 0);
  lab.advance(601);
  assert.equal(codeOf(client.ask(bytes)), 0);
});

test('L3, node-turn F, RFC 8656 §7.2: another Allocate from the same client is 437', () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate(), 0);
  for (let again = 0; again < 50; again++) assert.equal(client.allocate(), 437);
  assert.equal(lab.opened, 1);
});

test('L4: while the socket is being opened, a retransmission waits for the answer and another Allocate is 437', () => {
  const lab = new TurnLab();
  lab.holdBinds = true;
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp]);
  assert.deepEqual(client.tell(bytes).sent, []);
  assert.deepEqual(client.tell(bytes).dropped, ['allocation-pending']);
  assert.equal(client.allocate(), 437);
  assert.equal(lab.held.length, 1);

  const [answer, ...more] = lab.settle(lab.held[0]!).sent;
  assert.deepEqual(more, []);
  assert.deepEqual(answer?.to, client.from);
  assert.deepEqual(client.ask(bytes).bytes, answer.message.bytes);
});

test('L5, RFC 8656 §7.2: without REQUESTED-TRANSPORT 400, with any but UDP 442', () => {
  const client = new TurnLab().client();
  assert.equal(client.code(method.allocate), 400);
  assert.equal(client.code(method.allocate, [raw(attributeType.requestedTransport, '\x11')]), 400);
  for (const protocol of [6, 0, 255]) {
    assert.equal(client.code(method.allocate, [write(attributes.requestedTransport, protocol)]), 442);
  }
});

test('L6, RFC 8656 §7.2: the lifetime is max(default, min(requested, maximum))', () => {
  const lab = new TurnLab();
  for (const [requested, granted] of [[0, 600], [1, 600], [600, 600], [777, 777], [3600, 3600], [2 ** 32 - 1, 3600]]) {
    const client = lab.client();
    const answer = client.request(method.allocate, [udp, write(attributes.lifetime, requested!)]);
    assert.equal(read(answer, attributes.lifetime), granted);
    lab.advance(granted! - 1);
    assert.equal(client.permit({ address: '8.8.4.4', port: 1, family: 'IPv4' }), 0);
    lab.advance(1);
    assert.equal(client.permit({ address: '8.8.4.4', port: 1, family: 'IPv4' }), 437);
  }
});

test('L7, RFC 8656 §7.2: REQUESTED-ADDRESS-FAMILY gets its family, another value 440, a malformed one 400', () => {
  const lab = new TurnLab();
  const [four, six] = [lab.client(), lab.client()];
  assert.deepEqual([four.allocate([ipv4]), four.relayed?.address], [0, listeners.ipv4.address]);
  assert.deepEqual([six.allocate([ipv6]), six.relayed?.address], [0, listeners.ipv6.address]);
  for (const family of [0, 3, 255]) {
    assert.equal(lab.client().allocate([write(attributes.requestedAddressFamily, family)]), 440);
  }
  assert.equal(lab.client().allocate([raw(attributeType.requestedAddressFamily, '\x01')]), 400);
});

test('L7, RFC 8656 §7.2: without the attribute it is IPv4, also for a client that came over IPv6', () => {
  const client = new TurnLab().client({ address: '2a00:2::1', server: listeners.ipv6 });
  assert.deepEqual([client.allocate(), client.relayed?.address], [0, listeners.ipv4.address]);
});

test('L7, RFC 8656 §7.2: a family that the relay has no address of is 440, asked for or not', () => {
  const lab = new TurnLab({ listeners: [listeners.ipv6] });
  const client = lab.client({ address: '2a00:2::1', server: listeners.ipv6 });
  assert.equal(client.allocate(), 440);
  assert.equal(client.allocate([ipv4]), 440);
  assert.equal(client.allocate([ipv6]), 0);
});

test('L7: ADDITIONAL-ADDRESS-FAMILY alone gets IPv4; beside a family, a pair or a token it is 400', () => {
  const lab = new TurnLab();
  assert.equal(lab.client().allocate([both]), 0);
  assert.equal(lab.client().allocate([both, ipv4]), 400);
  assert.equal(lab.client().allocate([both, pair]), 400);
  assert.equal(lab.client().allocate([both, write(attributes.reservationToken, Buffer.alloc(8))]), 400);
});

test('L8, RFC 8656 §7.2: EVEN-PORT is even, and does not eat the odd port', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_003 } });
  const clients = Array.from({ length: 4 }, () => lab.client());
  assert.deepEqual(clients.map((client, index) => client.allocate(index < 2 ? [even] : [])), [0, 0, 0, 0]);
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

test('L9, RFC 8656 §7.2: DONT-FRAGMENT is 420 that names it, as Node cannot set the DF bit', () => {
  const client = new TurnLab().client();
  const answer = client.request(method.allocate, [udp, write(attributes.dontFragment, Buffer.alloc(0))]);
  assert.equal(codeOf(answer), 420);
  assert.deepEqual(read(answer, attributes.unknownAttributes), [attributeType.dontFragment]);
});

test('L10: an exhausted range is 508; what is freed can be had again', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_002 } });
  const clients = [1, 2, 3].map(() => lab.client());
  assert.deepEqual(clients.map(client => client.allocate()), [0, 0, 0]);
  assert.equal(lab.client().allocate(), 508);
  clients[1]!.refresh(0);
  assert.equal(lab.client().allocate(), 0);
  assert.equal(lab.client().allocate(), 508);
  lab.advance(600);
  lab.sweep();
  assert.equal(lab.client().allocate(), 0);
});

test('L10: a port that another program has costs another attempt; a fault of the machine is 508', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_009 } });
  for (let port = 50_000; port < 50_009; port++) lab.busyPorts.add(port);
  const client = lab.client();
  assert.deepEqual([client.allocate(), client.relayed?.port], [0, 50_009]);
  assert.equal(lab.client().allocate(), 508);

  const broken = new TurnLab();
  broken.bindError = 'EMFILE';
  const refused = broken.client();
  assert.equal(refused.allocate(), 508);
  const { leases, ports, pending } = broken.core.counts();
  assert.deepEqual([leases, ports, pending], [0, 0, 0]);
  broken.bindError = undefined;
  assert.equal(refused.allocate(), 0);
});

test('L11: the quota is per user, whatever the credential or the address, and comes back with each allocation', () => {
  const lab = new TurnLab({ userQuota: 2 });
  const ada = () => lab.client({ subject: 'ada' });
  const [first] = [ada(), ada()].map(client => (assert.equal(client.allocate(), 0), client));
  lab.advance(1);
  assert.equal(ada().allocate(), 486);
  assert.equal(lab.client({ subject: 'bob' }).allocate(), 0);
  first!.refresh(0);
  first!.refresh(0);
  assert.equal(ada().allocate(), 0);
  assert.equal(ada().allocate(), 486);
  lab.advance(600);
  lab.sweep();
  assert.equal(ada().allocate(), 0);
});

test('L11: a total quota holds for all users together', () => {
  const lab = new TurnLab({ totalQuota: 3 });
  const codes = ['a', 'b', 'c', 'd'].map(subject => lab.client({ subject }).allocate());
  assert.deepEqual(codes, [0, 0, 0, 486]);
});

test('L11, D6: a burst cannot pass the quota: what is being opened counts', () => {
  const lab = new TurnLab({ userQuota: 5 });
  lab.holdBinds = true;
  const clients = Array.from({ length: 20 }, () => lab.client());
  for (const client of clients) client.learnNonce();
  const outcomes = clients.map(client => client.tell(client.signed(method.allocate, [udp])));
  assert.equal(lab.held.length, 5);
  assert.deepEqual(new Set(outcomes.flatMap(({ sent }) => sent.map(({ message }) => codeOf(message)))), new Set([486]));
  for (const relay of lab.held.slice(0, 2)) lab.settle(relay, 'EMFILE');
  for (const relay of lab.held.slice(2)) lab.settle(relay);
  assert.deepEqual([lab.open.size, lab.core.counts().leases, lab.core.counts().pending], [3, 3, 0]);
});

test('L11: a retransmission costs no quota, and a pair costs two', () => {
  const lab = new TurnLab({ userQuota: 3 });
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp]);
  for (let again = 0; again < 10; again++) assert.equal(codeOf(client.ask(bytes)), 0);
  assert.equal(lab.client().allocate([pair]), 0);
  assert.equal(lab.client().allocate(), 486);
  lab.advance(30);
  lab.sweep();
  assert.equal(lab.client().allocate([pair]), 486);
  assert.equal(lab.client().allocate(), 0);
});

test('relayIp is where sockets are bound, externalIp is what is announced, each by family', () => {
  const lab = new TurnLab({ relayIps: ['10.1.2.3', 'FD00::0:3'], externalIps: ['5.5.5.5'] });
  const [four, six] = [lab.client(), lab.client()];
  four.allocate();
  six.allocate([ipv6]);
  assert.deepEqual([...lab.open].map(({ address }) => address), ['10.1.2.3', 'fd00::3']);
  assert.deepEqual([four.relayed?.address, six.relayed?.address], ['5.5.5.5', 'fd00::3']);
});

test('the other family of a client on loopback is loopback, and no client from outside gets that', () => {
  const loopback = { address: '127.0.0.1', port: 3478, family: 'IPv4' } as const;
  const lab = new TurnLab({ listeners: [loopback, listeners.ipv6] });
  assert.equal(lab.client({ address: '2a00:2::1', server: listeners.ipv6 }).allocate(), 440);
  assert.equal(lab.client({ address: '127.0.0.1', server: loopback }).allocate(), 0);
});

test('relayed ports are spread over the whole range', () => {
  const lab = new TurnLab();
  const ports = Array.from({ length: 400 }, () => {
    const client = lab.client();
    client.allocate();
    return client.relayed?.port ?? 0;
  });
  assert.equal(new Set(ports).size, 400);
  const eighths = new Set(ports.map(port => Math.floor((port - 49_152) / 2048)));
  assert.equal(eighths.size, 8);
  assert.ok(ports.slice(1).filter((port, index) => Math.abs(port - ports[index]!) < 8).length < 20, 'no sequence');
});
