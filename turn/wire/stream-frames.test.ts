import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request, turnPackets } from '../testing/packets.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { encodeChannelHeader, startsChannelData } from './channel-data.ts';
import { magicCookie, requestMaxBytes } from './limits.ts';
import { method } from './methods.ts';
import { framed, StreamFrames } from './stream-frames.ts';

const channelData = (payload: Buffer | string): Buffer => {
  const bytes = Buffer.from(payload);
  return Buffer.concat([encodeChannelHeader(0x4001, bytes.length), bytes]);
};

const binding = request(method.binding);
const stunPackets = turnPackets.filter(([first = 0]) => !startsChannelData(first));

/** Everything a reader makes of these chunks, and whether it still reads. */
const read = (chunks: readonly Buffer[], isAdmitted = true) => {
  const frames = new StreamFrames(() => isAdmitted);
  const messages: Buffer[] = [];
  const isOpen = chunks.every(chunk => frames.push(chunk, message => messages.push(message)));
  return { messages, isOpen, isWithin: frames.isWithin };
};

const bytewise = (bytes: Buffer): Buffer[] => Array.from(bytes, byte => Buffer.of(byte));

test('T1, H10, RFC 8656 §12.5: ChannelData of 0 to 5 bytes between STUN, at once and byte by byte', () => {
  const messages = [0, 1, 2, 3, 4, 5].flatMap(length => [channelData(Buffer.alloc(length, 0x40)), binding]);
  const stream = Buffer.concat(messages.map(message => framed([message])));
  assert.equal(stream.length % 4, 0);
  for (const chunks of [[stream], bytewise(stream)]) {
    assert.deepEqual(read(chunks), { messages, isOpen: true, isWithin: false });
  }
});

test('T1: however a stream is cut, the same messages come out of it', () => {
  const random = seededRandom(5389);
  for (let round = 0; round < 500; round++) {
    const messages = Array.from({ length: 1 + random(20) }, () =>
      random(2) === 0 ? channelData(Buffer.alloc(random(3000), random(256))) : stunPackets[random(stunPackets.length)]!,
    );
    const stream = Buffer.concat(messages.map(message => framed([message])));
    const chunks: Buffer[] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random([2, 40, 5000][random(3)]!);
      chunks.push(stream.subarray(at, end));
      at = end;
    }
    assert.deepEqual(read(chunks), { messages, isOpen: true, isWithin: false }, `round ${round}`);
  }
});

test('the largest ChannelData, one of 65,535 bytes, comes whole', () => {
  const largest = channelData(Buffer.alloc(65_535, 7));
  const stream = framed([largest]);
  for (const chunks of [[stream], [stream.subarray(0, 1), stream.subarray(1, 40_000), stream.subarray(40_000)]]) {
    assert.deepEqual(read(chunks).messages, [largest]);
  }
});

test('a message within one chunk is a view, and one that came in pieces is never overwritten by the next', () => {
  const chunk = framed([channelData('media')]);
  assert.equal(read([chunk]).messages[0]?.buffer, chunk.buffer);
  const frames = new StreamFrames(() => true);
  const messages: Buffer[] = [];
  for (const text of ['first', 'other']) {
    for (const byte of bytewise(framed([channelData(text)]))) frames.push(byte, message => messages.push(message));
  }
  assert.deepEqual(messages, [channelData('first'), channelData('other')]);
});

test('byte by byte costs no more than a constant for each byte: 65,535 of them are copied less than three times', t => {
  let copiedBytes = 0;
  const prototype = Buffer.prototype as Buffer;
  const copy = Reflect.get<Buffer, 'copy'>(prototype, 'copy');
  t.mock.method(prototype, 'copy', function (this: Buffer, ...args: Parameters<Buffer['copy']>) {
    const copied = copy.apply(this, args);
    copiedBytes += copied;
    return copied;
  });
  const stream = framed([channelData(Buffer.alloc(65_535))]);
  const chunks = bytewise(stream);
  copiedBytes = 0;
  read(chunks);
  assert.ok(copiedBytes >= stream.length && copiedBytes < 3 * stream.length, `${copiedBytes} copied`);
});

test('T2: what starts neither STUN nor ChannelData is found out at its first byte', () => {
  for (let first = 0x80; first <= 0xff; first++) assert.equal(read([Buffer.of(first)]).isOpen, false);
});

test('T8, CVE-2020-6061: HTTP, SSH and SMTP are found out at their first byte, since a stranger has no channel', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'POST /', 'HEAD /', 'OPTIONS *', 'PRI * HTTP/2.0', 'SSH-2.0-x', 'EHLO x']) {
    assert.equal(read([Buffer.from(text)], false).isOpen, false, text);
    assert.equal(read([Buffer.from(text.slice(0, 1))], false).isOpen, false, text);
  }
});

test('TLS on a plain port and RFC 3489 are found out at their eighth byte at the latest', () => {
  const hello = Buffer.from('1603010200010001fc0303', 'hex');
  const old = Buffer.from(binding);
  old.writeUInt32BE(magicCookie ^ 1, 4);
  for (const bytes of [hello, old]) {
    assert.equal(read(bytewise(bytes.subarray(0, 8))).isOpen, false);
    assert.equal(read([bytes]).isOpen, false);
  }
});

test('RFC 8489 §5: a length that is no multiple of four ends the stream', () => {
  for (const length of [1, 2, 3, 5, 65_535]) {
    const bytes = Buffer.from(binding);
    bytes.writeUInt16BE(length, 2);
    assert.equal(read([bytes]).isOpen, false);
  }
});

test('a stranger sends messages of a few kilobytes at most, a client with an allocation all that STUN can say', () => {
  const head = (bytes: number): Buffer => {
    const message = Buffer.from(binding);
    message.writeUInt16BE(bytes - 20, 2);
    return message;
  };
  assert.equal(read([head(requestMaxBytes)], false).isOpen, true);
  assert.equal(read([head(requestMaxBytes + 4)], false).isOpen, false);
  assert.equal(read([head(65_552)], true).isOpen, true);
});

test('once a client was admitted, ChannelData that was under way when its allocation ended is no garbage', () => {
  let isAdmitted = true;
  const frames = new StreamFrames(() => isAdmitted);
  assert.equal(
    frames.push(framed([channelData('a')]), () => undefined),
    true,
  );
  isAdmitted = false;
  assert.equal(
    frames.push(framed([channelData('b')]), () => undefined),
    true,
  );
});

test('T1: 20,000 mutated streams throw nothing, and what comes out is within what went in', () => {
  const random = seededRandom(8489);
  for (let round = 0; round < 20_000; round++) {
    const stream = mutate(framed([turnPackets[round % turnPackets.length]!]), random);
    const at = random(stream.length + 1);
    const { messages } = read([stream.subarray(0, at), stream.subarray(at)], random(2) === 0);
    assert.ok(messages.reduce((sum, message) => sum + message.length, 0) <= stream.length);
    for (const message of messages) assert.ok(startsChannelData(message[0]!) || message.length >= 20);
  }
});

test('CVE-2020-4067: padding is zero', () => {
  assert.deepEqual(framed([encodeChannelHeader(0x4001, 1), Buffer.from('x')]), Buffer.from('4001000178000000', 'hex'));
  assert.deepEqual(framed([binding]), binding);
});
