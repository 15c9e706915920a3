// Ways into a room: with the handshake, by HTTP before there is a socket, over a socket that is open.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FirstOffer, Handshake, Joined, JoinRequest, Signal } from '../../protocol/events.ts';
import type { postJoin, SignalingSocket } from './connect.ts';
import type { Refused } from './refused.ts';
import { ResumeSecret } from './resume-secret.ts';
import { Session } from './session.ts';
import { FakeSocket } from './testing/fake-socket.ts';
import { rosterEntry } from './testing/roster-entry.ts';

const presence = { displayName: 'Ada', microphone: true, camera: false, screen: false };
const offer: FirstOffer = { connectionId: 'spare-0001', generation: 1, sdp: 'v=0\r\n' };
const signal: Signal = { connectionId: 'theirs-001', candidates: [null] };
const seat = (version = 1, ...ids: string[]): { ok: true } & Joined => ({
  ok: true,
  self: 'me',
  roster: { generation: 'g', version, participants: ['me', ...ids].map(id => rosterEntry(id)) },
  iceServers: [],
  limits: { capacity: 8, iceServersTtlSec: 600 },
});
const settled = () => new Promise(resolve => setImmediate(resolve));

/** The HTTP side of the server. */
class FakePosts {
  readonly joins: JoinRequest[] = [];
  say: Parameters<typeof postJoin>[3] = () => assert.fail('nothing was posted');
  aborted: AbortSignal | undefined;

  readonly post: typeof postJoin = (_url, join, aborted, onSaid) => {
    this.joins.push(join);
    this.aborted = aborted;
    this.say = onSaid;
    return new Promise(() => undefined);
  };
}

function makeSession() {
  const socket = new FakeSocket();
  const posts = new FakePosts();
  let handshake: (() => Promise<Omit<Handshake, 'protocol'>>) | undefined;
  const session = new Session({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    secret: new ResumeSecret('support', undefined),
    connect: (_url, auth) => {
      handshake = auth;
      return socket as unknown as SignalingSocket;
    },
    post: posts.post,
    greet: () => Promise.resolve(undefined),
  });
  let makeReady: () => void = () => undefined;
  const spare = {
    ready: new Promise<void>(resolve => (makeReady = resolve)),
    offer: undefined as FirstOffer | undefined,
  };
  const offerIsReady = async () => {
    spare.offer = offer;
    makeReady();
    await settled();
  };
  /** The WebSocket is open and asks what to say. */
  const shakeHands = async () => (await handshake!()).join;
  const heard: string[] = [];
  session.on('resumed', () => heard.push('resumed'));
  session.on('roster', ({ roster }) => heard.push(`roster ${roster.version}`));
  session.on('signal', ({ from }) => heard.push(`signal from ${from}`));
  session.on('ended', how => heard.push('refused' in how ? how.refused.code : how.reason));
  return { socket, posts, session, spare, offerIsReady, shakeHands, heard };
}

const eventsOf = ({ requests }: FakeSocket) => requests.map(({ event }) => event);

/** In the room by HTTP; `lost` is heard from here on, and the socket is still to come. */
async function joinedByPost() {
  const made = makeSession();
  const { session, spare, posts, offerIsReady, heard } = made;
  session.on('lost', () => heard.push('lost'));
  const joining = session.join(presence, spare);
  await offerIsReady();
  posts.say(['entered', seat(1, 'bo')]);
  await joining;
  return made;
}

