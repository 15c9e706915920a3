import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enter, resume } from './joining.ts';
import { connectionOf, emptyRoom, expire, hold, leave, reserve, rosterOf, update } from './rooms.ts';
import type { Change, Occupant, Room } from './rooms.ts';
import { inWords, told } from './testing/in-words.ts';
import { again, profile, visaOf } from './testing/newcomer.ts';

const now = 1_000_000;
const heldMs = 15_000;

const by = (participantId: string, connectionId = `${participantId}-1`): Occupant => ({ participantId, connectionId });

function joined(room: Room, occupant: Occupant, capacity = 8): Change {
  const outcome = resume(room, occupant, again) ?? enter(room, occupant, profile, visaOf(), capacity);
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome;
}

const roomWith = (...ids: string[]): Room => ids.reduce((room, id) => joined(room, by(id)).room, emptyRoom('g'));

const ids = (room: Room): string[] => rosterOf(room).participants.map(({ id }) => id);

describe('a room', () => {
  it('is joined in order, and the first is its host', () => {
    const room = roomWith('ada', 'bo');
    assert.deepEqual(
      rosterOf(room).participants.map(({ id, role }) => [id, role]),
      [
        ['ada', 'host'],
        ['bo', 'member'],
      ],
    );
    assert.deepEqual([room.generation, room.version], ['g', 2]);
  });

  it('does not change the value that it was given', () => {
    const before = roomWith('ada');
    const copy = structuredClone(before);
    joined(before, by('bo'));
    leave(before, by('ada'));
    assert.deepEqual(before, copy);
  });

  it('holds as many as its capacity', () => {
    assert.deepEqual(enter(roomWith('ada', 'bo'), by('mei'), profile, visaOf(), 2), { refused: 'room-full' });
  });

  it('counts held and reserved seats', () => {
    const held = hold(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.deepEqual(enter(held, by('mei'), profile, visaOf(), 2), { refused: 'room-full' });
    const reserved = reserve(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.deepEqual(enter(reserved, by('mei'), profile, visaOf(), 2), { refused: 'room-full' });
  });

  it('gives everybody their own seat back, however full it is', () => {
    const held = hold(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.deepEqual(told(joined(held, by('ada', 'ada-2'), 2)), ['updated ada host 3']);
    const reserved = reserve(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.deepEqual(told(joined(reserved, by('ada', 'ada-2'), 2)), ['joined ada member 5']);
  });
});

describe('a host', () => {
  it('who leaves is followed by the next longest, with a version of its own', () => {
    assert.deepEqual(told(leave(roomWith('ada', 'bo', 'mei'), by('ada'))), ['left ada left 4', 'updated bo host 5']);
  });

  it('whose page reloads comes back as a member', () => {
    const room = reserve(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.deepEqual(ids(joined(room, by('ada', 'ada-2')).room), ['bo', 'ada']);
  });

  it('whose connection is lost stays host until the time is up', () => {
    const room = hold(roomWith('ada', 'bo'), by('ada'), now).room;
    assert.equal(rosterOf(room).participants[0]?.role, 'host');
    assert.deepEqual(told(expire(room, now + heldMs)), ['left ada timeout 3', 'updated bo host 4']);
  });
});

describe('a lost connection', () => {
  it('is silent and reaches nobody', () => {
    const { room, events } = hold(roomWith('ada', 'bo'), by('bo'), now);
    assert.deepEqual(events, []);
    assert.equal(room.version, 2);
    assert.deepEqual(ids(room), ['ada', 'bo']);
    assert.equal(connectionOf(room, 'bo'), undefined);
  });

  it('times out after 15 seconds and not before', () => {
    const { room } = hold(roomWith('ada', 'bo'), by('bo'), now);
    assert.deepEqual(told(expire(room, now + heldMs - 1)), []);
    assert.deepEqual(told(expire(room, now + heldMs)), ['left bo timeout 3']);
  });
});

describe('whose seat is gone', () => {
  it('is remembered, each once and to a bound, the latest longest', () => {
    let room = roomWith('ada');
    for (let count = 0; count < 100; count++) {
      room = leave(joined(room, by('bo')).room, by('bo')).room;
      room = leave(joined(room, by(`p${count}`)).room, by(`p${count}`)).room;
    }
    const departed = room.departed.map(({ id }) => id);
    assert.equal(departed.length, 64);
    assert.deepEqual(departed.slice(-2), ['bo', 'p99']);
  });
});

describe('a page that goes away', () => {
  it('leaves at once, and its seat goes in silence', () => {
    const { room, events } = reserve(roomWith('ada', 'bo'), by('bo'), now);
    assert.deepEqual(events.map(inWords), ['left bo left 3']);
    const expired = expire(room, now + heldMs);
    assert.deepEqual(told(expired), []);
    assert.equal(expired.room.seats.length, 1);
  });

  it('comes back with its hand down', () => {
    const raised = update(roomWith('ada', 'bo'), by('bo'), { handRaised: true }).room;
    const { room } = reserve(raised, by('bo'), now);
    assert.equal(rosterOf(joined(room, by('bo', 'bo-2')).room).participants[1]?.handRaised, false);
  });
});

describe('a connection that was replaced', () => {
  it('is named, and the hand stays up', () => {
    const raised = update(roomWith('ada'), by('ada'), { handRaised: true }).room;
    const { endings, room } = joined(raised, by('ada', 'ada-2'));
    assert.deepEqual(endings, [{ participantId: 'ada', connectionId: 'ada-1', reason: 'replaced' }]);
    assert.equal(rosterOf(room).participants[0]?.handRaised, true);
  });

  it('says anew to whom its picture is paused, and nothing means nobody', () => {
    const paused = update(roomWith('ada'), by('ada'), { videoPausedFor: ['bo'] }).room;
    assert.deepEqual(rosterOf(paused).participants[0]?.videoPausedFor, ['bo']);
    const { room } = joined(paused, by('ada', 'ada-2'));
    assert.equal(rosterOf(room).participants[0]?.videoPausedFor, undefined);
  });

  it('that joins again by itself replaces nobody', () => {
    assert.equal(joined(roomWith('ada'), by('ada')).endings, undefined);
  });

  for (const [name, act] of Object.entries({
    leave: (room: Room, who: Occupant) => leave(room, who),
    reserve: (room: Room, who: Occupant) => reserve(room, who, now),
    hold: (room: Room, who: Occupant) => hold(room, who, now),
    update: (room: Room, who: Occupant) => update(room, who, { camera: false }),
  })) {
    it(`can no longer ${name}`, () => {
      const { room } = joined(roomWith('ada', 'bo'), by('ada', 'ada-2'));
      assert.deepEqual(act(room, by('ada', 'ada-1')), { room, events: [] });
    });
  }
});
