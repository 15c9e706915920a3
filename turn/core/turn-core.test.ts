import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  from as fromClient,
  indication,
  raw,
  request,
  transactionId,
  turnPackets,
  shortTermKey,
} from '../testing/packets.ts';
import { sampleIpv4Response, sampleRequest } from '../testing/vectors.ts';
import { codeOf } from '../testing/lab-client.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import type { TransportAddress } from '../wire/address.ts';
import { attributeType } from '../wire/attribute-types.ts';
import { errorCode, unknownAttributes, xorMappedAddress } from '../wire/attributes.ts';
import { fingerprintHolds } from '../wire/fingerprint.ts';
import { decodeMessage } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const now = 1_700_000_000_000;
const { core } = new TurnLab();
const from = (client: Partial<TransportAddress>) => ({ ...fromClient(client), server: listeners.ipv4 });

const decide = (datagram: Buffer, client: Partial<TransportAddress> = {}) => {
  const [action, ...more] = core.receive(datagram, from(client), now);
  assert.ok(action);
  assert.deepEqual(more, []);
  return action;
};

const answer = (datagram: Buffer, client: Partial<TransportAddress> = {}) => {
  const action = decide(datagram, client);
  assert.equal(action.type, 'send');
  assert.deepEqual(action.to, from(client));
  const message = decodeMessage(action.bytes);
  assert.ok(message);
  return message;
};

const dropped = (datagram: Buffer, client: Partial<TransportAddress> = {}) => {
  const action = decide(datagram, client);
  assert.equal(action.type, 'drop');
  return action.reason;
};

test('B1, RFC 8489 §7.3.1: a Binding request is answered with the address it came from', () => {
  const client = { address: '203.0.113.77', port: 12_345, family: 'IPv4' } as const;
  const response = answer(request(method.binding), client);
  assert.deepEqual([response.class, response.method], ['success', method.binding]);
  assert.deepEqual(response.transactionId, transactionId);
  assert.deepEqual(read(response, xorMappedAddress), client);
});

test('B1: over IPv6 too, and without the zone of a link-local client', () => {
  const client = { address: '2001:db8::9', port: 4, family: 'IPv6' } as const;
  assert.deepEqual(read(answer(request(method.binding), client), xorMappedAddress), client);
  const linkLocal = answer(request(method.binding), { ...client, address: 'fe80::9%eth0' });
  assert.equal(read(linkLocal, xorMappedAddress)?.address, 'fe80::9');
});

test('B2, RFC 8445 §16.1: attributes of ICE, integrity among them, need no credential of ours', () => {
  assert.equal(answer(sampleRequest).class, 'success');
  const ice = [
    raw(attributeType.username, 'abcd:efgh'),
    raw(attributeType.priority, 'abcd'),
    raw(attributeType.useCandidate),
    raw(attributeType.iceControlling, '12345678'),
  ];
  const signed = { integrityKey: shortTermKey('unknown to us'), fingerprint: true };
  assert.equal(answer(request(method.binding, ice, signed)).class, 'success');
});

test('B3, RFC 8489 §6.3.2: a Binding indication is answered by silence', () => {
  assert.equal(dropped(indication(method.binding)), 'indication-answered-by-silence');
});

test('B4: a datagram from port 0 is dropped, as no socket can have sent it', () => {
  assert.equal(dropped(request(method.binding), { port: 0 }), 'source-port-zero');
});

test('B5: the Binding response is 32 bytes over IPv4 and 44 over IPv6, 8 more with FINGERPRINT', () => {
  const ipv6 = { address: '2001:db8::9', family: 'IPv6' } as const;
  assert.equal(answer(request(method.binding)).bytes.length, 32);
  assert.equal(answer(request(method.binding), ipv6).bytes.length, 44);
  assert.equal(answer(request(method.binding, [], { fingerprint: true })).bytes.length, 40);
});

