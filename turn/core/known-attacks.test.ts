// What broke other relays and is not told in a file of its own: each attack as it was published, against ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, newTransactionId } from '../testing/lab-client.ts';
import { raw, request } from '../testing/packets.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import { headerBytes, requestMaxBytes, usernameMaxBytes } from '../wire/limits.ts';
import { findAttribute } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { maxPeersPerAllocation } from './limits.ts';

const udp = write(attributes.requestedTransport, 17);
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

/** Numbers of RFC 7635 and RFC 8016, which we leave out. */
const accessToken = 0x001b;
const mobilityTicket = 0x8030;

const start = () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate(), 0);
  return { lab, client };
};

test('CVE-2020-6061: HTTP on the port is dropped, before and after there is an allocation', () => {
  const { client } = start();
  const stranger = new TurnLab().client();
  // `GE` is the number of a channel that can be bound.
  assert.equal(client.bind(0x4745, peer), 0);
  for (const line of ['GET / HTTP/1.1', 'POST /admin HTTP/1.0', 'GE', 'GET', 'GET ', '\r\n\r\n', 'PUT /a HTTP/1.1']) {
    for (const text of [line, `${line}\r\nHost: x\r\nContent-Length: -1\r\n\r\n`]) {
      for (const one of [client, stranger]) {
        const { sent, relayed, delivered, dropped } = one.tell(Buffer.from(text));
        assert.deepEqual([sent, relayed, delivered, dropped], [[], [], [], ['not-stun']], text);
      }
    }
  }
});

test('CVE-2026-40613: attributes that start at odd offsets neither throw nor are read as something else', () => {
  const { lab, client } = start();
  for (let length = 0; length < 12; length++) {
    for (let shift = 1; shift < 4; shift++) {
      // A value without its padding: what follows stands where no attribute may.
      const odd = Buffer.alloc(20 + 4 + length + shift + 12 + 12);
      request(method.allocate).copy(odd);
      odd.writeUInt16BE(attributeType.software, 20);
      odd.writeUInt16BE(length, 22);
      const next = 24 + length + shift;
      odd.writeUInt16BE(attributeType.messageIntegrity, next);
      odd.writeUInt16BE(20, next + 2);
      const whole = odd.subarray(0, odd.length - (odd.length % 4));
      whole.writeUInt16BE(whole.length - 20, 2);
      const { sent } = client.tell(whole);
      // 400 where it happens to stand right: then it is a signature without a name.
      for (const { message } of sent) assert.ok([400, 401].includes(codeOf(message)));
    }
  }
  assert.equal(lab.open.size, 1);
});

test('CVE-2026-43994, RFC 7635: an OAuth token is not understood: 420 for a user, and for a stranger a plain 401', () => {
  const { client } = start();
  for (const length of [0, 1, 2, 3, 4, 100, 1000]) {
    const token = raw(accessToken, Buffer.alloc(length, 0xff));
    assert.equal(client.code(method.refresh, [token]), 420);
    const stranger = new TurnLab().client();
    const answer = stranger.ask(request(method.allocate, [udp, token]));
    assert.equal(codeOf(answer), 401);
    assert.equal(findAttribute(answer, 0x802e), undefined, 'THIRD-PARTY-AUTHORIZATION is not offered');
  }
});

test('GHSA-5x2p-4vqj-f6m4: a DTLS ClientHello draws nothing and leaves nothing', () => {
  const lab = new TurnLab();
  const hello = Buffer.from('16feff000000000000000000360100002a000000000000002afefd', 'hex');
  for (let index = 0; index < 1000; index++) {
    const { sent, dropped } = lab.client().tell(Buffer.from(hello));
    assert.deepEqual([sent, dropped], [[], ['not-stun']]);
  }
  assert.equal(lab.core.counts().clients, 0);
});

test('GHSA-4g7c-p5wg-j4hp: format strings, escapes and line breaks in a username are bytes like others', () => {
  const lab = new TurnLab();
  for (const subject of ['%s%s%s%n', '%x', '\n[error]', '\u001b[2J', '${x}', '\0', '../..']) {
    assert.equal(lab.client({ subject }).allocate(), 0, subject);
    assert.equal(lab.client({ subject, credential: 'wrong' }).allocate(), 401);
  }
});

