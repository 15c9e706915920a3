import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indication, raw, request } from '../testing/packets.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import { method } from '../wire/methods.ts';
import { dropReasons } from './actions.ts';
import { refusalCodes } from './refusal-codes.ts';

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

test('datagrams and payload bytes are counted once each, by where they leave', () => {
  const lab = new TurnLab();
  const [ada, bob] = [lab.client(), lab.client()] as const;
  for (const client of [ada, bob]) client.allocate();
  ada.bind(0x4001, peer);
  ada.channelData(0x4001, '12345');
  ada.send(peer, '1234567');
  ada.hear('123', peer);
  ada.hear('', { ...peer, port: 9 });
  ada.permit(bob.relayed!);
  bob.permit(ada.relayed!);
  ada.send(bob.relayed!, '12');
  bob.bind(0x4001, ada.relayed!);
  bob.channelData(0x4001, '1234');
  ada.bind(0x4002, bob.relayed!);
  bob.channelData(0x4001, '12345678');
  assert.deepEqual(lab.core.counters().relayed, {
    toPeer: { datagrams: 2, bytes: 12 },
    toClient: { datagrams: 2, bytes: 3 },
    hairpin: { datagrams: 3, bytes: 14 },
  });
});

test('what is refused or dropped is counted under its code or reason, and under no other', () => {
  const lab = new TurnLab();
  const client = lab.client();
  const { core } = lab;
  const before = core.counters();
  assert.deepEqual(Object.keys(before.drops), [...dropReasons]);
  assert.deepEqual(Object.keys(before.refusals).map(Number), [...refusalCodes]);
  assert.ok(Object.values({ ...before.drops, ...before.refusals }).every(count => count === 0));

  client.allocate(); // 401, then success
  client.permit({ ...peer, address: '10.0.0.1' }); // 403
  client.code(method.refresh, [raw(0x7ffe)]); // 420
  client.tell(Buffer.from('nonsense'));
  client.send(peer, 'x');
  client.hear('x', peer);
  client.tell(indication(method.binding));
  lab.receive(request(method.binding), { ...client.from, client: { ...client.from.client, port: 0 } });
  const { refusals, drops } = core.counters();
  const counted = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
  assert.deepEqual(counted(refusals), { 401: 1, 403: 1, 420: 1 });
  assert.deepEqual(counted(drops), {
    'not-stun': 1,
    'permission-missing': 2,
    'indication-answered-by-silence': 1,
    'source-port-zero': 1,
  });
});

test('a refusal that comes with the outcome of a bind is counted too', () => {
  const lab = new TurnLab();
  lab.bindError = 'EMFILE';
  assert.equal(lab.client().allocate(), 508);
  assert.equal(lab.core.counters().refusals[508], 1);
});

test('counters only grow, and a reading does not change any more', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate();
  client.bind(0x4001, peer);
  const random = seededRandom(3);
  const bytes = client.signed(method.refresh);
  const flat = () => {
    const { relayed, refusals, drops } = lab.core.counters();
    const { toPeer, toClient, hairpin } = relayed;
    return [toPeer, toClient, hairpin, refusals, drops].flatMap(counts =>
      Object.values(counts as Record<string, number>),
    );
  };
  const first = lab.core.counters();
  const copy = structuredClone(first);
  let last = flat();
  for (let round = 0; round < 2000; round++) {
    client.tell(mutate(bytes, random));
    client.channelData(0x4001, 'x');
    if (round % 500 === 0) {
      lab.advance(1);
      lab.sweep();
    }
    const next = flat();
    assert.ok(next.every((count, index) => Number.isSafeInteger(count) && count >= last[index]!));
    last = next;
  }
  assert.deepEqual(first, copy);
});
