import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import { seededRandom } from '../testing/random.ts';
import { credentialOf, listeners, TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import type { Message } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { Quota } from './quota.ts';

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

test('L11: a user is the subject, whatever the transport, the address or the listener', () => {
  const lab = new TurnLab({ userQuota: 3 });
  const ways = [
    { transport: 'udp' },
    { transport: 'tcp' },
    { transport: 'tls', address: '2a02::5', server: listeners.ipv6 },
  ] as const;
  for (const way of ways) assert.equal(lab.client({ subject: 'ada', ...way }).allocate(), 0);
  for (const way of ways) assert.equal(lab.client({ subject: 'ada', ...way }).allocate(), 486);
  assert.equal(lab.client({ subject: 'bob', ...ways[1] }).allocate(), 0);
});

test('L11: whoever holds nothing any more is forgotten, however it ended', () => {
  const lab = new TurnLab({ userQuota: 1 });
  const [freed, expired, failed] = ['freed', 'expired', 'failed'].map(subject => lab.client({ subject }));
  assert.equal(freed!.allocate(), 0);
  assert.equal(freed!.refresh(0), 0);
  assert.equal(expired!.allocate(), 0);
  lab.bindError = 'EMFILE';
  assert.equal(failed!.allocate(), 508);
  lab.advance(600);
  lab.sweep();
  assert.deepEqual([lab.core.counts().users, lab.core.counts().leases], [0, 0]);
});

test('L11: an allocation that has expired and was not swept yet counts until then, and never twice', () => {
  const lab = new TurnLab({ userQuota: 1 });
  const client = lab.client();
  client.allocate();
  lab.advance(600);
  // The sweep comes by once a second.
  client.username = credentialOf('ada', lab.now).username;
  client.credential = credentialOf('ada', lab.now).credential;
  assert.equal(client.allocate(), 486);
  lab.sweep();
  assert.equal(client.allocate(), 0);
  assert.equal(lab.core.counts().leases, 1);
});

test('L11, D6: 200 at once with one credential: as many as the quota are granted, in whatever order the sockets open', () => {
  const lab = new TurnLab({ userQuota: 4, totalQuota: 6 });
  lab.holdBinds = true;
  const clients = ['attacker', 'attacker', 'attacker', 'other'].flatMap(subject =>
    Array.from({ length: 50 }, () => lab.client({ subject })),
  );
  for (const client of clients) client.learnNonce();
  let granted = 0;
  let refused = 0;
  const count = ({ sent }: { readonly sent: readonly { readonly message: Message }[] }) => {
    for (const { message } of sent) {
      if (codeOf(message) === 0) granted++;
      else refused++;
    }
  };
  const random = seededRandom(200);
  for (const client of clients) {
    count(client.tell(client.signed(method.allocate, [udp])));
    if (random(3) === 0 && lab.held.length > 0) count(lab.settle(lab.held.splice(random(lab.held.length), 1)[0]!));
  }
  while (lab.held.length > 0) count(lab.settle(lab.held.pop()!));
  assert.deepEqual([granted, refused, lab.open.size, lab.core.counts().leases], [6, 194, 6, 6]);
});

test('L11: the total quota counts a pair whole or not at all', () => {
  const lab = new TurnLab({ totalQuota: 2 });
  assert.equal(lab.client({ subject: 'ada' }).allocate(), 0);
  assert.equal(lab.client({ subject: 'bob' }).allocate([pair]), 486);
  assert.deepEqual([lab.core.counts().leases, lab.core.counts().users, lab.open.size], [1, 1, 1]);
  assert.equal(lab.client({ subject: 'bob' }).allocate(), 0);
});

test('L11: a lease is given back once, however often it is released', () => {
  const quota = new Quota({ userQuota: 3, totalQuota: 3 });
  const [lease] = quota.reserve('ada', 2) ?? [];
  lease!.release();
  lease!.release();
  assert.deepEqual([quota.total, quota.userCount], [1, 1]);
});
