import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removedMaxIds, waitingMax } from '../protocol/limits.ts';
import { enter, resume } from './joining.ts';
import type { JoinOutcome } from './joining.ts';
import { moderate } from './moderation.ts';
import type { HostAction, HostOutcome } from './moderation.ts';
import { noticesOf } from './notices.ts';
import { emptyRoom, expire, hold, leave, removedFrom, reserve, rosterOf } from './rooms.ts';
import type { Change, Occupant, Room, Visa } from './rooms.ts';
import { told } from './testing/in-words.ts';
import { again, profile, visaOf } from './testing/newcomer.ts';

const now = 1_000_000;
const by = (participantId: string, tab = 1): Occupant => ({ participantId, connectionId: `${participantId}-${tab}` });

const entering = (room: Room, id: string, visa: Partial<Visa> = {}, capacity = 8): JoinOutcome =>
  enter(room, by(id), { ...profile, displayName: id }, visaOf({ marks: [`user:${id}`], ...visa }), capacity);

function done(outcome: JoinOutcome | HostOutcome): Change {
  if (outcome.refused !== undefined) throw new Error(outcome.refused);
  return outcome;
}

const roomOf = (...people: [id: string, visa?: Partial<Visa>][]): Room =>
  people.reduce((room, [id, visa]) => done(entering(room, id, visa)).room, emptyRoom('g'));

const acting = (room: Room, id: string, action: HostAction, capacity = 8, at = now): HostOutcome =>
  moderate(room, by(id), action, capacity, at);
const act = (...args: Parameters<typeof acting>): Change => done(acting(...args));

const roles = (room: Room): string[] => rosterOf(room).participants.map(({ id, role }) => `${id} ${role}`);
const line = ({ waiting }: Room): string[] => waiting.map(({ member }) => member.id);
const knocking = { mustKnock: true, role: 'guest' } as const;

describe('the host', () => {
  it('is the member longest in the room while nobody was granted it', () => {
    const room = roomOf(['gus', { role: 'guest' }], ['ada'], ['bo']);
    assert.deepEqual(roles(room), ['gus guest', 'ada host', 'bo member']);
    assert.deepEqual(roles(leave(room, by('ada')).room), ['gus guest', 'bo host']);
  });

  it('by staying steps back when one comes who was granted it, and again when the last one of those leaves', () => {
    const room = roomOf(['ada'], ['bo']);
    const came = done(entering(room, 'hal', { role: 'host' }));
    assert.deepEqual(told(came), ['joined hal host 3', 'updated ada member 4']);
    assert.deepEqual(told(leave(came.room, by('hal'))), ['left hal left 5', 'updated ada host 6']);
  });

  it('is never a guest, however long they stay', () => {
    const room = roomOf(['gus', { role: 'guest' }], ['hal', { role: 'host' }]);
    assert.deepEqual(roles(leave(room, by('hal')).room), ['gus guest']);
    assert.deepEqual(acting(room, 'gus', { type: 'lock', locked: true }), { refused: 'host-only' });
  });

  it('makes another one and stays one', () => {
    const room = roomOf(['ada'], ['bo'], ['cem']);
    const made = act(room, 'ada', { type: 'make-host', id: 'bo' });
    assert.deepEqual(told(made), ['updated bo host 4']);
    assert.deepEqual(roles(made.room), ['ada host', 'bo host', 'cem member']);
    assert.deepEqual(told(leave(made.room, by('ada'))), ['left ada left 5']);
    assert.deepEqual(told(act(made.room, 'ada', { type: 'make-host', id: 'bo' })), []);
  });

  it('can make one of a guest', () => {
    const room = act(roomOf(['ada'], ['gus', { role: 'guest' }]), 'ada', { type: 'make-host', id: 'gus' }).room;
    assert.deepEqual(roles(room), ['ada host', 'gus host']);
  });

  it('alone may ask', () => {
    const room = roomOf(['ada'], ['bo']);
    const actions: HostAction[] = [
      { type: 'lock', locked: true },
      { type: 'end' },
      ...(['admit', 'reject', 'mute-participant', 'remove', 'make-host'] as const).map(type => ({ type, id: 'ada' })),
    ];
    for (const action of actions) {
      assert.deepEqual(acting(room, 'bo', action), { refused: 'host-only' }, action.type);
      assert.deepEqual(acting(room, 'eve', action), { refused: 'not-in-room' }, action.type);
      assert.deepEqual(moderate(room, by('ada', 2), action, 8, now), { refused: 'not-in-room' }, action.type);
    }
  });

  it('can do nothing to themselves, or, but for a removal, to nobody', () => {
    const room = roomOf(['ada'], ['bo']);
    for (const type of ['admit', 'reject', 'mute-participant', 'remove', 'make-host'] as const) {
      for (const id of type === 'remove' ? ['ada'] : ['ada', 'eve', '__proto__']) {
        assert.deepEqual(acting(room, 'ada', { type, id }), { refused: 'participant-unknown' }, `${type} ${id}`);
      }
    }
  });

  it('mutes who is connected, and changes nothing by it', () => {
    const room = roomOf(['ada'], ['bo']);
    const outcome = acting(room, 'ada', { type: 'mute-participant', id: 'bo' });
    assert.deepEqual(outcome, { room, events: [], muted: 'bo-1' });
    const held = hold(room, by('bo'), now).room;
    const action = { type: 'mute-participant', id: 'bo' } as const;
    assert.deepEqual(acting(held, 'ada', action), { refused: 'participant-unknown' });
  });
});

