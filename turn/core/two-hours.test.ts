import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnLab } from '../testing/turn-lab.ts';
import type { LabClient } from '../testing/lab-client.ts';

const twoHoursSec = 2 * 60 * 60;
const empty = { allocations: 0, reservations: 0, pending: 0, leases: 0, users: 0, ports: 0, clients: 0 };
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

// As libwebrtc does: Refresh a minute before the end, ChannelBind often enough to keep the permission too.
const refreshEverySec = 540;
const bindEverySec = 240;

test('R3, node-turn C: two hours of a call: refreshes, permissions and channels hold, then all is freed exactly once', () => {
  const lab = new TurnLab();
  const [ada, bob] = [lab.client({ subject: 'ada' }), lab.client({ subject: 'bob' })] as const;
  const ends = [
    { me: ada, other: bob, number: 0x4001 },
    { me: bob, other: ada, number: 0x4002 },
  ];
  for (const { me } of ends) assert.equal(me.allocate(), 0);

  for (let second = 0; second < twoHoursSec; second++) {
    for (const { me, other, number } of ends) {
      if (second > 0 && second % refreshEverySec === 0) assert.equal(me.refresh(), 0, `Refresh at ${second} s`);
      if (second % bindEverySec === 0) assert.equal(me.bind(number, other.relayed!), 0, `ChannelBind at ${second} s`);
      // Firefox's way: permissions and indications, no channel.
      if (second % bindEverySec === 0) assert.equal(me.permit(peer), 0);
    }
    carry(ada, bob, 0x4001, second);
    carry(bob, ada, 0x4002, second);
    assert.equal(ada.send(peer, 'x').relayed.length, 1);
    assert.deepEqual(ada.hear('x', peer)?.via, peer);
    lab.advance(1);
    lab.sweep();
    assert.equal(lab.open.size, 2, `open at ${second} s`);
  }
  const { allocations, leases, users, ports } = lab.core.counts();
  assert.deepEqual([allocations, leases, users, ports], [2, 2, 2, 2]);

  assert.equal(ada.refresh(0), 0);
  // Bob's tab was closed without a word: his allocation runs out by itself.
  for (let second = 0; second < 600; second++) {
    lab.advance(1);
    lab.sweep();
  }
  assert.deepEqual(lab.core.counts(), empty);
  assert.deepEqual([lab.opened, lab.closed, lab.open.size], [2, 2, 0]);

  function carry(from: LabClient, to: LabClient, number: number, second: number): void {
    const heard = to.heard(from.channelData(number, String(second)));
    assert.deepEqual([heard?.via, heard?.payload.toString()], [to === ada ? 0x4001 : 0x4002, String(second)]);
  }
});
