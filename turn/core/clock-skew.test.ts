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

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

test('a time of day that is set, forth or back, neither ends nor prolongs what was granted', () => {
  for (const setBySec of [301, 601, 86_400, -301, -3600, -86_400]) {
    const lab = new TurnLab({ maxBps: 10_000 });
    const client = lab.client();
    assert.deepEqual([client.allocate(), client.bind(0x4000, peer)], [0, 0]);
    lab.setByMs = setBySec * 1000;
    lab.sweep();
    assert.equal(client.channelData(0x4000, 'x').relayed.length, 1, `${setBySec} s`);
    assert.equal(client.refresh(), 0, 'with the nonce from before');
    lab.advance(299);
    assert.equal(client.channelData(0x4000, 'x').relayed.length, 1);
    lab.advance(1);
    assert.deepEqual(client.channelData(0x4000, 'x').dropped, ['permission-missing']);
    lab.advance(299);
    assert.equal(client.permit(peer), 0);
    lab.advance(1);
    assert.equal(client.refresh(), 437);
    lab.sweep();
    assert.equal(lab.open.size, 0);
  }
});

test('F18: a credential expires by the time of day, and so does the refusal of one who was revoked', () => {
  const lab = new TurnLab();
  const credential = credentialOf('ada', lab.now, 600);
  lab.setByMs = 599_999;
  assert.equal(lab.client(credential).allocate(), 0);
  lab.setByMs = 600_000;
  assert.equal(lab.client(credential).allocate(), 401);

  // Set back, the credential lives longer, and so must what keeps its owner out.
  lab.setByMs = 0;
  lab.perform(lab.core.revoke('ada', 600));
  lab.setByMs = -3_600_000;
  lab.advance(3600);
  lab.sweep();
  assert.equal(lab.client(credential).allocate(), 401);
});