describe('removal', () => {
  it('is told, ends the session, and the person cannot come back by any of what they are known by', () => {
    const { room, events, endings } = act(roomOf(['ada'], ['bo']), 'ada', { type: 'remove', id: 'bo' });
    assert.deepEqual(told({ events }), ['left bo removed 3']);
    assert.deepEqual(endings, [{ participantId: 'bo', connectionId: 'bo-1', reason: 'removed' }]);
    assert.equal(resume(room, by('bo', 2), again), undefined);
    assert.deepEqual(entering(room, 'bo', { marks: [] }), { refused: 'removed' });
    assert.deepEqual(entering(room, 'bo2', { marks: ['user:bo'] }), { refused: 'removed' });
    assert.ok(!entering(room, 'cem').refused);
  });

  it('lasts ten minutes, or as long as the token of who was removed', () => {
    for (const [markedUntil, lasts] of [
      [0, 600_000],
      [now + 640_000, 640_000],
    ] as const) {
      const { room } = act(roomOf(['ada'], ['bo', { markedUntil }]), 'ada', { type: 'remove', id: 'bo' });
      assert.deepEqual(entering(expire(room, now + lasts - 1).room, 'bo'), { refused: 'removed' });
      assert.ok(!entering(expire(room, now + lasts).room, 'bo').refused);
    }
  });

  it('of somebody whose connection is lost ends their seat all the same', () => {
    const held = hold(roomOf(['ada'], ['bo']), by('bo'), now).room;
    const { room, endings } = act(held, 'ada', { type: 'remove', id: 'bo' });
    assert.deepEqual(endings, [{ participantId: 'bo', connectionId: undefined, reason: 'removed' }]);
    assert.deepEqual(roles(room), ['ada host']);
  });

  it('of somebody whose seat is gone is told, ends their relayed traffic, and bars all that they were known by', () => {
    const before = roomOf(['ada'], ['bo', { markedUntil: now + 700_000 }]);
    for (const gone of [expire(hold(before, by('bo'), now).room, now + 15_000).room, leave(before, by('bo')).room]) {
      const { room, events, endings } = act(gone, 'ada', { type: 'remove', id: 'bo' });
      assert.deepEqual(told({ events }), ['left bo removed 4']);
      assert.deepEqual(endings, [{ participantId: 'bo', connectionId: undefined, reason: 'removed' }]);
      assert.deepEqual(entering(room, 'bo', { marks: [] }), { refused: 'removed' });
      assert.deepEqual(entering(room, 'bo2', { marks: ['user:bo'] }), { refused: 'removed' });
      assert.deepEqual(entering(expire(room, now + 699_999).room, 'bo'), { refused: 'removed' });
      assert.ok(!entering(expire(room, now + 700_000).room, 'bo').refused);
    }
  });

  it('of somebody whose page is being loaded again takes the seat that waits for it', () => {
    const away = reserve(roomOf(['ada'], ['bo']), by('bo'), now).room;
    const { room, endings } = act(away, 'ada', { type: 'remove', id: 'bo' });
    assert.deepEqual(endings, [{ participantId: 'bo', connectionId: undefined, reason: 'removed' }]);
    assert.equal(resume(room, by('bo', 2), again), undefined);
    assert.deepEqual(entering(room, 'bo2', { marks: ['user:bo'] }), { refused: 'removed' });
  });

  it('of somebody who waits ends that, too', () => {
    const { room, endings } = act(roomOf(['ada'], ['kim', knocking]), 'ada', { type: 'remove', id: 'kim' });
    assert.deepEqual(endings, [{ participantId: 'kim', connectionId: 'kim-1', reason: 'removed' }]);
    assert.deepEqual(line(room), []);
    assert.deepEqual(entering(room, 'kim', knocking), { refused: 'removed' });
  });

  it('of whom the room never saw is told and bars the id, and ends nothing that may be theirs elsewhere', () => {
    const { room, events, endings } = act(roomOf(['ada'], ['bo']), 'ada', { type: 'remove', id: '__proto__' });
    assert.deepEqual(told({ events }), ['left __proto__ removed 3']);
    assert.equal(endings, undefined);
    assert.deepEqual(entering(room, '__proto__'), { refused: 'removed' });
    assert.ok(!entering(room, 'cem').refused);
  });

  it('of who has come back under another id is of the old one alone', () => {
    const away = hold(roomOf(['ada'], ['bo', { userId: 'bo' }]), by('bo'), now).room;
    const back = done(entering(expire(away, now + 15_000).room, 'bo2', { userId: 'bo', marks: ['user:bo'] })).room;
    const { room, endings } = act(back, 'ada', { type: 'remove', id: 'bo' });
    assert.equal(endings?.[0]?.participantId, 'bo');
    assert.deepEqual(roles(room), ['ada host', 'bo2 member']);
    assert.deepEqual(entering(room, 'bo'), { refused: 'removed' });
    assert.ok(!entering(room, 'bo3', { userId: 'bo', marks: ['user:bo'] }).refused);
  });

  it('names who is not there again, each once and to a bound', () => {
    let room = roomOf(['ada'], ['bo', { marks: ['user:bo', 'token:bo'] }], ['kim', knocking]);
    for (const id of ['bo', 'made-up', 'bo']) room = act(room, 'ada', { type: 'remove', id }).room;
    room = act(room, 'ada', { type: 'reject', id: 'kim' }).room;
    assert.deepEqual(removedFrom(room).sort(), ['bo', 'made-up']);
    for (let count = 0; count < 150; count++) {
      room = act(done(entering(room, `p${count}`)).room, 'ada', { type: 'remove', id: `p${count}` }).room;
    }
    assert.equal(removedFrom(room).length, removedMaxIds);
    assert.equal(removedFrom(room).at(-1), 'p149');
    assert.ok(!removedFrom(done(entering(room, 'bo')).room).includes('bo'), 'the bar of bo has been forgotten');
  });

  it('said again is told again and counts from then, and fills no memory', () => {
    const first = act(roomOf(['ada'], ['bo']), 'ada', { type: 'remove', id: 'bo' }).room;
    const again = act(first, 'ada', { type: 'remove', id: 'bo' }, 8, now + 60_000);
    assert.deepEqual(told(again), ['left bo removed 4']);
    assert.equal(again.room.barred.length, first.barred.length);
    const later = expire(again.room, now + 659_999).room;
    assert.deepEqual(entering(later, 'bo2', { marks: ['user:bo'] }), { refused: 'removed' });
  });

  it('of ids that are made up displaces nobody who was there, and is remembered to a bound', () => {
    let room = act(roomOf(['ada'], ['bo']), 'ada', { type: 'remove', id: 'bo' }).room;
    for (let count = 0; count < 500; count++) room = act(room, 'ada', { type: 'remove', id: `made-up-${count}` }).room;
    assert.equal(room.barred.length, 256);
    assert.deepEqual(entering(room, 'bo2', { marks: ['user:bo'] }), { refused: 'removed' });
  });

  it('of another host is possible, and of many is remembered to a bound', () => {
    let room = roomOf(['ada', { role: 'host' }]);
    for (let count = 0; count < 500; count++) {
      room = done(entering(room, `p${count}`, { role: 'host' })).room;
      room = act(room, 'ada', { type: 'remove', id: `p${count}` }).room;
    }
    assert.equal(room.barred.length, 256);
    assert.deepEqual(entering(room, 'p499'), { refused: 'removed' });
  });
});

