import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { digitsOf, localFingerprint, verificationCodeOf } from './verification-code.ts';

const bytes = (fill: number) => new Uint8Array(32).fill(fill);

/** The derivation of docs/quality.md once more, with other tools. */
function expected(one: Uint8Array, other: Uint8Array): string {
  const sorted = [Buffer.from(one), Buffer.from(other)].sort((a, b) => Buffer.compare(a, b));
  let digits = '';
  for (let counter = 0; digits.length < 30; counter++) {
    const label = Buffer.from(`video-call verification code v1\0${String.fromCharCode(counter)}`, 'latin1');
    const block = createHash('sha256')
      .update(Buffer.concat([label, ...sorted]))
      .digest();
    for (let word = 0; word < 8 && digits.length < 30; word++) {
      const value = block.readUInt32BE(word * 4);
      if (value < 4_294_900_000) digits += String(value % 100_000).padStart(5, '0');
    }
  }
  return digits;
}

describe('a verification code', () => {
  it('is the same from both ends', async () => {
    assert.equal(await digitsOf(bytes(1), bytes(2)), await digitsOf(bytes(2), bytes(1)));
  });

  it('is what the documented derivation gives, also by other means', async () => {
    for (let round = 0; round < 200; round++) {
      const [one, other] = [randomBytes(32), randomBytes(32)];
      assert.equal(await digitsOf(one, other), expected(one, other));
    }
    assert.equal(await digitsOf(bytes(0), bytes(255)), expected(bytes(0), bytes(255)));
  });

  it('is thirty digits, and another one when a single bit of either fingerprint is', async () => {
    const code = await digitsOf(bytes(1), bytes(2));
    assert.match(code, /^\d{30}$/);
    const flipped = bytes(2);
    flipped[31] = 3;
    assert.notEqual(await digitsOf(bytes(1), flipped), code);
  });

  it('favours no digit', async () => {
    const counts = new Array<number>(10).fill(0);
    for (let round = 0; round < 2_000; round++) {
      for (const digit of await digitsOf(randomBytes(32), randomBytes(32))) counts[Number(digit)]! += 1;
    }
    // 60,000 digits: 6,000 each, with a standard deviation of 73.
    for (const count of counts) assert.ok(Math.abs(count - 6_000) < 6 * 73, counts.join());
  });

  it('takes one’s own fingerprint in SHA-256 only', () => {
    const hex = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0')).join(':');
    const own = localFingerprint(`v=0\r\na=fingerprint:sha-256 ${hex.toUpperCase()}\r\n`);
    assert.deepEqual(
      own && [...own],
      Array.from({ length: 32 }, (_, index) => index),
    );
    assert.equal(localFingerprint('v=0\r\na=fingerprint:sha-1 00:11\r\n'), undefined);
  });

  it('is made of the certificate that came over the wire, whatever their description says', async () => {
    const hex = Array.from(bytes(7), byte => byte.toString(16).padStart(2, '0')).join(':');
    const wire = new TextEncoder().encode('the certificate of whoever is there');
    const connection = (remoteSdp: string, certificates: Uint8Array<ArrayBuffer>[]) =>
      ({
        localDescription: { sdp: `a=fingerprint:sha-256 ${hex}\r\n` },
        remoteDescription: { sdp: remoteSdp },
        getSenders: () => [{ transport: { getRemoteCertificates: () => certificates.map(({ buffer }) => buffer) } }],
      }) as unknown as RTCPeerConnection;
    const code = await verificationCodeOf(connection('a=fingerprint:sha-256 AA', [wire]));
    assert.equal(code, expected(bytes(7), createHash('sha256').update(wire).digest()));
    assert.equal(await verificationCodeOf(connection('a=fingerprint:sha-256 BB', [wire])), code);
    assert.equal(await verificationCodeOf(connection('', [])), undefined);
  });
});
