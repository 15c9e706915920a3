import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialOf, TurnLab } from '../testing/turn-lab.ts';

/** Issued for 600 s by a clock that is so far behind the relay's. */
const issuedBehind = (lab: TurnLab, seconds: number) => lab.client(credentialOf('ada', lab.now - seconds * 1000));

test('F18: a relay whose clock is 60 s from the one that issues credentials takes them, ahead or behind', () => {
  for (const seconds of [60, -60]) {
    const lab = new TurnLab();
    assert.equal(issuedBehind(lab, seconds).allocate(), 0);
  }
});

test('F18: one whose clock is 10 min ahead refuses every Allocate, which is a count of 401 that no login ends', () => {
  const lab = new TurnLab();
  const refused = () => lab.core.counters().refusals[401];
  assert.equal(issuedBehind(lab, 0).allocate(), 0);
  const byLogin = refused();
  assert.equal(issuedBehind(lab, 600).allocate(), 401);
  assert.equal(refused(), 2 * byLogin + 1);
});
