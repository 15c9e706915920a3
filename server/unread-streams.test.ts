// Clients that join by HTTP and then do not read: real sockets, whose buffers fill.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { seatHoldSec } from '../protocol/limits.ts';
import type { ServerMessage } from '../protocol/events.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { participantIdOf } from './participant-id.ts';
import { PostedJoin, postedJoinLingerMs, postedJoinMaxBytes, postedJoinMaxMs, PostedJoins } from './posted-joins.ts';
import { member, namesOf } from './testing/post.ts';
import { ask, codeOf, crowdLimits, joinRequest, listen, next, settle, startRig } from './testing/rig.ts';

const sdpBytes = 32_000;
const offer = (bytes: number) => ({
  connectionId: 'theirs-001',
  generation: 1,
  description: { type: 'offer' as const, sdp: `v=0\r\n${'x'.repeat(bytes - 5)}` },
});
/** Names and quotes around what is said. */
const framingBytes = 300;

/** Posts over a connection from which nothing is ever read. */
function postUnread(url: string, body = ''): { close: () => void } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.on('error', () => undefined);
  const head = ['POST /join HTTP/1.1', 'Host: x', 'Content-Type: text/plain', `Content-Length: ${body.length}`];
  socket.write([...head, '', body].join('\r\n'));
  return { close: () => socket.destroy() };
}

/** A stream whose answer is larger than all that lies between two programs of one machine. */
async function startUnread(t: { after: (task: () => void) => void }) {
  const ends: string[] = [];
  const joins = new PostedJoins();
  const server = createServer((_request, response) => {
    response.writeHead(200);
    const join = new PostedJoin({ address: '', host: undefined }, response, 0, how => ends.push(how));
    joins.add(join);
    join.seat = { room: 'support', participantId: 'ada', connectionId: join.id };
    server.emit('joined', join, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = postUnread(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    client.close();
    server.close();
  });
  const [join, response] = (await once(server, 'joined')) as [PostedJoin, ServerResponse];
  const displayName = 'x'.repeat(30_000_000);
  const member = { id: 'ada', displayName, role: 'host', microphone: true, camera: true, screen: true } as const;
  const roster = { generation: 'g', version: 1, participants: [{ ...member, handRaised: false }] };
  join.answer({ ok: true, self: 'ada', roster, iceServers: [], limits: { capacity: 8, iceServersTtlSec: 600 } });
  return { ends, joins, join, response };
}

describe('a stream that nobody reads', () => {
  it('costs a bounded number of bytes, however much is said', async t => {
    const { join, response, ends } = await startUnread(t);
    const unread = response.writableLength;
    assert.ok(unread > 0);
    const message: ServerMessage = ['signal', { from: 'bo', signal: offer(sdpBytes) }];
    const heard = Array.from({ length: 1_000 }, () => join.say(message)).filter(Boolean).length;
    assert.ok(heard > 0 && heard <= postedJoinMaxBytes / sdpBytes, String(heard));
    assert.ok(response.writableLength - unread <= postedJoinMaxBytes + heard * framingBytes);
    assert.equal(join.said.length, heard);
    assert.deepEqual(ends, ['over']);
  });

  it('costs no more when it is told what is not kept for the socket', async t => {
    const { join, response } = await startUnread(t);
    const unread = response.writableLength;
    const knocks = Array.from({ length: 50 }, (_, index) => ({ id: `${index}`.padEnd(43, 'x'), displayName: 'Kim' }));
    const heard = Array.from({ length: 1_000 }, () => join.say(['knocking', { knocks }])).filter(Boolean).length;
    assert.ok(heard < 1_000);
    assert.ok(response.writableLength - unread <= postedJoinMaxBytes + heard * framingBytes);
    assert.deepEqual(join.said, []);
  });

  it('is cut some seconds after its end, and forgotten with its seat', async t => {
    const { joins, join, response, ends } = await startUnread(t);
    const closed = once(response, 'close');
    joins.sweep(postedJoinMaxMs);
    joins.sweep(postedJoinMaxMs + postedJoinLingerMs - 1);
    assert.ok(!response.destroyed);
    assert.ok(response.writableLength > 0);
    joins.sweep(postedJoinMaxMs + postedJoinLingerMs);
    await closed;
    // Ended by us, and so held: the page may still come.
    assert.deepEqual(ends, ['over']);
    joins.sweep(postedJoinMaxMs + seatHoldSec * 1_000 - 1);
    assert.equal(joins.get(join.id), join);
    joins.sweep(postedJoinMaxMs + seatHoldSec * 1_000);
    assert.equal(joins.size, 0);
  });

  it('is cut also when the socket has taken the seat over', async t => {
    const { joins, join, response } = await startUnread(t);
    const closed = once(response, 'close');
    assert.equal(joins.takeOver({ room: 'support', participantId: 'ada', connectionId: 'socket' }), join);
    joins.sweep(postedJoinMaxMs + postedJoinLingerMs);
    await closed;
    joins.sweep(postedJoinMaxMs + postedJoinLingerMs);
    assert.equal(joins.size, 0);
  });
});

describe('a participant who does not read the stream', () => {
  it('is held, and hears from the socket what was said; nobody else loses anything', async t => {
    const rig = await startRig(t, {}, { limits: crowdLimits });
    const [bo, cy] = [await member(rig), await member(rig)];
    const request = joinRequest({ offer: { connectionId: 'spare-0001', generation: 1, sdp: 'v=0\r\n' } });
    const to = participantIdOf(request.secret);
    const joined = next(bo.client, 'participant-joined');
    const page = postUnread(rig.url, JSON.stringify({ protocol: PROTOCOL_VERSION, join: request }));
    t.after(page.close);
    await joined;

    let told = 0;
    for (; codeOf(await ask(bo.client, 'signal', { to, signal: offer(sdpBytes) })) === 'ok'; told++) {
      assert.equal(codeOf(await ask(bo.client, 'signal', { to: cy.self, signal: offer(100) })), 'ok');
      assert.ok(told <= postedJoinMaxBytes / sdpBytes, String(told));
    }
    assert.ok(told > 0);
    await settle(bo.client, cy.client);
    assert.equal(namesOf(cy.heard).filter(name => name === 'signal').length, told);

    rig.advance(14_999);
    const socket = rig.open({ join: request });
    const heard = listen(socket);
    const entered = await next(socket, 'entered');
    assert.ok(entered.ok && 'roster' in entered);
    assert.deepEqual([entered.roster.participants.length, entered.offeredTo], [3, bo.self]);
    await settle(bo.client, cy.client, socket);
    assert.deepEqual(namesOf(heard), ['entered', ...Array<string>(told).fill('signal')]);
    assert.deepEqual(
      namesOf(cy.heard).filter(name => name !== 'signal'),
      ['participant-joined', 'participant-updated'],
    );
    assert.equal(codeOf(await ask(bo.client, 'signal', { to, signal: offer(100) })), 'ok');
  });
});
