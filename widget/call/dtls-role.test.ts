import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDtlsRole } from './dtls-role.ts';

const describeAs = (type: 'offer' | 'answer', role: string) =>
  ({ type, sdp: `v=0\r\na=setup:${role}\r\n` }) as RTCSessionDescription;
const offer = 'v=0\r\nm=audio\r\na=setup:actpass\r\nm=video\r\na=setup:actpass\r\n';

describe('the DTLS role in an offer (RFC 8842 §5.5)', () => {
  it('is open while none is in force', () => {
    assert.equal(withDtlsRole(offer, { currentLocalDescription: null, currentRemoteDescription: null }), offer);
  });

  for (const [whose, role, named] of [
    ['local', 'active', 'active'],
    ['local', 'passive', 'passive'],
    ['remote', 'active', 'passive'],
    ['remote', 'passive', 'active'],
  ] as const) {
    it(`is ${named} after a ${whose} answer with ${role}`, () => {
      const answer = describeAs('answer', role);
      const other = describeAs('offer', 'actpass');
      const sdp = withDtlsRole(offer, {
        currentLocalDescription: whose === 'local' ? answer : other,
        currentRemoteDescription: whose === 'local' ? other : answer,
      });
      assert.deepEqual(sdp.match(/a=setup:\w+/g), [`a=setup:${named}`, `a=setup:${named}`]);
    });
  }
});
