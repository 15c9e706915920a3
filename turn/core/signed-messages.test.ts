import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, request } from '../testing/packets.ts';
import { codeOf } from '../testing/lab-client.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import { integrityHolds } from '../wire/integrity.ts';
import { findAttribute } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const udp = write(attributes.requestedTransport, 17);
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

/** A signed message with more attributes behind its integrity. */
const append = (signed: Buffer, after: Buffer): Buffer => {
  const bytes = Buffer.concat([signed, after]);
  bytes.writeUInt16BE(bytes.length - 20, 2);
  return bytes;
};

const bodyOf = (...toWrite: Parameters<typeof encodeMessage>[1]): ((transactionId: Buffer) => Buffer) => {
  return transactionId => encodeMessage({ method: 1, class: 'request', transactionId }, toWrite).subarray(20);
};

test('A11, node-turn J, RFC 8489 §14.5: attributes after MESSAGE-INTEGRITY are not heard', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.permit(peer);

  const refresh = client.signed(method.refresh);
  const zero = bodyOf(write(attributes.lifetime, 0))(refresh.subarray(8, 20));
  const answer = client.ask(append(refresh, zero));
  assert.equal(read(answer, attributes.lifetime), 600);
  assert.equal(lab.open.size, 1);

  const other = { ...peer, address: '9.9.9.10' };
  const permission = client.signed(method.createPermission, [write(attributes.xorPeerAddress, peer)]);
  const appended = bodyOf(write(attributes.xorPeerAddress, other))(permission.subarray(8, 20));
  assert.equal(codeOf(client.ask(append(permission, appended))), 0);
  assert.deepEqual(client.send(other, 'x').dropped, ['permission-missing']);
});

test('A11: an attribute after MESSAGE-INTEGRITY does not break the request either, as Chromium adds one there', () => {
  const client = new TurnLab().client();
  client.allocate();
  for (const type of [0xff05, 0x7ffe]) {
    const refresh = client.signed(method.refresh);
    assert.equal(codeOf(client.ask(append(refresh, bodyOf(raw(type, 'log id'))(refresh.subarray(8, 20))))), 0);
  }
});

test('A13, RFC 8489 §9.2.5: every reply to an authenticated request is signed, refusals and ChannelBind too', () => {
  const client = new TurnLab().client();
  client.learnNonce();
  const replies = [
    client.request(method.refresh), // 437
    client.request(method.allocate), // 400
    client.request(method.allocate, [raw(0x7ffe)]), // 420
    client.request(method.allocate, [udp]),
    client.request(method.createPermission, [write(attributes.xorPeerAddress, peer)]),
    client.request(method.createPermission, [write(attributes.xorPeerAddress, { ...peer, address: '10.0.0.1' })]), // 403
    client.request(method.channelBind, [
      write(attributes.channelNumber, 0x4000),
      write(attributes.xorPeerAddress, peer),
    ]),
    client.request(method.refresh, [write(attributes.lifetime, 0)]),
  ];
  assert.deepEqual(replies.map(codeOf), [437, 400, 420, 0, 0, 403, 0, 0]);
  for (const reply of replies) assert.ok(integrityHolds(reply, client.key), String(codeOf(reply)));
});

test('A14: SHA-256 is not offered, so there is nothing to bid down: no feature bits in the nonce, no algorithms', () => {
  const client = new TurnLab().client();
  const challenge = client.ask(request(method.allocate));
  assert.equal(findAttribute(challenge, attributeType.passwordAlgorithms), undefined);
  // RFC 8489 §9.2: "obMatJos2" at its start would say that the server has security features.
  assert.doesNotMatch(read(challenge, attributes.nonce) ?? '', /^obMatJos2/);
  const only256 = request(method.allocate, [udp, raw(attributeType.messageIntegritySha256, Buffer.alloc(32))]);
  assert.equal(codeOf(client.ask(only256)), 401);
});

/** What stands between the attributes of a message. */
const paddingOf = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 20; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    at = end + (-end & 3);
    parts.push(bytes.subarray(end, at));
  }
  return Buffer.concat(parts);
};

test('CVE-2020-4067: padding is zero in all that is sent, whatever the memory was used for before', t => {
  for (const name of ['allocUnsafe', 'allocUnsafeSlow'] as const) {
    t.mock.method(Buffer, name, (size: number) => Buffer.alloc(size, 'secret'));
  }
  const lab = new TurnLab({ realm: 'odd' });
  const client = lab.client();
  client.realm = 'odd';
  const challenge = client.ask(request(method.allocate));
  assert.equal(client.allocate(), 0);
  client.permit(peer);
  const unknown = client.request(method.refresh, [raw(0x7ffe)]);
  const { delivered } = lab.receiveFromPeer('1', peer, client.relayed!);
  const sent = [challenge.bytes, unknown.bytes, ...delivered.map(({ bytes }) => bytes)];
  assert.deepEqual(
    sent.map(bytes => paddingOf(bytes).toString('hex')),
    ['00', '0000', '000000'],
  );
});
