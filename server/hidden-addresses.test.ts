import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideAddresses } from './hidden-addresses.ts';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { ask, codeOf, join, joinRequest, listen, newSecret, settle, startRig } from './testing/rig.ts';
import type { Client } from './testing/rig.ts';

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

describe('a participant with a seat who now wants addresses hidden', () => {
  const at = '198.51.100.3';
  const sdp = [
    'v=0',
    `c=IN IP4 ${at}`,
    `a=rtcp:9 IN IP4 ${at}`,
    `a=candidate:1 1 udp 1 ${at} 9 typ host`,
    `a=candidate:2 1 udp 1 203.0.113.7 9 typ relay raddr ${at} rport 9`,
    '',
  ].join('\r\n');
  const candidates = ['typ host', 'typ srflx raddr 10.0.0.3 rport 9', 'typ prflx', 'typ relay raddr 10.0.0.3 rport 9'];
  const said = [
    { connectionId: 'connection', generation: 1, description: { type: 'offer', sdp } },
    { connectionId: 'connection', generation: 1, description: { type: 'answer', sdp } },
    {
      connectionId: 'connection',
      candidates: candidates.map((end, index) => ({
        candidate: `candidate:${index} 1 udp 1 ${end.includes('relay') ? '203.0.113.7' : at} 9 ${end}`,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'a',
      })),
    },
  ];

  for (const [how, leave] of [
    ['a connection is replaced', () => undefined],
    ['a connection is lost', (client: Client) => client.disconnect()],
    ['a page is loaded again', (client: Client) => client.emit('leaving')],
  ] as const) {
    it(`is heard without any where ${how}`, async t => {
      const rig = await startRig(t);
      const bo = await rig.connect();
      const { self: to } = await join(bo);
      const secret = newSecret();
      const before = await rig.connect();
      assert.equal((await join(before, { secret })).relayOnly, undefined);
      leave(before);
      await settle(bo);
      const ada = await rig.connect();
      const heard = listen(bo);
      const offer = { connectionId: 'connection', generation: 1, sdp };
      const { relayOnly, offeredTo, roster } = await join(ada, { secret, relayOnly: true, offer });
      assert.deepEqual([relayOnly, offeredTo], [true, undefined]);
      for (const signal of said) assert.equal(codeOf(await ask(ada, 'signal', { to, signal })), 'ok');
      await settle(bo);
      const signals = heard.filter(({ name }) => name === 'signal');
      assert.equal(signals.length, said.length);
      assert.doesNotMatch(JSON.stringify(signals), /198\.51|10\.0\.0/);
      // A wish about addresses is nobody else's to know.
      assert.doesNotMatch(JSON.stringify([roster, heard]), /relayOnly/);
    });
  }

  it('keeps the wish when the next connection does not say so, whoever wished it', async t => {
    const rig = await startRig(t, authEnvironment);
    for (const claims of [{}, { relayOnly: true }]) {
      const [secret, token] = [newSecret(), tokenFor(rig, claims)];
      await join(await rig.connect(), { secret, token, ...(!('relayOnly' in claims) && { relayOnly: true }) });
      assert.equal((await join(await rig.connect(), { secret, token })).relayOnly, true);
    }
  });

  it('keeps it once a host has let them in', async t => {
    const rig = await startRig(t, authEnvironment);
    const [host, ada] = [await rig.connect(), await rig.connect()];
    await join(host, { token: tokenFor(rig, { role: 'host' }) });
    const shown = { secret: newSecret(), token: tokenFor(rig, { knock: true }) };
    const { self: id } = (await ask(ada, 'join', joinRequest(shown))) as unknown as { self: string };
    await ask(ada, 'join', joinRequest({ ...shown, relayOnly: true }));
    await ask(host, 'admit', { id });
    assert.equal((await join(ada, shown)).relayOnly, true);
  });
});
