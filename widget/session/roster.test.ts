import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Roster } from '../../protocol/events.ts';
import { applyRosterMessage } from './roster.ts';
import { rosterEntry as entry } from './testing/roster-entry.ts';

const roster: Roster = { generation: 'g', version: 4, participants: [entry('ada'), entry('bo')] };
const next = { generation: 'g', version: 5 };

describe('a roster', () => {
  it('gains who joins, at the end', () => {
    const after = applyRosterMessage(roster, { ...next, type: 'joined', participant: entry('mei') });
    assert.deepEqual(
      after?.participants.map(({ id }) => id),
      ['ada', 'bo', 'mei'],
    );
    assert.equal(after.version, 5);
  });

  it('loses who leaves', () => {
    const after = applyRosterMessage(roster, { ...next, type: 'left', id: 'ada', reason: 'left' });
    assert.deepEqual(
      after?.participants.map(({ id }) => id),
      ['bo'],
    );
  });

  it('replaces an entry in its place', () => {
    const after = applyRosterMessage(roster, { ...next, type: 'updated', participant: entry('ada', { camera: true }) });
    assert.deepEqual(
      after?.participants.map(({ id, camera }) => [id, camera]),
      [
        ['ada', true],
        ['bo', false],
      ],
    );
  });

  it('says that messages are missing when the version leaps', () => {
    assert.equal(
      applyRosterMessage(roster, { ...next, version: 6, type: 'left', id: 'ada', reason: 'left' }),
      undefined,
    );
  });

  it('says that messages are missing when the generation is another', () => {
    assert.equal(
      applyRosterMessage(roster, { generation: 'h', version: 5, type: 'left', id: 'ada', reason: 'left' }),
      undefined,
    );
  });

  it('is the same object after old news', () => {
    assert.equal(applyRosterMessage(roster, { ...next, version: 4, type: 'left', id: 'ada', reason: 'left' }), roster);
  });
});
