import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeChannelData, encodeChannelHeader, startsChannelData } from './channel-data.ts';

const channelData = (channelNumber: number, claimedBytes: number, body: Buffer): Buffer =>
  Buffer.concat([encodeChannelHeader(channelNumber, claimedBytes), body]);

test('RFC 8656 §12.4: number, length and payload come back, for payloads of 0 to 1500 bytes', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 1200, 1472, 1500]) {
    const payload = Buffer.alloc(length, length);
    assert.deepEqual(decodeChannelData(channelData(0x4001, length, payload)), { channelNumber: 0x4001, payload });
  }
});

test('the payload is a view: nothing is copied on the way through', () => {
  const bytes = channelData(0x4001, 5, Buffer.from('media'));
  assert.equal(decodeChannelData(bytes)?.payload.buffer, bytes.buffer);
});

test('H5: 0x4000–0x7FFE are channels, wider than RFC 8656 §12 for RFC 5766 clients; 0x3FFF and 0x7FFF are not', () => {
  for (const number of [0x4000, 0x4fff, 0x5000, 0x7ffe])
    assert.ok(decodeChannelData(channelData(number, 0, Buffer.of())));
  for (const number of [0x3fff, 0x7fff, 0x8000]) {
    assert.equal(decodeChannelData(channelData(number, 0, Buffer.of())), undefined);
  }
});

test('H8, RFC 8656 §12.6: a length that claims more than came is dropped', () => {
  for (const claimed of [3, 200, 0xffff]) {
    assert.equal(decodeChannelData(channelData(0x4001, claimed, Buffer.alloc(2))), undefined);
  }
});

test('H8, H9: bytes behind the claimed length are padding and do not reach the payload', () => {
  assert.deepEqual(decodeChannelData(channelData(0x4001, 2, Buffer.from('ab\0\0')))?.payload, Buffer.from('ab'));
});

test('H12: datagrams of 0 to 3 bytes are no ChannelData', () => {
  for (let length = 0; length < 4; length++) assert.equal(decodeChannelData(Buffer.alloc(length, 0x40)), undefined);
});

test('RFC 8656 §12: the first byte tells ChannelData from STUN', () => {
  const starts = Array.from({ length: 256 }, (_, byte) => startsChannelData(byte));
  assert.deepEqual([starts.indexOf(true), starts.lastIndexOf(true)], [0x40, 0x7f]);
});