describe('a join', () => {
  it('rides on the handshake, with the offer if it is there, and is not asked again', async () => {
    const { session, socket, shakeHands, spare } = makeSession();
    spare.offer = offer;
    const joining = session.join(presence, spare);
    assert.deepEqual((await shakeHands())?.offer, offer);
    socket.fire('connect');
    socket.fire('entered', seat());
    assert.equal((await joining).self, 'me');
    assert.deepEqual(eventsOf(socket), []);
  });

  it('goes over a socket that is open, in one round trip, and not by HTTP', async () => {
    const { session, socket, shakeHands, spare, posts, offerIsReady } = makeSession();
    session.connect();
    assert.equal(await shakeHands(), undefined);
    socket.fire('connect');
    socket.answers.set('join', seat());
    await offerIsReady();
    await session.join(presence, spare);
    assert.deepEqual(eventsOf(socket), ['join']);
    assert.deepEqual((socket.requests[0]?.payload as JoinRequest).offer, offer);
    assert.deepEqual(posts.joins, []);
  });

  it('goes by HTTP once its offer is there, while the socket is being opened', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands, heard } = makeSession();
    const joining = session.join(presence, spare);
    await settled();
    assert.equal(posts.joins.length, 0);
    await offerIsReady();
    assert.deepEqual(posts.joins[0]!.offer, offer);
    posts.say(['entered', { ...seat(1, 'bo'), offeredTo: 'bo' }]);
    assert.equal((await joining).offeredTo, 'bo');
    posts.say(['signal', { from: 'bo', signal }]);
    assert.deepEqual(heard, ['signal from bo']);
    // The socket takes the seat over: neither a new join nor a return.
    assert.equal((await shakeHands())?.secret, posts.joins[0]!.secret);
    socket.fire('connect');
    socket.fire('entered', seat(2, 'bo'));
    await settled();
    assert.deepEqual(heard, ['signal from bo', 'roster 2']);
    assert.deepEqual(eventsOf(socket), []);
  });

  it('that went by HTTP keeps what is to be said until the socket is there', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands } = makeSession();
    const joining = session.join(presence, spare);
    await offerIsReady();
    posts.say(['entered', seat(1, 'bo')]);
    await joining;
    const arrived = session.signal('bo', signal);
    session.update({ camera: true });
    await settled();
    assert.deepEqual(eventsOf(socket), []);
    assert.equal((await shakeHands())?.camera, true);
    socket.fire('connect');
    socket.fire('entered', seat(2, 'bo'));
    assert.equal(await arrived, true);
    // The handshake has told of the camera.
    assert.deepEqual(eventsOf(socket), ['signal']);
  });

  it('that HTTP does not answer is answered by the socket', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands } = makeSession();
    const joining = session.join(presence, spare);
    await offerIsReady();
    assert.deepEqual((await shakeHands())?.offer, offer);
    socket.fire('connect');
    socket.fire('entered', { ...seat(1, 'bo'), offeredTo: 'bo' });
    assert.equal((await joining).offeredTo, 'bo');
    posts.say(['entered', { ok: false, error: { code: 'rate-limited' } }]);
    assert.equal(session.roster?.version, 1);
  });

  it('is not sent by HTTP when the handshake has it already', async () => {
    const { session, spare, posts, offerIsReady, shakeHands } = makeSession();
    void session.join(presence, spare).catch(() => undefined);
    await shakeHands();
    await offerIsReady();
    assert.deepEqual(posts.joins, []);
    session.close();
  });

  it('that is refused by HTTP is refused, save for what passes', async () => {
    const { session, spare, posts, offerIsReady } = makeSession();
    const joining = session.join(presence, spare);
    await offerIsReady();
    posts.say(['entered', { ok: false, error: { code: 'rate-limited' } }]);
    posts.say(['entered', { ok: false, error: { code: 'room-full', capacity: 3 } }]);
    await assert.rejects(joining, (error: Refused) => error.code === 'room-full' && error.capacity === 3);
    session.close();
    assert.ok(posts.aborted?.aborted);
  });

  it('by HTTP of who must wait is waited for at the socket', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands } = makeSession();
    const joining = session.join(presence, spare);
    const places: number[] = [];
    session.on('waiting', ({ place }) => places.push(place));
    await offerIsReady();
    posts.say(['entered', { ok: true, self: 'me', waiting: 1 }]);
    assert.deepEqual(places, []);
    await shakeHands();
    socket.fire('connect');
    socket.fire('entered', { ok: true, self: 'me', waiting: 1 });
    await settled();
    assert.deepEqual(places, [1]);
    socket.answers.set('join', seat());
    socket.fire('admitted', {});
    assert.equal((await joining).self, 'me');
  });

  it('by HTTP whose socket is long in coming holds like any call that has lost it', async () => {
    const { socket, shakeHands, heard } = await joinedByPost();
    for (let i = 0; i < 3; i++) socket.fire('connect_error', new Error('refused'));
    await settled();
    assert.deepEqual(heard, ['lost']);
    await shakeHands();
    socket.fire('connect');
    socket.fire('entered', seat(2, 'bo'));
    await settled();
    assert.deepEqual(heard, ['lost', 'resumed', 'roster 2']);
  });

  for (const code of ['rate-limited', 'internal'] as const) {
    it(`by HTTP whose socket is refused with ${code} asks again, and is not over`, async t => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const { session, socket, shakeHands, heard } = await joinedByPost();
      await shakeHands();
      socket.fire('connect');
      socket.fire('entered', { ok: false, error: { code } });
      await settled();
      assert.deepEqual(heard, ['lost']);
      socket.answers.set('join', seat(2, 'bo'));
      t.mock.timers.tick(2_000);
      await settled();
      assert.deepEqual(heard, ['lost', 'resumed', 'roster 2']);
      session.close();
    });
  }

  it('by HTTP hears there what a host asks, who comes, and the end', async () => {
    const { session, spare, posts, offerIsReady, heard } = makeSession();
    session.on('mute-requested', ({ by }) => heard.push(`muted by ${by}`));
    session.on('knocking', ({ knocks }) => heard.push(`${knocks.length} knock`));
    const joining = session.join(presence, spare);
    await offerIsReady();
    posts.say(['entered', seat(1, 'bo')]);
    await joining;
    posts.say(['mute-requested', { by: 'bo' }]);
    posts.say(['knocking', { knocks: [{ id: 'cy', displayName: 'Cy' }] }]);
    posts.say(['participant-joined', { generation: 'g', version: 2, participant: rosterEntry('di') }]);
    posts.say(['ended', { reason: 'ended' }]);
    assert.deepEqual(heard, ['muted by bo', '1 knock', 'roster 2', 'ended']);
    // Nothing is to bring the seat back.
    assert.ok(posts.aborted?.aborted);
    assert.equal(session.roster, undefined);
  });

  it('by HTTP whose seat is lost and must be waited for is told when it is back', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands, heard } = makeSession();
    session.on('waiting', ({ place }) => heard.push(`waiting ${place}`));
    const joining = session.join(presence, spare);
    await offerIsReady();
    posts.say(['entered', seat(1, 'bo')]);
    await joining;
    await shakeHands();
    socket.fire('connect');
    socket.fire('entered', { ok: true, self: 'me', waiting: 1 });
    await settled();
    socket.answers.set('join', seat(3, 'bo'));
    socket.fire('admitted', {});
    await settled();
    assert.deepEqual(heard, ['waiting 1', 'resumed', 'roster 3']);
  });

  it('by HTTP loses nothing of what the socket hears before its own answer', async () => {
    const { session, socket, spare, posts, offerIsReady, shakeHands } = makeSession();
    const joining = session.join(presence, spare);
    await offerIsReady();
    await shakeHands();
    socket.fire('connect');
    posts.say(['entered', seat(1, 'bo')]);
    await joining;
    // The answer that is on its way was written before Cy came.
    socket.fire('participant-joined', { generation: 'g', version: 3, participant: rosterEntry('cy') });
    socket.fire('entered', seat(2, 'bo'));
    await settled();
    assert.equal(session.roster?.version, 3);
    assert.ok(session.roster.participants.some(({ id }) => id === 'cy'));
    assert.ok(!eventsOf(socket).includes('sync'));
  });

  it('that is left before the socket is there takes the post back, and nothing is said any more', async () => {
    const { session, spare, posts, offerIsReady, heard } = makeSession();
    const joining = session.join(presence, spare);
    await offerIsReady();
    posts.say(['entered', seat(1, 'bo')]);
    await joining;
    await session.leave();
    await settled();
    assert.ok(posts.aborted?.aborted);
    assert.deepEqual(heard, []);
  });

  it('after a lost connection rides on the next handshake, without an offer', async () => {
    const { session, socket, shakeHands, spare, heard } = makeSession();
    spare.offer = offer;
    const joining = session.join(presence, spare);
    await shakeHands();
    socket.fire('connect');
    socket.fire('entered', seat());
    await joining;
    socket.fire('disconnect', 'transport close');
    const again = await shakeHands();
    assert.equal(again?.displayName, 'Ada');
    assert.equal(again.offer, undefined);
    socket.fire('connect');
    socket.fire('entered', seat(5));
    await settled();
    assert.ok(heard.includes('resumed'));
    assert.deepEqual(eventsOf(socket), []);
  });

  it('whose handshake got through and whose answer did not is asked again with the next one', async () => {
    const { session, socket, shakeHands, spare } = makeSession();
    const joining = session.join(presence, spare);
    const first = await shakeHands();
    socket.fire('connect');
    socket.fire('disconnect', 'transport close');
    await settled();
    const { listeners } = socket;
    const second = await shakeHands();
    assert.equal(second?.secret, first?.secret);
    socket.fire('connect');
    socket.fire('entered', seat(1, 'bo'));
    assert.equal((await joining).self, 'me');
    await settled();
    assert.ok(socket.listeners <= listeners, 'nobody listens for an answer that is there');
  });
});
