import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialOf, TurnLab } from '../testing/turn-lab.ts';
import { evenPort, requestedTransport } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { Revocations } from './revocations.ts';

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const revoke = (lab: TurnLab, subject: string, seconds = 600) => lab.perform(lab.core.revoke(subject, seconds));

test('a user who is revoked loses every allocation at once, and nobody else does', () => {
  const lab = new TurnLab();
  const [first, second, other] = [lab.client(), lab.client(), lab.client(credentialOf('bo', lab.now))];
  for (const client of [first, second, other]) assert.equal(client.allocate(), 0);
  revoke(lab, 'ada');
  assert.equal(lab.open.size, 1);
  assert.equal(first.refresh(), 437);
  assert.equal(second.permit(peer), 437);
  assert.equal(other.refresh(), 0);
  assert.deepEqual([lab.core.counts().allocations, lab.core.counts().leases], [1, 1]);
});

test('a user who is revoked opens nothing more, with any credential, until the time is up', () => {
  const lab = new TurnLab();
  assert.equal(lab.client(credentialOf('ada', lab.now)).allocate(), 0);
  revoke(lab, 'ada');
  assert.equal(lab.client(credentialOf('ada', lab.now)).allocate(), 401);
  assert.equal(lab.client(credentialOf('ada', lab.now, 601)).allocate(), 401);
  assert.equal(lab.client(credentialOf('adam', lab.now)).allocate(), 0);
  lab.advance(599);
  assert.equal(lab.client(credentialOf('ada', lab.now)).allocate(), 401);
  lab.advance(1);
  assert.equal(lab.client(credentialOf('ada', lab.now)).allocate(), 0);
});

test('an allocation whose socket was being opened when its user was revoked does not live', () => {
  const lab = new TurnLab();
  lab.holdBinds = true;
  const client = lab.client();
  client.learnNonce();
  client.tell(client.signed(method.allocate, [write(requestedTransport, 17)]));
  const [relay] = lab.held;
  assert.ok(relay);
  revoke(lab, 'ada');
  lab.settle(relay);
  assert.equal(lab.open.size, 0);
  assert.deepEqual([lab.core.counts().allocations, lab.core.counts().leases], [0, 0]);
});

test('a shorter revocation does not end a longer one', () => {
  const lab = new TurnLab();
  revoke(lab, 'ada', 600);
  revoke(lab, 'ada', 10);
  lab.advance(11);
  lab.sweep();
  assert.equal(lab.client(credentialOf('ada', lab.now)).allocate(), 401);
});

test('a revocation that is over is forgotten', () => {
  const revocations = new Revocations();
  revocations.add('ada', 1_000);
  revocations.add('bo', 2_000);
  revocations.sweep(1_000);
  assert.deepEqual([revocations.count, revocations.holds('bo', 1_999)], [1, true]);
});

test('a reservation of a user who is revoked is closed', () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate([write(evenPort, true)]), 0);
  assert.equal(lab.open.size, 2);
  revoke(lab, 'ada');
  assert.equal(lab.open.size, 0);
  assert.equal(lab.core.counts().reservations, 0);
});
