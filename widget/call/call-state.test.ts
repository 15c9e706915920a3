import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Roster } from '../../protocol/events.ts';
import { CallError } from './call-error.ts';
import { initialCallState, inRoom, reduce } from './call-state.ts';
import type { CallEvent, CallState } from './call-state.ts';
import { rosterEntry as entry } from '../session/testing/roster-entry.ts';

const roster = (...participants: Roster['participants']): Roster => ({ generation: 'g', version: 1, participants });
const after = (...events: CallEvent[]): CallState => events.reduce(reduce, initialCallState);
const joined: CallEvent = { type: 'joined', room: 'support', selfId: 'me', roster: roster(entry('me'), entry('bo')) };
const others = (state: CallState) => (inRoom(state) ? state.participants.map(({ id }) => id) : undefined);

describe('the state of a call', () => {
  it('goes from idle by preview and joining to joined', () => {
    assert.equal(initialCallState.status, 'idle');
    assert.equal(after({ type: 'preview' }).status, 'previewing');
    assert.equal(after({ type: 'preview' }, { type: 'join' }).status, 'joining');
    assert.equal(after({ type: 'preview' }, { type: 'join' }, joined).status, 'joined');
  });

  it('tells the visitor from the others', () => {
    const state = after(joined);
    assert.ok(inRoom(state));
    assert.equal(state.self.id, 'me');
    assert.equal(state.self.isSelf, true);
    assert.deepEqual(others(state), ['bo']);
  });

  it('shows own devices as they are here, others as the roster says', () => {
    const state = after(
      { type: 'local', local: { microphone: 'on', camera: 'starting' } },
      { ...joined, roster: roster(entry('me'), entry('bo', { camera: true })) },
    );
    assert.ok(inRoom(state));
    assert.deepEqual([state.self.microphone, state.self.camera], [true, false]);
    assert.equal(state.participants[0]?.camera, true);
  });

  it('keeps what is known of a connection when the roster changes', () => {
    const state = after(
      joined,
      { type: 'connection', id: 'bo', connection: 'connected' },
      { type: 'roster', roster: roster(entry('me'), entry('bo'), entry('mei')), lingering: new Set() },
    );
    assert.ok(inRoom(state));
    assert.deepEqual(
      state.participants.map(({ connection }) => connection),
      ['connected', 'connecting'],
    );
  });

  it('keeps who is missing from the roster while their connection lives', () => {
    const without: CallEvent = { type: 'roster', roster: roster(entry('me')), lingering: new Set(['bo']) };
    assert.deepEqual(others(after(joined, without)), ['bo']);
    assert.deepEqual(others(after(joined, { ...without, lingering: new Set() })), []);
  });

  it('is reconnecting while signalling is away, and joined again after it', () => {
    assert.equal(after(joined, { type: 'lost' }).status, 'reconnecting');
    assert.equal(after(joined, { type: 'lost' }, { type: 'resumed' }).status, 'joined');
  });

  it('ignores events of a room outside of one', () => {
    for (const event of [
      { type: 'lost' },
      { type: 'resumed' },
      { type: 'roster', roster: roster(entry('me')), lingering: new Set() },
      { type: 'connection', id: 'bo', connection: 'failed' },
    ] satisfies CallEvent[]) {
      assert.equal(reduce(initialCallState, event), initialCallState);
    }
  });

  it('says why it ended', () => {
    const left = after(joined, { type: 'leave', reason: 'replaced' });
    assert.equal(left.status === 'left' && left.reason, 'replaced');
    const failed = after({ type: 'join' }, { type: 'fail', error: new CallError('room-full', { capacity: 3 }) });
    assert.equal(failed.status === 'failed' && failed.error.capacity, 3);
  });
});
