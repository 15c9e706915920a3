// What a session does about connections that are lost, refused or silent at a bad moment.
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
const seat = (version: number, ...ids: string[]): { ok: true } & Joined => ({
  ok: true,
  self: 'me',
  roster: roster(version, ...ids),
  iceServers: [],
  limits: { capacity: 8, iceServersTtlSec: 600 },
});
const presence = { displayName: 'Ada', microphone: true, camera: false, screen: false };
const settled = () => new Promise(resolve => setImmediate(resolve));
const lost = () => new Error('the socket has been disconnected');

function makeSession() {
  const socket = new FakeSocket();
  const session = new Session({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    secret: new ResumeSecret('support', undefined),
    connect: () => socket as unknown as SignalingSocket,
    greet: () => Promise.resolve(undefined),
  });
  const heard: string[] = [];
  session.on('lost', () => heard.push('lost'));
  session.on('resumed', () => heard.push('resumed'));
  session.on('ended', how => heard.push('reason' in how ? how.reason : how.refused.code));
  session.on('roster', ({ roster, left }) =>
    heard.push(`${roster.version}: ${roster.participants.map(({ id }) => id).join()}${left ? ` ${left.reason}` : ''}`),
  );
  const asked = (name: string) =>
    socket.requests.filter(({ event }) => event === name).map(({ payload }) => payload as Record<string, unknown>);
  return { socket, session, heard, asked };
}

async function joinedSession(...ids: string[]) {
  const made = makeSession();
  made.socket.answers.set('join', seat(1, 'me', ...ids));
  const joining = made.session.join(presence);
  made.socket.fire('connect');
  await joining;
  return made;
}

/** An answer that the test gives later. */
function pending() {
  let give: (answer: unknown) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const answer = new Promise((resolve, reject) => {
    give = resolve;
    fail = reject;
  });
  return { answer, give, fail };
}

describe('a session that is over', () => {
  for (const how of ['close', 'leaving', 'leave'] as const) {
    it(`by ${how} during a return does not open its socket again`, async () => {
      const { socket, session, heard } = await joinedSession();
      const { answer, fail } = pending();
      socket.fire('disconnect', 'transport close');
      socket.answers.set('join', answer);
      socket.fire('connect');
      await settled();
      const left = pending();
      socket.answers.set('leave', left.answer);
      void session[how]();
      fail(lost());
      await settled();
      assert.equal(socket.opened, 0);
      left.give({ ok: true });
      await settled();
      assert.ok(socket.closed);
      assert.deepEqual(heard, ['lost']);
    });
  }
});

describe('a handshake that is refused', () => {
  it('while nobody waits for it is told to who joins later', async () => {
    const { socket, session } = makeSession();
    session.connect();
    socket.refuse('version-unsupported');
    await assert.rejects(session.join(presence), (error: Refused) => error.code === 'version-unsupported');
  });

  it('on a return ends the session', async () => {
    const { socket, heard } = await joinedSession();
    socket.fire('disconnect', 'transport close');
    socket.refuse('version-unsupported');
    assert.deepEqual(heard, ['lost', 'version-unsupported']);
    assert.ok(socket.closed);
  });

  it('in line ends the wait', async () => {
    const { socket, session } = makeSession();
    socket.answers.set('join', { ok: true, self: 'me', waiting: 1 });
    const outcome = assert.rejects(session.join(presence), (error: Refused) => error.code === 'version-unsupported');
    socket.fire('connect');
    await settled();
    socket.fire('disconnect', 'transport close');
    socket.refuse('version-unsupported');
    await outcome;
  });

  for (const code of ['rate-limited', undefined]) {
    it(`for a reason that passes (${code ?? 'none given'}) is tried again later, and not after the end`, async context => {
      context.mock.timers.enable({ apis: ['setTimeout'] });
      const { socket, session, heard } = await joinedSession();
      socket.fire('disconnect', 'transport close');
      socket.refuse(code);
      assert.equal(socket.opened, 0);
      context.mock.timers.tick(2_000);
      assert.equal(socket.opened, 1);
      socket.refuse(code);
      session.close();
      context.mock.timers.tick(60_000);
      assert.equal(socket.opened, 1);
      assert.deepEqual(heard, ['lost']);
    });
  }
});

describe('a first join whose answer is lost', () => {
  it('waits for the connection and asks again with the same secret', async () => {
    const { socket, session, asked } = makeSession();
    const { answer, fail } = pending();
    socket.answers.set('join', answer);
    const joining = session.join(presence);
    socket.fire('connect');
    await settled();
    socket.fire('disconnect', 'transport close');
    fail(lost());
    await settled();
    assert.equal(socket.opened, 0, 'Socket.IO is opening it already');
    socket.answers.set('join', seat(2, 'me', 'bo'));
    socket.fire('connect');
    assert.equal((await joining).roster.version, 2);
    const [first, second] = asked('join');
    assert.equal(first?.secret, second?.secret);
  });

  it('opens a socket anew that stays silent, and gives up after three tries', async () => {
    const { socket, session, asked } = makeSession();
    socket.answers.set('join', lost());
    const outcome = assert.rejects(session.join(presence), (error: Refused) => error.code === 'server-unreachable');
    for (let tries = 0; tries < 3; tries++) {
      socket.fire('connect');
      await settled();
    }
    await outcome;
    assert.equal(asked('join').length, 3);
    assert.equal(socket.opened, 2);
  });
});

