import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw } from '../testing/packets.ts';
import { codeOf } from '../testing/lab-client.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const udp = write(attributes.requestedTransport, 17);
const ipv4 = write(attributes.requestedAddressFamily, 1);
const ipv6 = write(attributes.requestedAddressFamily, 2);
const pair = write(attributes.evenPort, true);
const both = raw(attributeType.additionalAddressFamily, '\x02\0\0\0');

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
  for (const [requested, granted] of [
    [0, 600],
    [1, 600],
    [600, 600],
    [777, 777],
    [3600, 3600],
    [2 ** 32 - 1, 3600],
  ]) {
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

test('L9, RFC 8656 §7.2: DONT-FRAGMENT is 420 that names it, as Node cannot set the DF bit', () => {
  const client = new TurnLab().client();
  const answer = client.request(method.allocate, [udp, write(attributes.dontFragment, Buffer.alloc(0))]);
  assert.equal(codeOf(answer), 420);
  assert.deepEqual(read(answer, attributes.unknownAttributes), [attributeType.dontFragment]);
});

test('L10: an exhausted range is 508; what is freed can be had again', () => {
  const lab = new TurnLab({ relayPorts: { min: 50_000, max: 50_002 } });
  const clients = [1, 2, 3].map(() => lab.client());
  assert.deepEqual(
    clients.map(client => client.allocate()),
    [0, 0, 0],
  );
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

test('relayIp is where sockets are bound, externalIp is what is announced, each by family', () => {
  const lab = new TurnLab({ relayIps: ['10.1.2.3', 'FD00::0:3'], externalIps: ['5.5.5.5'] });
  const [four, six] = [lab.client(), lab.client()];
  four.allocate();
  six.allocate([ipv6]);
  assert.deepEqual(
    [...lab.open].map(({ address }) => address),
    ['10.1.2.3', 'fd00::3'],
  );
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
