import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { issueCredential, isExpired, parseUsername, passwordOf } from './credentials.ts';

const secret = 'north';
const subject = 'q3JvdxV2T4Wv-8_0wYx1zA';
const now = 1_700_000_000_500;

test('a credential is `expiry:subject` and base64(HMAC-SHA1(secret, username)), as coturn has it', () => {
  const { username, credential } = issueCredential({ secret, subject, ttlSec: 600, now });
  assert.equal(username, `1700000600:${subject}`);
  assert.equal(credential, createHmac('sha1', secret).update(username).digest('base64'));
});

test('what was issued has the password that belongs to it, and says whose it is and until when', () => {
  const { username, credential } = issueCredential({ secret, subject, ttlSec: 600, now });
  assert.equal(credential, passwordOf(username, secret));
  assert.notEqual(credential, passwordOf(username, 'south'));
  assert.deepEqual(parseUsername(username), { subject, expiresAt: 1_700_000_600_000 });
});

test('A7: a credential expires without leeway', () => {
  const credential = issueCredential({ secret, subject, ttlSec: 600, now });
  const claims = parseUsername(credential.username);
  assert.ok(claims);
  assert.equal(isExpired(claims, claims.expiresAt - 1), false);
  assert.equal(isExpired(claims, claims.expiresAt), true);
});

test('A7: a credential never lives longer than it was asked to', () => {
  const { username } = issueCredential({ secret, subject, ttlSec: 1, now: 1999 });
  assert.equal(username, `2:${subject}`);
});

const malformed: readonly (readonly [string, string])[] = [
  ['zero', `0:${subject}`],
  ['negative', `-1:${subject}`],
  ['signed', `+1800000000:${subject}`],
  ['not a number', `NaN:${subject}`],
  ['infinite', `Infinity:${subject}`],
  ['fractional', `1800000000.5:${subject}`],
  ['exponential', `2e9:${subject}`],
  ['hexadecimal', `0x7fffffff:${subject}`],
  ['padded with a zero', `01800000000:${subject}`],
  ['padded with a space', ` 1800000000:${subject}`],
  ['of other digits', `١٨٠٠٠٠٠٠٠٠:${subject}`],
  ['absent', `:${subject}`],
  ['followed by no colon', '1800000000'],
  ['followed by two colons', `1800000000:a:b`],
  ['followed by no subject', '1800000000:'],
  ['beyond 11 digits', `180000000000:${subject}`],
  ['beyond exact numbers', `${'9'.repeat(400)}:${subject}`],
  ['in front of too long a subject', `1800000000:${'a'.repeat(498)}`],
  ['in front of a subject too long in UTF-8', `1800000000:${'é'.repeat(249)}`],
];

for (const [what, username] of malformed) {
  test(`A7: a username whose expiry is ${what} is none`, () => {
    assert.equal(parseUsername(username), undefined);
  });
}

test('A7, RFC 8489 §14.3: a username of 508 bytes is the longest', () => {
  assert.ok(parseUsername(`1800000000:${'a'.repeat(497)}`));
});

test('what no username can carry is a mistake of the caller', () => {
  const good = { secret, subject, ttlSec: 600, now };
  for (const wrong of [
    { secret: '' },
    { subject: '' },
    { subject: 'a:b' },
    { subject: 'a'.repeat(498) },
    { ttlSec: 0.5 },
    { ttlSec: Number.NaN },
    { now: Number.NaN },
    { now: -1e15 },
  ]) {
    assert.throws(() => issueCredential({ ...good, ...wrong }), RangeError, JSON.stringify(wrong));
  }
});
