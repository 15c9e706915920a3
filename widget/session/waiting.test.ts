import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Joined } from '../../protocol/events.ts';
import type { SignalingSocket } from './connect.ts';
import type { Refused } from './refused.ts';
import { ResumeSecret } from './resume-secret.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session.ts';
import { FakeSocket } from './testing/fake-socket.ts';
import { rosterEntry } from './testing/roster-entry.ts';

const presence = { displayName: 'Ada', microphone: true, camera: false, screen: false };
const seat: { ok: true } & Joined = {
  ok: true,
  self: 'me',
  roster: { generation: 'g', version: 1, participants: [rosterEntry('me')] },
  iceServers: [],
  limits: { capacity: 8, iceServersTtlSec: 600 },
};
const inLine = (place: number) => ({ ok: true, self: 'me', waiting: place });
const settled = () => new Promise(resolve => setImmediate(resolve));

function makeSession(options: Partial<SessionOptions> = {}) {
  const socket = new FakeSocket();
  const session = new Session({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    secret: new ResumeSecret('support', undefined),
    connect: () => socket as unknown as SignalingSocket,
    ...options,
  });
  const heard: unknown[] = [];
  session.on('waiting', ({ place }) => heard.push(place));
  session.on('resumed', () => heard.push('resumed'));
  session.on('ended', how => heard.push('reason' in how ? how.reason : how.refused.code));
  const joins = () =>
    socket.requests
      .filter(({ event }) => event === 'join')
      .map(({ payload }) => payload as { token?: string; guestKey?: string; secret: string });
  return { socket, session, heard, joins };
}

async function startWaiting(options?: Partial<SessionOptions>) {
  const made = makeSession(options);
  made.socket.answers.set('join', inLine(2));
  const joining = made.session.join(presence);
  made.socket.fire('connect');
  await settled();
  return { ...made, joining };
}

describe('a session that must be admitted', () => {
  it('tells its place, and takes the seat when a host says so', async () => {
    const { socket, heard, joins, joining } = await startWaiting();
    socket.fire('waiting', { place: 1 });
    assert.deepEqual(heard, [2, 1]);
    socket.answers.set('join', seat);
    socket.fire('admitted', {});
    assert.equal((await joining).roster.participants.length, 1);
    const [first, second] = joins();
    assert.equal(first?.secret, second?.secret);
    assert.equal(joins().length, 2);
  });

  it('takes its place again after a lost connection, however many tries that takes', async () => {
    const { socket, heard, joins, joining } = await startWaiting();
    socket.fire('disconnect', 'transport close');
    socket.answers.set('join', new Error('timeout'));
    socket.fire('connect');
    await settled();
    socket.answers.set('join', inLine(1));
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await settled();
    assert.deepEqual(heard, [2, 1]);
    socket.answers.set('join', seat);
    socket.fire('admitted', {});
    await joining;
    assert.equal(joins().length, 4);
  });

  it('ends when a host refuses', async () => {
    const { socket, heard, joining } = await startWaiting();
    const outcome = assert.rejects(joining);
    socket.fire('ended', { reason: 'rejected' });
    await outcome;
    assert.deepEqual(heard, [2, 'rejected']);
    assert.ok(socket.closed);
  });

  it('says with which code it was refused after a lost connection', async () => {
    const { socket, joining } = await startWaiting();
    const outcome = assert.rejects(joining, (error: Refused) => error.code === 'token-expired');
    socket.answers.set('join', { ok: false, error: { code: 'token-expired' } });
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await outcome;
  });

  it('leaves the line, and keeps its secret when the page goes away', async () => {
    const left = await startWaiting();
    const outcome = assert.rejects(left.joining);
    await left.session.leave();
    await outcome;
    assert.deepEqual(left.socket.requests.at(-1), { event: 'leave', payload: {} });

    const kept = new Map<string, string>();
    const storage = {
      getItem: () => null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: () => undefined,
    };
    const away = await startWaiting({ secret: new ResumeSecret('support', storage) });
    const ending = assert.rejects(away.joining);
    away.session.leaving();
    await ending;
    assert.equal(away.socket.requests.at(-1)?.event, 'leaving');
    assert.deepEqual([...kept.values()], [away.joins()[0]?.secret]);
  });

  it('waits again when it comes back too late for its seat', async () => {
    const { socket, session, heard } = makeSession();
    socket.answers.set('join', seat);
    const joining = session.join(presence);
    socket.fire('connect');
    await joining;
    socket.answers.set('join', inLine(1));
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await settled();
    assert.deepEqual(heard, [1]);
    socket.answers.set('join', seat);
    socket.fire('admitted', {});
    await settled();
    assert.deepEqual(heard, [1, 'resumed']);
  });
});

describe('a session with a token', () => {
  it('shows a fresh one at each join', async () => {
    let made = 0;
    const { socket, session, joins } = makeSession({
      token: () => Promise.resolve(`token-${++made}`),
      guestKey: 'key',
    });
    socket.answers.set('join', seat);
    const joining = session.join(presence);
    socket.fire('connect');
    await joining;
    socket.fire('disconnect', 'transport close');
    socket.fire('connect');
    await settled();
    assert.deepEqual(
      joins().map(({ token, guestKey }) => [token, guestKey]),
      [
        ['token-1', 'key'],
        ['token-2', 'key'],
      ],
    );
  });

  it('comes back without one when none can be had', async () => {
    const { socket, session, joins } = makeSession({
      token: () => {
        throw new Error('the site is down');
      },
    });
    socket.answers.set('join', seat);
    const joining = session.join(presence);
    socket.fire('connect');
    await joining;
    assert.deepEqual(
      joins().map(({ token }) => token),
      [undefined],
    );
  });
});
