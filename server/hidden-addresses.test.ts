import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideAddresses } from './hidden-addresses.ts';

const connectionId = 'connection';
const candidate = (text: string) => ({
  connectionId,
  candidates: [{ candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' }],
});
const relayed = (related: string) =>
  `candidate:1 1 udp 41885439 203.0.113.7 50000 typ relay raddr ${related} generation 0`;

describe('a signal of a participant whose addresses are hidden', () => {
  it('loses host, server-reflexive and peer-reflexive candidates', () => {
    for (const type of ['host', 'srflx', 'prflx']) {
      assert.equal(hideAddresses(candidate(`candidate:1 1 udp 1 198.51.100.3 9 typ ${type}`)), undefined);
    }
    assert.equal(hideAddresses(candidate('candidate:1 1 udp 1 198.51.100.3 9 typ relayed')), undefined);
  });

  it('keeps relayed candidates without the address that the relay saw', () => {
    assert.deepEqual(
      hideAddresses(candidate(relayed('198.51.100.3 rport 40000'))),
      candidate(relayed('0.0.0.0 rport 0')),
    );
  });

  it('keeps the end of candidates', () => {
    assert.deepEqual(hideAddresses({ connectionId, candidates: [null] }), { connectionId, candidates: [null] });
    assert.deepEqual(hideAddresses(candidate('')), candidate(''));
  });

  it('has a description with the same lines, save those that name addresses', () => {
    const lines = (...between: string[]) => ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', ...between, 'a=mid:0', ''];
    const full = lines(
      'c=IN IP4 198.51.100.3',
      'a=rtcp:40001 IN IP4 198.51.100.3',
      'a=candidate:1 1 udp 1 198.51.100.3 9 typ host',
      `a=${relayed('198.51.100.3 rport 40000')}`,
    ).join('\r\n');
    const hidden = lines('c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', `a=${relayed('0.0.0.0 rport 0')}`).join('\r\n');
    assert.deepEqual(hideAddresses({ connectionId, generation: 1, description: { type: 'offer', sdp: full } }), {
      connectionId,
      generation: 1,
      description: { type: 'offer', sdp: hidden },
    });
  });
});
