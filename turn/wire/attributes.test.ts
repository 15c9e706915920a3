import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, request, transactionId } from '../testing/packets.ts';
import { sampleIpv4Response, sampleIpv6Response } from '../testing/vectors.ts';
import { attributeType } from './attribute-types.ts';
import * as attributes from './attributes.ts';
import { decodeMessage } from './message.ts';
import { method } from './methods.ts';
import { isWellFormed, listUnknownRequired, read } from './read.ts';

const decode = (bytes: Buffer) => {
  const message = decodeMessage(bytes);
  assert.ok(message);
  return message;
};

test('C1, RFC 5769 §2.2–2.3: XOR-MAPPED-ADDRESS of the sample responses', () => {
  assert.deepEqual(read(decode(sampleIpv4Response), attributes.xorMappedAddress), {
    address: '192.0.2.1',
    port: 32_853,
    family: 'IPv4',
  });
  assert.deepEqual(read(decode(sampleIpv6Response), attributes.xorMappedAddress), {
    address: '2001:db8:1234:5678:11:2233:4455:6677',
    port: 32_853,
    family: 'IPv6',
  });
});

const roundTrip = <T>(codec: attributes.AttributeCodec<T>, value: T, hex: string) => {
  const bytes = codec.encode(value, transactionId);
  assert.equal(bytes.toString('hex'), hex);
  assert.deepEqual(codec.decode(bytes, transactionId), value);
};

test('RFC 8489 §14: each STUN attribute has these bytes and comes back from them', () => {
  roundTrip(attributes.username, '9:a', '393a61');
  roundTrip(attributes.realm, 'r\u00e9', '72c3a9');
  roundTrip(attributes.nonce, 'n', '6e');
  roundTrip(attributes.software, '', '');
  roundTrip(attributes.errorCode, { code: 438, reason: 'Stale' }, '000004265374616c65');
  roundTrip(attributes.errorCode, { code: 300, reason: '' }, '00000300');
  roundTrip(attributes.unknownAttributes, [0x7ffe, 0x0003], '7ffe0003');
  roundTrip(attributes.xorMappedAddress, { address: '0.0.0.0', port: 0, family: 'IPv4' }, '000121122112a442');
});

test('RFC 8656 §18: each TURN attribute has these bytes and comes back from them', () => {
  roundTrip(attributes.channelNumber, 0x4001, '40010000');
  roundTrip(attributes.lifetime, 0xffffffff, 'ffffffff');
  roundTrip(attributes.requestedTransport, 17, '11000000');
  roundTrip(attributes.requestedAddressFamily, 2, '02000000');
  roundTrip(attributes.evenPort, true, '80');
  roundTrip(attributes.evenPort, false, '00');
  roundTrip(attributes.dontFragment, Buffer.alloc(0), '');
  roundTrip(attributes.reservationToken, Buffer.from('01234567'), '3031323334353637');
  roundTrip(attributes.data, Buffer.from('abc'), '616263');
  const peer = { address: '2001:db8::7', port: 65_535, family: 'IPv6' } as const;
  roundTrip(attributes.xorPeerAddress, peer, '0002deed0113a9fa0102030405060708090a0b0b');
  roundTrip(attributes.xorRelayedAddress, peer, '0002deed0113a9fa0102030405060708090a0b0b');
});

test('RFC 8489 §14.2: the zone of a link-local client is not written', () => {
  const zoned = { address: 'fe80::1%eth0', port: 1, family: 'IPv6' } as const;
  const bytes = attributes.xorMappedAddress.encode(zoned, transactionId);
  assert.equal(attributes.xorMappedAddress.decode(bytes, transactionId)?.address, 'fe80::1');
});

test('C7, RFC 8489 §14.8: the length of ERROR-CODE leaves out the padding of its reason', () => {
  const bytes = request(method.binding, [raw(attributeType.errorCode, Buffer.from('00000426313233', 'hex'))]);
  assert.equal(bytes.readUInt16BE(22), 7);
  assert.deepEqual(read(decode(bytes), attributes.errorCode), { code: 438, reason: '123' });
});

const wrongValues: readonly [keyof typeof attributeType, ...string[]][] = [
  ['username', 'ff', 'c3', '61'.repeat(509)],
  ['realm', 'ff', '61'.repeat(764)],
  ['nonce', 'c080', '61'.repeat(764)],
  ['errorCode', '', '000004', '00000264', '00000700', '00000464', '00000400ff'],
  ['unknownAttributes', '00', '000102'],
  ['channelNumber', '', '4001', '400100', '4001000000'],
  ['lifetime', '', '000258', '0000000258'],
  ['xorMappedAddress', '', '0001', '000321122112a442', '000221122112a442', '000121122112a44200'],
  ['xorPeerAddress', '', '0001'.padEnd(40, '0'), '0002'.padEnd(38, '0')],
  ['xorRelayedAddress', '', '0000'.padEnd(16, '0')],
  ['requestedAddressFamily', '', '01', '0100000000'],
  ['requestedTransport', '', '11', '1100000000'],
  ['evenPort', '', '8000', '80000000'],
  ['dontFragment', '00'],
  ['reservationToken', '', '00'.repeat(7), '00'.repeat(9)],
];

test('C3: a value of the wrong size, family or spelling is not read, and the message is not well formed', () => {
  for (const [name, ...values] of wrongValues) {
    for (const hex of values) {
      const message = decode(request(method.allocate, [raw(attributeType[name], Buffer.from(hex, 'hex'))]));
      assert.equal(isWellFormed(message), false, `${name} ${hex.slice(0, 40)}`);
      const codec = Object.values(attributes).find(({ type }) => type === attributeType[name]);
      assert.equal(codec && read(message, codec as attributes.AttributeCodec<unknown>), undefined, name);
    }
  }
});

test('reserved bytes and bits are not looked at (RFC 8656 §18)', () => {
  const reserved = [
    raw(attributeType.requestedTransport, Buffer.from('11ffffff', 'hex')),
    raw(attributeType.channelNumber, Buffer.from('4001ffff', 'hex')),
    raw(attributeType.evenPort, Buffer.from('7f', 'hex')),
  ];
  const message = decode(request(method.allocate, reserved));
  assert.ok(isWellFormed(message));
  assert.equal(read(message, attributes.requestedTransport), 17);
  assert.equal(read(message, attributes.channelNumber), 0x4001);
  assert.equal(read(message, attributes.evenPort), false);
});

test('C5, RFC 8489 §6.3.1: unknown required types are listed once each, optional ones never', () => {
  const types = [0x7ffe, 0xc057, 0x0003, 0x7ffe, 0x8003, attributeType.priority, attributeType.mappedAddress];
  const message = decode(
    request(
      method.binding,
      types.map(type => raw(type)),
    ),
  );
  assert.deepEqual(listUnknownRequired(message), [0x7ffe, 0x0003]);
});

test('however many types are unknown, listing them costs as much for each', () => {
  // CPU time of this process, as a ratio: a list that is searched for each type took 200 times as long.
  const messageOf = (typeOf: (index: number) => number) => {
    const many = Array.from({ length: 16_000 }, (_, index) => raw(typeOf(index)));
    return decode(request(method.binding, many));
  };
  const [same, distinct] = [messageOf(() => 0x1000), messageOf(index => 0x1000 + index)];
  const costOf = (message: ReturnType<typeof decode>): number => {
    const before = process.cpuUsage();
    for (let round = 0; round < 5; round++) listUnknownRequired(message);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const ratios = Array.from({ length: 5 }, () => costOf(distinct) / costOf(same));
  assert.ok(Math.min(...ratios) < 30, String(ratios));
});
