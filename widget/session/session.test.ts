import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Joined, Roster } from '../../protocol/events.ts';
import type { SignalingSocket } from './connect.ts';
import type { Refused } from './refused.ts';
import { ResumeSecret } from './resume-secret.ts';
import { Session } from './session.ts';
import { FakeSocket } from './testing/fake-socket.ts';
import { rosterEntry as entry } from './testing/roster-entry.ts';

const roster = (version: number, ...ids: string[]): Roster => ({
  generation: 'g',
  version,
  participants: ids.map(id => entry(id)),
});
const joined = (...ids: string[]): Joined => ({
  self: 'me',
  roster: roster(ids.length, ...ids),
  iceServers: [],
  limits: { capacity: 8, iceServersTtlSec: 600 },
});
const presence = { displayName: 'Ada', microphone: true, camera: false, screen: false };

function makeSession() {
  const socket = new FakeSocket();
  const session = new Session({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    secret: new ResumeSecret('support', undefined),
    connect: () => socket as unknown as SignalingSocket,
  });
  return { socket, session };
}

async function joinedSession(...ids: string[]) {
  const { socket, session } = makeSession();
  socket.answers.set('join', { ok: true, ...joined(...ids) });
  const joining = session.join(presence);
  socket.fire('connect');
  await joining;
  return { socket, session };
}

const settled = () => new Promise(resolve => setImmediate(resolve));

describe('a session', () => {
  it('takes a seat in one request', async () => {
    const { socket, session } = await joinedSession('me', 'bo');
    assert.deepEqual(
      socket.requests.map(({ event }) => event),
      ['join'],
    );
    assert.equal(session.roster?.participants.length, 2);
  });

  it('says with which code it was refused', async () => {
    const { socket, session } = makeSession();
    socket.answers.set('join', { ok: false, error: { code: 'room-full', capacity: 3 } });
    const joining = session.join(presence);
    socket.fire('connect');
    await assert.rejects(joining, (error: Refused) => error.code === 'room-full' && error.capacity === 3);
  });

  it('passes on the code of a refused handshake', async () => {
    const { socket, session } = makeSession();
    const joining = session.join(presence);
    socket.fire('connect_error', Object.assign(new Error('no'), { data: { code: 'version-unsupported' } }));
    await assert.rejects(joining, (error: Refused) => error.code === 'version-unsupported');
  });

  it('gives up on a server that never answered', async () => {
    const { socket, session } = makeSession();
    const joining = session.join(presence);
    for (let i = 0; i < 3; i++) socket.fire('connect_error', new Error('refused'));
    await assert.rejects(joining, (error: Refused) => error.code === 'server-unreachable');
  });

  it('takes the same seat again after a lost connection, with what was said meanwhile', async () => {
    const { socket, session } = await joinedSession('me', 'bo');
    const heard: string[] = [];
    session.on('lost', () => heard.push('lost'));
    session.on('resumed', () => heard.push('resumed'));
    session.on('roster', ({ roster }) => heard.push(roster.participants.map(({ id }) => id).join()));
    socket.fire('disconnect', 'transport close');
    session.update({ camera: true });
    socket.answers.set('join', { ok: true, ...joined('me', 'mei') });
    socket.fire('connect');
    await settled();
    const [first, second] = socket.requests.filter(({ event }) => event === 'join').map(({ payload }) => payload) as [
      { secret: string },
      { secret: string; camera: boolean },
    ];
    assert.equal(second.secret, first.secret);
    assert.equal(second.camera, true);
    assert.deepEqual(heard, ['lost', 'resumed', 'me,mei']);
  });

  it('asks for the whole roster when a message is missing', async () => {
    const { socket, session } = await joinedSession('me', 'bo');
    socket.answers.set('sync', { ok: true, roster: roster(9, 'me', 'mei', 'sam') });
    const heard: string[] = [];
    session.on('roster', ({ roster }) => heard.push(roster.participants.map(({ id }) => id).join()));
    socket.fire('participant-joined', { generation: 'g', version: 9, participant: entry('sam') });
    await settled();
    assert.deepEqual(heard, ['me,mei,sam']);
  });

  it('ends for good when another connection took its seat', async () => {
    const { socket, session } = await joinedSession('me');
    const heard: unknown[] = [];
    session.on('ended', how => heard.push(how));
    socket.fire('ended', { reason: 'replaced' });
    assert.deepEqual(heard, [{ reason: 'replaced' }]);
    assert.ok(socket.closed);
  });

  it('says nothing to the server that it already knows', async () => {
    const { socket, session } = await joinedSession('me');
    session.update({ microphone: true });
    assert.deepEqual(
      socket.requests.map(({ event }) => event),
      ['join'],
    );
  });

  it('tells whether a signal can have arrived', async () => {
    const { socket, session } = await joinedSession('me', 'bo');
    const signal = { connectionId: 'connection', candidates: [null] };
    assert.equal(await session.signal('bo', signal), true);
    socket.answers.set('signal', { ok: false, error: { code: 'participant-unknown' } });
    assert.equal(await session.signal('bo', signal), false);
    socket.fire('disconnect', 'transport close');
    assert.equal(await session.signal('bo', signal), false);
  });

  it('tries a refused return again when the reason passes, and ends when it does not', async context => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { socket, session } = await joinedSession('me');
    const heard: unknown[] = [];
    session.on('resumed', () => heard.push('resumed'));
    session.on('ended', how => heard.push(how));
    socket.answers.set('join', { ok: false, error: { code: 'rate-limited' } });
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await settled();
    assert.deepEqual(heard, []);
    socket.answers.set('join', { ok: true, ...joined('me') });
    context.mock.timers.tick(2_000);
    await settled();
    assert.deepEqual(heard, ['resumed']);
    socket.answers.set('join', { ok: false, error: { code: 'room-full' } });
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await settled();
    assert.equal(heard.length, 2);
    assert.ok(socket.closed);
  });
});