describe('a roster', () => {
  it('is not behind when it changed before the answer to the join came', async () => {
    const { socket, session } = makeSession();
    const { answer, give } = pending();
    socket.answers.set('join', answer);
    const joining = session.join(presence);
    socket.fire('connect');
    await settled();
    socket.fire('participant-joined', { generation: 'g', version: 2, participant: entry('old news') });
    socket.fire('participant-joined', { generation: 'g', version: 3, participant: entry('bo') });
    give(seat(2, 'me'));
    assert.deepEqual((await joining).roster, roster(3, 'me', 'bo'));
  });

  it('tells after a return who left meanwhile, with the reason', async () => {
    const { socket, heard } = await joinedSession('bo');
    socket.fire('disconnect', 'transport close');
    const { answer, give } = pending();
    socket.answers.set('join', answer);
    socket.fire('connect');
    await settled();
    socket.fire('participant-left', { generation: 'g', version: 5, id: 'bo', reason: 'removed' });
    give(seat(4, 'me', 'bo'));
    await settled();
    assert.deepEqual(heard, ['lost', 'resumed', '4: me,bo', '5: me removed']);
  });

  it('stays as new as it is when the answer to a return is older', async () => {
    const { socket, session, heard } = await joinedSession('bo');
    socket.fire('disconnect', 'transport close');
    const { answer, give } = pending();
    socket.answers.set('join', answer);
    socket.fire('connect');
    await settled();
    socket.fire('participant-left', { generation: 'g', version: 2, id: 'bo', reason: 'left' });
    give(seat(1, 'me', 'bo'));
    await settled();
    assert.deepEqual(heard, ['lost', '2: me left', 'resumed']);
    assert.deepEqual(session.roster, roster(2, 'me'));
  });

  it('takes up after a sync what came before its answer', async () => {
    const { socket, heard, asked } = await joinedSession('bo');
    const { answer, give } = pending();
    socket.answers.set('sync', answer);
    socket.fire('participant-joined', { generation: 'g', version: 4, participant: entry('mei') });
    socket.fire('participant-left', { generation: 'g', version: 5, id: 'bo', reason: 'left' });
    give({ ok: true, roster: roster(4, 'me', 'bo', 'mei') });
    await settled();
    assert.deepEqual(heard, ['4: me,bo,mei', '5: me,mei left']);
    assert.equal(asked('sync').length, 1);
  });

  it('goes on while it is asked for: who comes is known before they say anything, and why somebody left is told', async () => {
    const { socket, session, heard } = await joinedSession('bo');
    const { answer, give } = pending();
    socket.answers.set('sync', answer);
    void session.sync();
    socket.fire('participant-joined', { generation: 'g', version: 2, participant: entry('mei') });
    assert.deepEqual(session.roster, roster(2, 'me', 'bo', 'mei'));
    socket.fire('participant-left', { generation: 'g', version: 3, id: 'bo', reason: 'removed' });
    give({ ok: true, roster: roster(3, 'me', 'mei') });
    await settled();
    assert.deepEqual(heard, ['2: me,bo,mei', '3: me,mei removed', '3: me,mei']);
  });

  it('is not put back by a sync that is older than what is known', async () => {
    const { socket, session } = await joinedSession('bo');
    socket.answers.set('sync', { ok: true, roster: roster(0, 'me') });
    socket.fire('participant-joined', { generation: 'g', version: 9, participant: entry('mei') });
    await settled();
    assert.equal(session.roster?.version, 1);
  });
});

describe('an update', () => {
  it('that was refused is sent once more, with what is true by then', async context => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { socket, session, asked } = await joinedSession();
    const refused = { ok: false, error: { code: 'rate-limited' } };
    socket.answers.set('update', refused);
    session.update({ camera: true, microphone: false });
    await settled();
    session.update({ microphone: true });
    await settled();
    context.mock.timers.tick(2_000);
    await settled();
    assert.deepEqual(asked('update').at(-1), { camera: true, microphone: true });
    const before = asked('update').length;
    context.mock.timers.tick(60_000);
    await settled();
    assert.equal(asked('update').length, before, 'once, not for ever');
    socket.answers.delete('update');
    session.update({ displayName: 'Ada L.' });
    await settled();
    assert.deepEqual(asked('update').at(-1), { displayName: 'Ada L.', camera: true, microphone: true });
  });

  it('that came between a return and its answer is told after it', async () => {
    const { socket, session, asked } = await joinedSession();
    socket.fire('disconnect', 'transport close');
    const { answer, give } = pending();
    socket.answers.set('join', answer);
    socket.answers.set('update', { ok: false, error: { code: 'not-in-room' } });
    socket.fire('connect');
    await settled();
    session.update({ camera: true });
    await settled();
    socket.answers.delete('update');
    give(seat(2, 'me'));
    await settled();
    assert.deepEqual(asked('update').at(-1), { camera: true });
    assert.equal(asked('update').length, 2);
  });
});
