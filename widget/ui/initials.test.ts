import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hueOf, initialsOf } from './initials.ts';

describe('initials', () => {
  for (const [name, initials] of [
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['  Zoë   María  Martín ', 'ZM'],
    ['Wolfeschlegelsteinhausenbergerdorff', 'W'],
    ['istván ödön', 'IÖ'],
    ['عمر عبد الرحمن الخطيب', 'ع'],
    ['דוד לוי', 'ד'],
    ['林美玲', '林'],
    ['김 민준', '김'],
    ['はなこ さとう', 'は'],
    ['👩‍🚀 Nova', '👩‍🚀N'],
    ['', ''],
  ] as const) {
    it(`of “${name}” are “${initials}”`, () => assert.equal(initialsOf(name), initials));
  }
});

describe('the hue of a person', () => {
  it('is FNV-1a of the id, modulo 8', () => {
    // The vectors of the algorithm's authors: 0x811c9dc5, 0xe40c292c, 0xbf9cf968.
    assert.equal(hueOf(''), 0x811c9dc5 % 8);
    assert.equal(hueOf('a'), 0xe40c292c % 8);
    assert.equal(hueOf('foobar'), 0xbf9cf968 % 8);
  });
});
