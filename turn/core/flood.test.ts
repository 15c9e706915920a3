import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzDatagrams, peers } from '../testing/fuzz-datagrams.ts';
import { turnPackets } from '../testing/packets.ts';
import { assertGrowsLess } from '../testing/process.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { bareAllocate, replySizes, withTransactionId } from '../testing/reply-sizes.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import type { FiveTuple } from './actions.ts';
import { dropReasons } from './actions.ts';

/** A call between two clients of the relay, one datagram each way at a time. */
const startCall = (lab: TurnLab) => {
  const [ada, bob] = [lab.client({ subject: 'ada' }), lab.client({ subject: 'bob' })] as const;
  for (const client of [ada, bob]) client.allocate();
  ada.bind(0x4001, bob.relayed!);
  bob.bind(0x4002, ada.relayed!);
  return (round: number): void => {
    assert.equal(bob.heard(ada.channelData(0x4001, `out ${round}`))?.payload.toString(), `out ${round}`);
    assert.equal(ada.heard(bob.channelData(0x4002, `in ${round}`))?.payload.toString(), `in ${round}`);
  };
};

/** A source that is written in the datagram and never seen again. */
const forged = (index: number): FiveTuple => ({
  transport: 'udp',
  client: {
    address: `${11 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.7`,
    port: 1024 + (index % 60_000),
    family: 'IPv4',
  },
  server: listeners.ipv4,
});

const firstPackets = [...replySizes.map(({ datagram }) => datagram), ...turnPackets];

/** The least that could be kept of each of 100,000 packets, a number, is 800 kB; below that is the engine's own noise. */
const noiseBytes = 700_000;

test('D1, node-turn G: 100,000 first datagrams from as many forged addresses leave nothing, and a call loses nothing', async () => {
  const lab = new TurnLab();
  const carry = startCall(lab);
  const held = lab.core.counts();
  let index = 0;
  const send = (count: number) => {
    for (const end = index + count; index < end; index++) {
      const id = bareAllocate(index).subarray(8, 20);
      const datagram = firstPackets[index % firstPackets.length]!;
      const isStun = datagram.length >= 20 && (datagram[0] ?? 0) < 0x40;
      lab.core.receive(isStun ? withTransactionId(datagram, id) : Buffer.from(datagram), forged(index), lab.now);
      if (index % 100 === 0) carry(index);
      if (index % 1000 === 0) lab.advance(0.01);
    }
  };
  send(20_000);
  await assertGrowsLess(noiseBytes, () => send(100_000));
  assert.deepEqual(lab.core.counts(), held);
  assert.equal(lab.opened, 2);
});

test('D1: as many bare Allocates from one network are answered ten times a second, and leave nothing either', async () => {
  const lab = new TurnLab();
  const carry = startCall(lab);
  let answered = 0;
  let index = 0;
  const send = (count: number) => {
    for (const end = index + count; index < end; index++) {
      const from: FiveTuple = {
        transport: 'udp',
        // Each in another corner of one /64.
        client: {
          address: `2a02:1:2:3:${(index >> 8).toString(16)}::${(index & 255).toString(16)}`,
          port: 999,
          family: 'IPv6',
        },
        server: listeners.ipv6,
      };
      const [action] = lab.core.receive(bareAllocate(index), from, lab.now);
      if (action?.type === 'send') answered++;
      if (index % 100 === 0) carry(index);
    }
  };
  send(10_000);
  await assertGrowsLess(noiseBytes, () => send(100_000));
  assert.equal(answered, 10);
});

test('D4: 100,000 datagrams of garbage are not answered, cost no memory, and each is counted', async () => {
  const lab = new TurnLab();
  const carry = startCall(lab);
  const random = seededRandom(4);
  const before = lab.core.counters();
  const garbage = Array.from({ length: 500 }, (_, index) =>
    Buffer.from(Array.from({ length: random(index % 100 === 0 ? 1500 : 64) }, () => random(256))),
  );
  let sent = 0;
  let index = 0;
  const send = (count: number) => {
    for (const end = index + count; index < end; index++) {
      const actions = lab.core.receive(Buffer.from(garbage[index % garbage.length]!), forged(index), lab.now);
      sent += actions.filter(({ type }) => type !== 'drop').length;
      if (index % 100 === 0) carry(index);
    }
  };
  send(20_000);
  await assertGrowsLess(noiseBytes, () => send(100_000));
  assert.equal(sent, 0);
  const after = lab.core.counters();
  const dropped = dropReasons.reduce((sum, reason) => sum + after.drops[reason] - before.drops[reason], 0);
  assert.equal(dropped, index);
});

test('D7: 100,000 signed requests of users whom nobody knows leave nothing', async () => {
  const lab = new TurnLab();
  const carry = startCall(lab);
  const random = seededRandom(7);
  const known = { peers, tokens: [Buffer.alloc(8)] };
  // Over TCP, so that the limiter does not spare the core the work.
  const client = lab.client({ transport: 'tcp', credential: 'guess' });
  client.learnNonce();
  const datagrams = Array.from({ length: 2000 }, (_, index) => {
    client.username = `1800000000:user ${index}`;
    return mutateSome(fuzzDatagrams(client, known, random), index);
  });
  function mutateSome(bytes: Buffer, index: number): Buffer {
    return index % 4 === 0 ? mutate(bytes, random) : bytes;
  }
  const send = (count: number) => {
    for (let index = 0; index < count; index++) {
      lab.core.receive(Buffer.from(datagrams[index % datagrams.length]!), client.from, lab.now);
      if (index % 100 === 0) carry(index);
    }
  };
  send(5000);
  await assertGrowsLess(noiseBytes, () => send(100_000));
  const { allocations, users, clients } = lab.core.counts();
  assert.deepEqual([allocations, users, clients], [2, 2, 2]);
});