describe('a locked room', () => {
  const locked = act(roomOf(['ada'], ['bo']), 'ada', { type: 'lock', locked: true }).room;

  it('is told, on the roster, and refuses strangers until it is opened', () => {
    assert.equal(rosterOf(locked).locked, true);
    assert.deepEqual(entering(locked, 'cem'), { refused: 'room-locked' });
    assert.deepEqual(entering(locked, 'kim', knocking), { refused: 'room-locked' });
    assert.deepEqual(told(act(locked, 'ada', { type: 'lock', locked: true })), []);
    const opened = act(locked, 'ada', { type: 'lock', locked: false });
    assert.deepEqual(told(opened), ['room open 4']);
    assert.ok(!entering(opened.room, 'cem').refused);
  });

  it('lets in hosts, who has a seat, and the same user from another tab', () => {
    assert.ok(!entering(locked, 'hal', { role: 'host' }).refused);
    assert.ok(resume(hold(locked, by('bo'), now).room, by('bo', 2), again));
    const room = act(roomOf(['ada'], ['bo', { userId: 'bo' }]), 'ada', { type: 'lock', locked: true }).room;
    assert.ok(!entering(room, 'bo2', { userId: 'bo' }).refused);
  });

  it('lets in whom a host admits', () => {
    const room = act(roomOf(['ada'], ['kim', knocking]), 'ada', { type: 'lock', locked: true }).room;
    assert.deepEqual(told(act(room, 'ada', { type: 'admit', id: 'kim' })), ['joined kim guest 3']);
  });
});

