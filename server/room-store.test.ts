import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryRoomStore } from './room-store.ts';
import { newcomer } from './testing/newcomer.ts';

const claim = (participantId: string, room = 'support') => ({
  room,
  participantId,
  connectionId: `${participantId}-1`,
});
const now = 1_000_000;

describe('the room store', () => {
  it('lets exactly as many in as there are seats, however many ask at once', async () => {
    const store = new MemoryRoomStore();
    const joinings = await Promise.all(
      Array.from({ length: 100 }, (_, each) => store.join(claim(`p${each}`), newcomer(), 8, now)),
    );
    assert.equal(joinings.filter(joining => 'roster' in joining).length, 8);
    assert.deepEqual(
      joinings.flatMap(({ events }) => events.map(({ message }) => message.version)),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
  });

  it('forgets a room with its last seat, and makes another generation', async () => {
    const store = new MemoryRoomStore();
    const first = await store.join(claim('ada'), newcomer(), 8, now);
    await store.leave(claim('ada'), now);
    assert.equal(store.size, 0);
    const second = await store.join(claim('ada'), newcomer(), 8, now);
    assert.ok('roster' in first && 'roster' in second);
    assert.notEqual(first.roster.generation, second.roster.generation);
    assert.equal(second.roster.version, 1);
  });

  it('keeps nothing of a join that it refused', async () => {
    const store = new MemoryRoomStore();
    assert.ok('refused' in (await store.join(claim('ada'), newcomer(), 0, now)));
    assert.equal(store.size, 0);
  });

  it('gives a seat away when its time is up, even before a sweep', async () => {
    const store = new MemoryRoomStore();
    await store.join(claim('ada'), newcomer(), 2, now);
    await store.join(claim('bo'), newcomer(), 2, now);
    await store.hold(claim('bo'), now);
    const joining = await store.join(claim('mei'), newcomer(), 2, now + 15_000);
    assert.deepEqual(
      joining.events.map(({ name }) => name),
      ['participant-left', 'participant-joined'],
    );
  });

  it('names the rooms in which time is up', async () => {
    const store = new MemoryRoomStore();
    await store.join(claim('ada'), newcomer(), 2, now);
    await store.join(claim('bo', 'other'), newcomer(), 2, now);
    await store.hold(claim('ada'), now);
    assert.deepEqual(await store.expiredRooms(now + 14_999), []);
    assert.deepEqual(await store.expiredRooms(now + 15_000), ['support']);
    await store.expire('support', now + 15_000);
    assert.equal(store.size, 1);
  });

  it('answers only members of the same room', async () => {
    const store = new MemoryRoomStore();
    await store.join(claim('ada'), newcomer(), 2, now);
    await store.join(claim('bo', 'other'), newcomer(), 2, now);
    assert.deepEqual(await store.connectionOf(claim('ada'), 'bo'), { connectionId: undefined, relayOnly: false });
    assert.equal(await store.connectionOf(claim('bo'), 'ada'), 'claim-invalid');
    assert.equal(await store.roster(claim('bo')), undefined);
  });
});
