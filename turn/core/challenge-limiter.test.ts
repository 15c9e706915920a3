import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { codeOf } from '../testing/lab-client.ts';
import { bareAllocate } from '../testing/reply-sizes.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { createChallengeLimiter } from './challenge-limiter.ts';
import { challengeSources, challengesPerSecond } from './limits.ts';

const udp = write(attributes.requestedTransport, 17);
const start = 1_700_000_000_000;

const allowed = (
  limiter: ReturnType<typeof createChallengeLimiter>,
  address: string,
  times: number,
  now = start,
): number => Array.from({ length: times }, () => limiter.allows(address, now)).filter(Boolean).length;

test('D2: the eleventh answer in a second is not given, spread over that second or not; then the count starts anew', () => {
  const limiter = createChallengeLimiter(randomBytes);
  const answers = Array.from({ length: 22 }, (_, index) => limiter.allows('8.8.8.8', start + index * 90));
  // 0, 90 … 900 ms: ten; 990 ms is still the first second; 1080 ms starts the next.
  const pattern = (yes: number, no: number) => [...Array<boolean>(yes).fill(true), ...Array<boolean>(no).fill(false)];
  assert.deepEqual(answers, [...pattern(10, 2), ...pattern(10, 0)]);
  assert.equal(challengesPerSecond, 10);
});

test('D2: addresses are counted apart, IPv6 ones by their /64, which one customer may change at will', () => {
  const limiter = createChallengeLimiter(randomBytes);
  assert.equal(allowed(limiter, '8.8.8.8', 20), 10);
  assert.equal(allowed(limiter, '8.8.8.9', 20), 10);
  assert.equal(allowed(limiter, '2a00:1:2:3::1', 6), 6);
  assert.equal(allowed(limiter, '2a00:1:2:3:ffff::1', 20), 4);
  assert.equal(allowed(limiter, '2a00:1:2:4::1', 20), 10);
});

test('D2: no address can be chosen to push another out: with another seed other addresses share an entry', () => {
  const addresses = Array.from(
    { length: 40_000 },
    (_, index) => `100.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
  );
  const victim = '8.8.8.8';
  // Those that reset the victim's count, found by trying: what an attacker would need to know.
  const rivals = () => {
    const limiter = createChallengeLimiter(randomBytes);
    const found = new Set<string>();
    for (const address of addresses) {
      allowed(limiter, victim, 11);
      limiter.allows(address, start);
      if (limiter.allows(victim, start)) found.add(address);
    }
    return found;
  };
  const [one, two] = [rivals(), rivals()];
  // Ten of 40,000 for 4096 entries; few of these for both seeds, if any.
  for (const found of [one, two]) assert.ok(found.size < 40, `${found.size} of ${addresses.length}`);
  const both = [...one].filter(address => two.has(address));
  assert.ok(both.length < 5, both.join(' '));
  assert.equal(challengeSources, 4096);
});

test('D2: a flood that leaves from one address is answered ten times a second, and everybody else as ever', () => {
  const lab = new TurnLab();
  const [flood, other] = [lab.client(), lab.client()] as const;
  const answers = (count: number) =>
    Array.from({ length: count }, (_, index) => flood.tell(bareAllocate(index)).sent.length).reduce((a, b) => a + b);
  assert.equal(answers(1000), 10);
  assert.equal(other.allocate(), 0);
  lab.advance(1);
  assert.equal(answers(1000), 10);
  const { refusals, drops } = lab.core.counters();
  assert.deepEqual([refusals[401], drops['challenge-suppressed']], [21, 1980]);
});

test('D2: who was not answered retransmits as RFC 8489 §6.2.1 says, and gets in', () => {
  const lab = new TurnLab();
  const address = '9.200.0.1';
  const [noisy, client] = [lab.client({ address }), lab.client({ address })] as const;
  for (let index = 0; index < 50; index++) noisy.tell(bareAllocate(index));
  const first = bareAllocate(99);
  assert.deepEqual(client.tell(first).dropped, ['challenge-suppressed']);
  lab.advance(0.5);
  assert.deepEqual(client.tell(first).dropped, ['challenge-suppressed']);
  lab.advance(1);
  assert.equal(codeOf(client.ask(first)), 401);
  assert.equal(client.allocate(), 0);
});

test('D2: whoever is logged in is answered, however many strangers come from the same address', () => {
  const lab = new TurnLab();
  const address = '9.200.0.1';
  const client = lab.client({ address });
  assert.equal(client.allocate(), 0);
  const noisy = lab.client({ address });
  for (let index = 0; index < 50; index++) noisy.tell(bareAllocate(index));
  assert.deepEqual([client.refresh(), client.refresh(0), client.allocate()], [0, 0, 0]);
  // A credential that has run out is a login too: its sender was there to sign with our nonce.
  lab.advance(601);
  for (let index = 0; index < 50; index++) noisy.tell(bareAllocate(index));
  assert.equal(client.allocate(), 401);
});

test('D2: a hundred clients behind one NAT are let in at once, as each login gives its challenge back', () => {
  const lab = new TurnLab();
  const clients = Array.from({ length: 100 }, () => lab.client({ address: '9.200.0.1' }));
  assert.ok(clients.every(client => client.allocate() === 0));
});

test('D2: TCP and TLS are never limited: a source that shook hands is not forged', () => {
  const lab = new TurnLab();
  for (const transport of ['tcp', 'tls'] as const) {
    const client = lab.client({ address: '9.200.0.1', transport });
    for (let index = 0; index < 50; index++) assert.equal(codeOf(client.ask(bareAllocate(index))), 401);
  }
});

test('D7: 10,000 guesses at passwords open nothing; over UDP ten a second are answered', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  let answered = 0;
  for (let guess = 0; guess < 10_000; guess++) {
    client.credential = `guess ${guess}`;
    const { sent } = client.tell(client.signed(method.allocate, [udp]));
    answered += sent.length;
    for (const { message } of sent) assert.equal(codeOf(message), 401);
    lab.advance(0.001);
  }
  assert.ok(answered <= 11 * challengesPerSecond, `${answered} answers in ten seconds`);
  assert.deepEqual([lab.opened, lab.core.counts().clients, lab.core.counts().users], [0, 0, 0]);
});