test('C5, RFC 8489 §6.3.1: an unknown required attribute is answered with 420 and its type', () => {
  const response = answer(request(method.binding, [raw(0x7ffe, 'x'), raw(0x0003, 'abcd')]));
  assert.equal(response.class, 'error');
  assert.equal(read(response, errorCode)?.code, 420);
  assert.deepEqual(read(response, unknownAttributes), [0x7ffe, 0x0003]);
});

test('C5, RFC 8489 §6.3.1: an unknown optional attribute is ignored', () => {
  assert.equal(answer(request(method.binding, [raw(0xc057, 'abcd'), raw(0xffff)])).class, 'success');
});

test('C3: a known attribute with a value that its RFC does not allow is answered with 400', () => {
  const response = answer(request(method.binding, [raw(attributeType.lifetime, 'abc')]));
  assert.equal(read(response, errorCode)?.code, 400);
  assert.equal(new TurnLab().client().code(method.refresh, [raw(attributeType.lifetime, 'abc')]), 400);
});

test('C5: what is wrong with a TURN request is told to its user only: a stranger gets a challenge', () => {
  for (const attribute of [raw(0x7ffe), raw(attributeType.lifetime, 'abc')]) {
    assert.equal(codeOf(answer(request(method.allocate, [attribute]))), 401);
  }
  assert.equal(new TurnLab().client().code(method.allocate, [raw(0x7ffe)]), 420);
});

test('C8: a client of RFC 3489, without the magic cookie, gets silence', () => {
  const bytes = request(method.binding);
  bytes.writeUInt32BE(0xdeadbeef, 4);
  assert.equal(dropped(bytes), 'not-stun');
});

test('C9, RFC 8489 §7.3: a wrong FINGERPRINT is dropped', () => {
  for (let at = 0; at < sampleRequest.length; at++) {
    // The two bytes that say that the last attribute is FINGERPRINT: with another type there is none to be wrong.
    if (at === sampleRequest.length - 8 || at === sampleRequest.length - 7) continue;
    const bytes = Buffer.from(sampleRequest);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const reason = dropped(bytes);
    if (decodeMessage(bytes)) assert.equal(reason, 'fingerprint-wrong', `byte ${at}`);
  }
});

test('C9, RFC 8489 §7: FINGERPRINT is mirrored, in a success and in an error, and only where it was sent', () => {
  const unknown = [raw(0x7ffe)];
  for (const bytes of [
    request(method.binding, [], { fingerprint: true }),
    request(method.binding, unknown, { fingerprint: true }),
  ]) {
    const response = answer(bytes);
    assert.notEqual(response.fingerprintAt, undefined);
    assert.ok(fingerprintHolds(response));
  }
  assert.equal(answer(request(method.binding)).fingerprintAt, undefined);
  assert.equal(answer(request(method.binding, unknown)).fingerprintAt, undefined);
});

test('RFC 8489 §6.3: responses, unknown methods and methods of the wrong class get silence', () => {
  assert.equal(dropped(sampleIpv4Response), 'not-for-servers');
  assert.equal(dropped(request(0x123)), 'not-for-servers');
  assert.equal(dropped(request(method.send)), 'not-for-servers');
  assert.equal(dropped(indication(method.data)), 'not-for-servers');
  assert.equal(dropped(indication(method.allocate)), 'not-for-servers');
});

test('H7, RFC 8656 §12.6: ChannelData without an allocation gets silence, and so does Send', () => {
  assert.equal(dropped(turnPackets.at(-1) ?? Buffer.of()), 'allocation-unknown');
  assert.equal(dropped(indication(method.send)), 'allocation-unknown');
});

test('C4: what is not STUN gets silence, also when it is short or HTTP', () => {
  const foreign = ['', '\0', '\0\x01', 'GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\0\x01\0\x01', '\x80\x60\0\x01'];
  for (const text of foreign) assert.equal(dropped(Buffer.from(text, 'latin1')), 'not-stun', JSON.stringify(text));
});