test('coturn #1844: lengths near 65,535 in header, attribute and ChannelData are no reason to read on', () => {
  const { client } = start();
  client.bind(0x4001, peer);
  for (const length of [0xffff, 0xfffe, 0xfffd, 0xfffc, 0xfff8, 0xffec, 0x8000, 0x7fff]) {
    const header = request(method.allocate);
    header.writeUInt16BE(length, 2);
    assert.deepEqual(client.tell(header).dropped, ['not-stun'], `header ${length}`);

    const attribute = request(method.allocate, [raw(attributeType.username, 'abcd')]);
    attribute.writeUInt16BE(length, 22);
    assert.deepEqual(client.tell(attribute).dropped, ['not-stun'], `attribute ${length}`);

    const channel = Buffer.from('40010000' + '00'.repeat(16), 'hex');
    channel.writeUInt16BE(length, 2);
    assert.deepEqual(client.tell(channel).dropped, ['not-stun'], `ChannelData ${length}`);
  }
});

test('coturn 3c5b2615, a97f1924, RFC 8016: there is no mobility: no ticket is given, and none moves an allocation', () => {
  const { lab, client } = start();
  const other = lab.client();
  const answer = other.request(method.allocate, [udp, raw(mobilityTicket)]);
  assert.equal(codeOf(answer), 0);
  assert.equal(findAttribute(answer, mobilityTicket), undefined);
  const moved = lab.client({ username: client.username, credential: client.credential });
  assert.equal(moved.code(method.refresh, [raw(mobilityTicket, Buffer.alloc(24, 1))]), 437);
  assert.equal(lab.core.counts().allocations, 2);
});

test('pion 0dafcab: the peer policy is the same over every transport', () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    const client = new TurnLab().client({ transport });
    assert.equal(client.allocate(), 0);
    for (const address of ['127.0.0.1', '169.254.169.254', '10.0.0.1', '224.0.0.1', '0.0.0.0']) {
      const forbidden = { ...peer, address };
      assert.equal(client.permit(forbidden), 403);
      assert.equal(client.bind(0x4001, forbidden), 403);
      assert.deepEqual(client.send(forbidden, 'x').dropped, ['permission-missing']);
    }
    assert.equal(client.bind(0x4001, listeners.ipv4), 403);
  }
});

test('coturn 11fc465f: ports, tokens and transaction IDs come from the source that was given, never from Math.random', t => {
  t.mock.method(Math, 'random', () => assert.fail('Math.random can be predicted'));
  const asked = { integers: 0, bytes: 0 };
  const lab = new TurnLab({
    randomInt: below => (asked.integers++, below >> 1),
    randomBytes: size => (asked.bytes++, Buffer.alloc(size, asked.bytes)),
  });
  const client = lab.client();
  const before = { ...asked };
  assert.equal(client.allocate([write(attributes.evenPort, true)]), 0);
  assert.deepEqual([asked.integers - before.integers, asked.bytes - before.bytes], [1, 1]);
});

test('a request that somebody recorded is worth nothing from another address: 438, and nothing changes', () => {
  const { lab, client } = start();
  client.permit(peer);
  const recorded = [
    client.signed(method.allocate, [udp]),
    client.signed(method.refresh, [write(attributes.lifetime, 0)]),
    client.signed(method.createPermission, [write(attributes.xorPeerAddress, { ...peer, address: '8.8.8.8' })]),
  ];
  const { client: address } = client.from;
  for (const from of [
    { ...client.from, client: { ...address, port: address.port + 1 } },
    { ...client.from, client: { ...address, address: '9.1.1.1' } },
  ]) {
    for (const bytes of recorded) {
      const { sent } = lab.receive(Buffer.from(bytes), from);
      assert.deepEqual(
        sent.map(({ message }) => codeOf(message)),
        [438],
      );
    }
  }
  assert.equal(lab.open.size, 1);
  assert.deepEqual(client.send({ ...peer, address: '8.8.8.8' }, 'x').dropped, ['permission-missing']);
});

test('a request that was recorded is worth nothing once its nonce has run out, from its own address either', () => {
  const { lab, client } = start();
  const recorded = client.signed(method.refresh, [write(attributes.lifetime, 0)]);
  for (let passed = 0; passed < 3600; passed += 500) {
    assert.equal(client.refresh(), 0);
    lab.advance(500);
  }
  assert.equal(codeOf(client.ask(recorded)), 438);
  assert.equal(lab.open.size, 1);
});