describe('a knock', () => {
  it('takes no seat and is on no roster', () => {
    const room = roomOf(['ada'], ['kim', knocking]);
    assert.deepEqual(roles(room), ['ada host']);
    assert.deepEqual(line(room), ['kim']);
    assert.equal(room.version, 1);
  });

  it('is answered by a seat, if there is one at that moment', () => {
    const room = roomOf(['ada'], ['kim', knocking]);
    assert.deepEqual(acting(room, 'ada', { type: 'admit', id: 'kim' }, 1), { refused: 'room-full' });
    const admitted = act(room, 'ada', { type: 'admit', id: 'kim' }, 2);
    assert.deepEqual(told(admitted), ['joined kim guest 2']);
    assert.deepEqual(line(admitted.room), []);
    assert.deepEqual(acting(admitted.room, 'ada', { type: 'admit', id: 'kim' }), { refused: 'participant-unknown' });
  });

  it('that is refused is not heard for a minute', () => {
    const { room, endings } = act(roomOf(['ada'], ['kim', knocking]), 'ada', { type: 'reject', id: 'kim' });
    assert.deepEqual(endings, [{ participantId: 'kim', connectionId: 'kim-1', reason: 'rejected' }]);
    assert.deepEqual(entering(room, 'kim', knocking), { refused: 'rejected' });
    assert.ok(!entering(expire(room, now + 60_000).room, 'kim', knocking).refused);
  });

  it('waits also where nobody hosts, and the host who comes hears of it', () => {
    const before = roomOf(['gus', { role: 'guest' }], ['kim', knocking]);
    assert.deepEqual(noticesOf(emptyRoom('g'), before), []);
    const after = done(entering(before, 'hal', { role: 'host' })).room;
    assert.deepEqual(noticesOf(before, after), [
      { to: 'hal-1', name: 'knocking', message: { knocks: [{ id: 'kim', displayName: 'kim' }] } },
    ]);
  });

  it('is told to hosts alone, and the places to who waits', () => {
    const room = roomOf(['ada'], ['bo'], ['kim', knocking]);
    const two = done(entering(room, 'lou', knocking)).room;
    assert.deepEqual(
      noticesOf(room, two).map(({ to, name }) => `${to} ${name}`),
      ['ada-1 knocking'],
    );
    const one = leave(two, by('kim')).room;
    assert.deepEqual(noticesOf(two, one), [
      { to: 'lou-1', name: 'waiting', message: { place: 1 } },
      { to: 'ada-1', name: 'knocking', message: { knocks: [{ id: 'lou', displayName: 'lou' }] } },
    ]);
    const none = act(one, 'ada', { type: 'admit', id: 'lou' }).room;
    assert.deepEqual(noticesOf(one, none), [
      { to: 'lou-1', name: 'admitted', message: {} },
      { to: 'ada-1', name: 'knocking', message: { knocks: [] } },
    ]);
  });

  it('keeps its place over a lost connection or a reload for 15 seconds', () => {
    const room = roomOf(['ada'], ['kim', knocking], ['lou', knocking]);
    for (const away of [hold(room, by('kim'), now).room, reserve(room, by('kim'), now).room]) {
      assert.deepEqual(line(expire(away, now + 14_999).room), ['kim', 'lou']);
      assert.deepEqual(line(expire(away, now + 15_000).room), ['lou']);
      assert.deepEqual(line(resume(away, by('kim', 2), again)!.room), ['kim', 'lou']);
      const admitted = act(away, 'ada', { type: 'admit', id: 'kim' }).room;
      assert.deepEqual(roles(resume(admitted, by('kim', 2), again)!.room), ['ada host', 'kim guest']);
    }
  });

  it('of the same user from another tab takes over the place', () => {
    const room = roomOf(['ada'], ['kim', { ...knocking, userId: 'kim' }], ['lou', knocking]);
    const { room: after, endings } = done(entering(room, 'kim2', { ...knocking, userId: 'kim' }));
    assert.deepEqual(line(after), ['kim2', 'lou']);
    assert.deepEqual(endings, [{ participantId: 'kim', connectionId: 'kim-1', reason: 'replaced' }]);
  });

  it('is refused when the line is as long as it may be', () => {
    let room = roomOf(['ada']);
    for (let count = 0; count < waitingMax; count++) room = done(entering(room, `k${count}`, knocking)).room;
    assert.deepEqual(entering(room, 'kim', knocking), { refused: 'room-full' });
  });
});

