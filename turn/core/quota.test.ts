import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';

const udp = write(attributes.requestedTransport, 17);
const pair = write(attributes.evenPort, true);

test('L11: the quota is per user, whatever the credential or the address, and comes back with each allocation', () => {
  const lab = new TurnLab({ userQuota: 2 });
  const ada = () => lab.client({ subject: 'ada' });
  const [first] = [ada(), ada()].map(client => (assert.equal(client.allocate(), 0), client));
  lab.advance(1);
  assert.equal(ada().allocate(), 486);
  assert.equal(lab.client({ subject: 'bob' }).allocate(), 0);
  first!.refresh(0);
  first!.refresh(0);
  assert.equal(ada().allocate(), 0);
  assert.equal(ada().allocate(), 486);
  lab.advance(600);
  lab.sweep();
  assert.equal(ada().allocate(), 0);
});

test('L11: a total quota holds for all users together', () => {
  const lab = new TurnLab({ totalQuota: 3 });
  const codes = ['a', 'b', 'c', 'd'].map(subject => lab.client({ subject }).allocate());
  assert.deepEqual(codes, [0, 0, 0, 486]);
});

test('L11, D6: a burst cannot pass the quota: what is being opened counts', () => {
  const lab = new TurnLab({ userQuota: 5 });
  lab.holdBinds = true;
  const clients = Array.from({ length: 20 }, () => lab.client());
  for (const client of clients) client.learnNonce();
  const outcomes = clients.map(client => client.tell(client.signed(method.allocate, [udp])));
  assert.equal(lab.held.length, 5);
  assert.deepEqual(new Set(outcomes.flatMap(({ sent }) => sent.map(({ message }) => codeOf(message)))), new Set([486]));
  for (const relay of lab.held.slice(0, 2)) lab.settle(relay, 'EMFILE');
  for (const relay of lab.held.slice(2)) lab.settle(relay);
  assert.deepEqual([lab.open.size, lab.core.counts().leases, lab.core.counts().pending], [3, 3, 0]);
});

test('L11: a retransmission costs no quota, and a pair costs two', () => {
  const lab = new TurnLab({ userQuota: 3 });
  const client = lab.client();
  client.learnNonce();
  const bytes = client.signed(method.allocate, [udp]);
  for (let again = 0; again < 10; again++) assert.equal(codeOf(client.ask(bytes)), 0);
  assert.equal(lab.client().allocate([pair]), 0);
  assert.equal(lab.client().allocate(), 486);
  lab.advance(30);
  lab.sweep();
  assert.equal(lab.client().allocate([pair]), 486);
  assert.equal(lab.client().allocate(), 0);
});
