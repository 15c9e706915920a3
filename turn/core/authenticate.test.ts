import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issueCredential, passwordOf } from '../credentials.ts';
import { raw, request } from '../testing/packets.ts';
import { codeOf } from '../testing/lab-client.ts';
import { credentialOf, secret, TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';

const turnMethods = [method.allocate, method.refresh, method.createPermission, method.channelBind];
const udp = write(attributes.requestedTransport, 17);
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const objectNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

test('A1, RFC 8489 §9.2.4: without MESSAGE-INTEGRITY each TURN method is 401 with realm and nonce, unsigned', () => {
  const lab = new TurnLab();
  for (const turnMethod of turnMethods) {
    const answer = lab.client().ask(request(turnMethod));
    assert.equal(codeOf(answer), 401);
    assert.equal(read(answer, attributes.realm), 'lab.test');
    assert.match(read(answer, attributes.nonce) ?? '', /^[0-9a-f]{24}$/);
    assert.equal(answer.integrityAt, undefined);
  }
});

test('A2, RFC 8489 §9.2.4: with MESSAGE-INTEGRITY but without USERNAME, REALM or NONCE it is 400', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  const all = [
    write(attributes.username, client.username),
    write(attributes.realm, client.realm),
    write(attributes.nonce, client.nonce),
  ];
  for (let missing = 0; missing < all.length; missing++) {
    const bytes = request(method.allocate, [udp, ...all.filter((_, index) => index !== missing)], {
      integrityKey: client.key,
    });
    assert.equal(codeOf(client.ask(bytes)), 400, `without number ${missing}`);
  }
});

test('A3, RFC 8489 §9.2.4: an unknown nonce is 438 with a fresh one, and that one works', () => {
  const client = new TurnLab().client();
  client.nonce = '0123456789abcdef01234567';
  const answer = client.ask(client.signed(method.allocate, [udp]));
  assert.equal(codeOf(answer), 438);
  assert.equal(read(answer, attributes.realm), 'lab.test');
  client.nonce = read(answer, attributes.nonce) ?? '';
  assert.equal(client.allocate(), 0);
});

test('A3: a nonce is checked before the password, so that guessing one takes a nonce of that address', () => {
  const client = new TurnLab().client({ credential: 'wrong' });
  client.nonce = '0123456789abcdef01234567';
  assert.equal(codeOf(client.ask(client.signed(method.allocate, [udp]))), 438);
});

test('A5: a wrong password, a user of nobody and another realm are 401', () => {
  const lab = new TurnLab();
  for (const wrong of [{ credential: 'wrong' }, { credential: '' }, { username: 'ada' }, { username: '' }]) {
    assert.equal(lab.client(wrong).allocate(), 401, JSON.stringify(wrong));
  }
  const client = lab.client();
  client.realm = 'elsewhere.test';
  assert.equal(client.allocate(), 401);
  assert.equal(lab.open.size, 0);
});

test('A5: one tampered byte anywhere in a signed Allocate opens nothing', () => {
  const lab = new TurnLab();
  // Over TCP each is answered: over UDP the eleventh in a second is not.
  const client = lab.client({ transport: 'tcp' });
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp]);
  for (let at = 20; at < bytes.length; at++) {
    const tampered = Buffer.from(bytes);
    tampered[at] = (tampered[at] ?? 0) ^ 1;
    assert.ok(
      client.tell(tampered).sent.every(({ message }) => message.class === 'error'),
      `byte ${at}`,
    );
  }
  assert.equal(lab.open.size, 0);
  assert.equal(codeOf(client.ask(bytes)), 0);
});

test('A6, node-turn A: names of Object.prototype are no users, under any guess, as user, realm or nonce', () => {
  const lab = new TurnLab();
  const guesses = ['', 'undefined', '[object Object]', ...objectNames];
  guesses.push(...objectNames.map(name => String(({} as Record<string, unknown>)[name])));
  for (const name of objectNames) {
    for (const username of [name, `1800000000:${name}`]) {
      for (const credential of guesses) {
        const client = lab.client({ username, credential });
        assert.equal(client.allocate(), 401, `${username} with ${credential}`);
        client.nonce = name;
        assert.equal(codeOf(client.ask(client.signed(method.allocate, [udp]))), 438);
        client.learnNonce();
        client.realm = name;
        assert.equal(client.allocate(), 401);
      }
    }
  }
  assert.equal(lab.open.size, 0);
});

test('A7: a credential that expired one second ago is 401, one that expires in a second is not', () => {
  const lab = new TurnLab();
  const expired = credentialOf('ada', lab.now - 11_000, 10);
  assert.equal(lab.client(expired).allocate(), 401);
  assert.equal(lab.client(credentialOf('ada', lab.now - 10_000, 10)).allocate(), 401, 'at its last second');
  assert.equal(lab.client(credentialOf('ada', lab.now - 9000, 10)).allocate(), 0);
});

test('A7: no spelling of an expiry but the plain one opens anything, even under the right password', () => {
  const lab = new TurnLab();
  const usernames = ['0:a', '-1:a', 'NaN:a', '1800000000', '1800000000:a:b', `${'9'.repeat(400)}:a`, '1e10:a', ':a'];
  for (const username of usernames) {
    const client = lab.client({ username, credential: passwordOf(username, secret) });
    assert.equal(client.allocate(), 401, username);
  }
});

test('A7: a username that is no UTF-8 or too long is as good as none', () => {
  const client = new TurnLab().client();
  client.learnNonce();
  for (const username of [Buffer.from('1800000000:\xff', 'latin1'), Buffer.alloc(509, 'a')]) {
    const bytes = request(
      method.allocate,
      [
        udp,
        raw(attributeType.username, username),
        write(attributes.realm, client.realm),
        write(attributes.nonce, client.nonce),
      ],
      { integrityKey: client.key },
    );
    assert.equal(codeOf(client.ask(bytes)), 400);
  }
});

test('A8: the expiry counts for Allocate only: a call outlives its credential', () => {
  const lab = new TurnLab();
  const client = lab.client(credentialOf('ada', lab.now, 10));
  assert.equal(client.allocate(), 0);
  lab.advance(300);
  assert.equal(client.refresh(), 0);
  assert.equal(client.permit(peer), 0);
  assert.equal(client.bind(0x4000, peer), 0);
  assert.equal(client.refresh(0), 0);
  assert.equal(client.allocate(), 401);
});

test('A9, RFC 8656 §5: another user, or the same with another credential, on the allocation is 441', () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate(), 0);
  for (const other of [credentialOf('eve', lab.now), credentialOf('ada', lab.now, 601)]) {
    const intruder = lab.client({ ...other, port: client.from.client.port });
    assert.equal(intruder.refresh(0), 441);
    assert.equal(intruder.permit(peer), 441);
    assert.equal(intruder.bind(0x4000, peer), 441);
  }
  assert.equal(lab.open.size, 1);
  assert.equal(client.refresh(), 0);
});

test('A10: credentials of any of several secrets are good, so that secrets can be rotated', () => {
  const lab = new TurnLab({ secrets: ['new', 'old'] });
  for (const [by, code] of [
    ['new', 0],
    ['old', 0],
    ['older', 401],
  ] as const) {
    const credential = issueCredential({ secret: by, subject: 'ada', ttlSec: 600, now: lab.now });
    assert.equal(lab.client(credential).allocate(), code, by);
  }
});