describe('the same user from another tab', () => {
  it('takes over in a full room, with the role and the rank of the older tab', () => {
    const room = roomOf(['ada', { userId: 'ada' }], ['bo']);
    const change = done(entering(room, 'ada2', { userId: 'ada' }, 2));
    assert.deepEqual(told(change), ['left ada replaced 3', 'joined ada2 host 4']);
    assert.deepEqual(change.endings, [{ participantId: 'ada', connectionId: 'ada-1', reason: 'replaced' }]);
    assert.deepEqual(roles(change.room), ['ada2 host', 'bo member']);
  });

  it('keeps being host when that was granted by another', () => {
    const room = act(roomOf(['ada'], ['bo', { userId: 'bo' }]), 'ada', { type: 'make-host', id: 'bo' }).room;
    const change = done(entering(room, 'bo2', { userId: 'bo' }));
    assert.deepEqual(roles(change.room), ['ada host', 'bo2 host']);
  });

  it('takes over a reserved seat in silence', () => {
    const away = reserve(roomOf(['ada'], ['bo', { userId: 'bo' }]), by('bo'), now).room;
    assert.deepEqual(told(done(entering(away, 'bo2', { userId: 'bo' }, 2))), ['joined bo2 member 4']);
  });

  it('need not knock again', () => {
    const admitted = act(roomOf(['ada'], ['kim', { ...knocking, userId: 'kim' }]), 'ada', { type: 'admit', id: 'kim' });
    const change = done(entering(admitted.room, 'kim2', { ...knocking, userId: 'kim' }));
    assert.deepEqual(told(change), ['left kim replaced 3', 'joined kim2 guest 4']);
  });
});

describe('the end for everybody', () => {
  it('ends every session, also of those who wait', () => {
    const room = roomOf(['ada'], ['bo'], ['kim', knocking]);
    const { room: after, events, endings } = act(room, 'ada', { type: 'end' });
    assert.deepEqual(told({ events }), ['left ada ended 3', 'left bo ended 4']);
    assert.deepEqual(
      endings?.map(({ connectionId, reason }) => `${connectionId} ${reason}`),
      ['ada-1 ended', 'bo-1 ended', 'kim-1 ended'],
    );
    assert.deepEqual([after.seats, after.waiting], [[], []]);
  });
});
