import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialOf, TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';

// Each of these opened some relay or other (turn-servers.md §1.3 A and I, §2); here with the code that it gets.

test('refused with 401: a credential of one second ago, a tampered one, and users named like object members', () => {
  const lab = new TurnLab();
  const { username, credential } = credentialOf('ada', lab.now - 601_000, 600);
  assert.equal(lab.client({ username, credential }).allocate(), 401, 'expired one second ago');

  const good = credentialOf('ada', lab.now);
  const later = `1${good.username}`;
  for (const tampered of [
    { ...good, username: later },
    { ...good, username: `${good.username}x` },
    { ...good, credential: good.credential.toLowerCase() },
    { ...good, credential: good.credential.slice(0, -1) },
  ]) {
    assert.equal(lab.client(tampered).allocate(), 401, JSON.stringify(tampered));
  }

  for (const username of ['constructor', '__proto__']) {
    const passwords = [
      '',
      'x',
      username,
      '[object Object]',
      'function Object() { [native code] }',
      'undefined',
      'null',
    ];
    for (const password of passwords) assert.equal(lab.client({ username, credential: password }).allocate(), 401);
  }
  assert.deepEqual([lab.opened, lab.open.size], [0, 0]);
});

const cases = [
  { address: '127.0.0.1', code: 403 },
  { address: '169.254.169.254', code: 403 },
  { address: '10.0.0.1', code: 403 },
  { address: '::ffff:127.0.0.1', code: 403 },
  { address: '64:ff9b::7f00:1', code: 403 },
] as const;

for (const { address, code } of cases) {
  test(`refused with ${code} or dropped through every method: the peer ${address} (node-turn I)`, () => {
    const lab = new TurnLab();
    const client = lab.client();
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    client.allocate([write(attributes.requestedAddressFamily, family === 'IPv6' ? 2 : 1)]);
    const peer = { address, port: 80, family } as const;
    assert.equal(client.permit(peer), code);
    assert.equal(client.bind(0x4001, peer), code);
    assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing']);
    assert.deepEqual(client.channelData(0x4001, 'x').dropped, ['channel-unbound']);
    assert.equal(client.hear('x', peer), undefined);
    assert.equal(lab.open.size, 1, 'the allocation lives on');
    assert.equal(client.permit({ ...peer, address: family === 'IPv6' ? '2606:4700::1111' : '8.8.4.4' }), 0);
  });

  test(`refused through an allocation of the other family: the peer ${address}`, () => {
    const lab = new TurnLab();
    const client = lab.client();
    const family = address.includes(':') ? 'IPv6' : 'IPv4';
    client.allocate([write(attributes.requestedAddressFamily, family === 'IPv6' ? 1 : 2)]);
    const peer = { address, port: 80, family } as const;
    assert.equal(client.permit(peer), 443);
    assert.equal(client.bind(0x4001, peer), 443);
    assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing']);
  });
}