test('a signed request with its transaction ID, its method or its class changed is another one: not signed', () => {
  const { lab, client } = start();
  const permission = client.signed(method.createPermission, [write(attributes.xorPeerAddress, peer)]);
  const changed = [
    (bytes: Buffer) => newTransactionId().copy(bytes, 8),
    (bytes: Buffer) => bytes.writeUInt16BE(0x0004, 0),
    (bytes: Buffer) => bytes.writeUInt16BE(0x0009, 0),
  ];
  for (const change of changed) {
    const bytes = Buffer.from(permission);
    change(bytes);
    assert.equal(codeOf(client.ask(bytes)), 401);
  }
  assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing']);
  assert.equal(lab.open.size, 1);
});

test('CVE-2020-4067: the bytes behind a peer’s odd payload are zero, whatever went through before', () => {
  const { lab, client } = start();
  client.permit(peer);
  for (let length = 0; length < 9; length++) {
    client.hear(Buffer.alloc(1200, 0xaa), peer);
    client.send(peer, Buffer.alloc(1200, 0xbb));
    const payload = Buffer.alloc(length, 0x11);
    const [delivered] = lab.receiveFromPeer(payload, peer, client.relayed!).delivered;
    assert.ok(delivered);
    const padding = delivered.bytes.subarray(delivered.bytes.length - ((4 - (length % 4)) % 4));
    assert.deepEqual(padding, Buffer.alloc((4 - (length % 4)) % 4));
    assert.equal(delivered.bytes.length % 4, 0);
  }
});

test('D5: one request that names more peers than an allocation may have is 508 and lets none through', () => {
  const { client } = start();
  const many = Array.from({ length: 65 }, (_, index) => ({ ...peer, address: `8.8.1.${index}` }));
  assert.equal(client.permit(...many), 508);
  assert.equal(client.hear('x', many[0]!), undefined);
  assert.equal(client.permit(...many.slice(1)), 0);
});

test('A3, A4: a nonce that another client was given is 438', () => {
  const { lab, client } = start();
  const other = lab.client();
  other.nonce = client.nonce;
  assert.equal(codeOf(other.ask(other.signed(method.allocate, [udp]))), 438);
});

test('RFC 8489 §9.2.5: a refusal of a nonce comes with another, and is not signed: there is no key to trust yet', () => {
  const { client } = start();
  client.nonce = '0'.repeat(24);
  const answer = client.ask(client.signed(method.refresh));
  assert.deepEqual([codeOf(answer), answer.integrityAt], [438, undefined]);
  assert.notEqual(read(answer, attributes.nonce), client.nonce);
});

test('a request of nothing but unknown attributes costs one answer of its own size, and a longer one none', () => {
  const ask = (toWrite: Parameters<typeof encodeMessage>[1]) => {
    const head = { method: method.binding, class: 'request', transactionId: newTransactionId() } as const;
    return new TurnLab().client().tell(encodeMessage(head, toWrite));
  };
  const most = Math.floor((requestMaxBytes - headerBytes) / 4);
  const optional = Array.from({ length: most }, (_, index) => raw(0xd000 + index));
  const required = Array.from({ length: most }, (_, index) => raw(0x1000 + index));
  assert.equal(ask(optional).sent[0]?.message.bytes.length, 32);
  const refusal = ask(required).sent[0]?.message;
  assert.deepEqual(
    refusal && read(refusal, attributes.unknownAttributes),
    required.map(({ type }) => type),
  );
  assert.ok(refusal && refusal.bytes.length < requestMaxBytes);
  for (const attack of [optional, required]) {
    const { sent, dropped } = ask([...attack, raw(0xc001)]);
    assert.deepEqual([sent, dropped], [[], ['too-large']]);
  }
});

test('a CreatePermission for the most peers there may be, under the longest name, is heard; for thousands it is not', () => {
  const lab = new TurnLab();
  const client = lab.client({ subject: 's'.repeat(usernameMaxBytes - '1700000600:'.length), transport: 'tcp' });
  assert.equal(client.allocate([write(attributes.requestedAddressFamily, 2)]), 0);
  const peersOf = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      return { address: `2600::${(index + 1).toString(16)}`, port: 9, family: 'IPv6' } as const;
    });
  assert.equal(client.permit(...peersOf(maxPeersPerAllocation)), 0);
  const many = peersOf(2600).map(each => write(attributes.xorPeerAddress, each));
  assert.deepEqual(client.tell(client.signed(method.createPermission, many)).dropped, ['too-large']);
});
