import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { authEnvironment, tokenFor } from './testing/entry-cases.ts';
import { posted } from './testing/post.ts';
import { ask, codeOf, join, joinRequest, listen, newSecret, next, settle, startRig } from './testing/rig.ts';
import type { Client, Rig } from './testing/rig.ts';

const disconnected = (client: Client) => new Promise(resolve => client.once('disconnect', resolve));

/** Closes the connection of somebody, and resolves when another has heard that their time is up. */
async function timedOut(rig: Rig, client: Client, participantId: string, observer: Client): Promise<void> {
  const left = next(observer, 'participant-left');
  client.disconnect();
  const claim = { room: 'support', participantId, connectionId: '' };
  while (await rig.store.isPresent(claim)) await setImmediate();
  rig.advance(15_000);
  await left;
}

/** A host, and somebody who waits. */
async function startKnock(rig: Rig) {
  const [host, guest] = [await rig.connect(), await rig.connect()];
  await join(host, { token: tokenFor(rig, { role: 'host' }) });
  const heard = listen(guest);
  const request = joinRequest({ token: tokenFor(rig, { knock: true, role: 'guest', sub: 'kim' }), displayName: 'Kim' });
  const knocking = next(host, 'knocking');
  const answer = await ask(guest, 'join', request);
  assert.ok(answer.ok);
  const id = answer.self as string;
  assert.deepEqual(await knocking, { knocks: [{ id, displayName: 'Kim' }] });
  return { host, guest, request, id, answer, heard };
}

describe('who must be admitted', () => {
  it('gets a place in line, and no roster, ICE server, signal or other answer', async t => {
    const rig = await startRig(t, authEnvironment, { relays: [{ port: 3478, tlsPort: undefined }] });
    const { host, guest, id, answer, heard } = await startKnock(rig);
    assert.deepEqual(Object.keys(answer).sort(), ['ok', 'self', 'waiting']);
    for (const [event, payload] of [
      ['sync', {}],
      ['ice-servers', {}],
      ['update', { camera: true }],
      ['signal', { to: id, signal: { connectionId: 'connection', candidates: [null] } }],
      ['admit', { id }],
      ['lock', { locked: true }],
    ] as const) {
      assert.equal(codeOf(await ask(guest, event, payload)), 'not-in-room', event);
    }
    const signal = { connectionId: 'connection', candidates: [null] };
    assert.equal(codeOf(await ask(host, 'signal', { to: id, signal })), 'participant-unknown');
    await ask(host, 'update', { handRaised: true });
    await settle(guest);
    assert.deepEqual(heard, []);
  });

  it('takes the seat by joining once more when a host has said so', async t => {
    const rig = await startRig(t, authEnvironment);
    const { host, guest, request, id } = await startKnock(rig);
    const admitted = next(guest, 'admitted');
    const joined = next(host, 'participant-joined');
    assert.deepEqual(await ask(host, 'admit', { id }), { ok: true });
    await admitted;
    assert.equal((await joined).participant.role, 'guest');
    const { roster } = await join(guest, request);
    assert.equal(roster.participants.length, 2);
    assert.deepEqual(await ask(guest, 'update', { camera: false }), {
      ok: true,
      generation: roster.generation,
      version: roster.version + 1,
    });
  });

  it('hears when a host refuses, and is refused at the door for a minute', async t => {
    const rig = await startRig(t, authEnvironment);
    const { host, guest, request, id } = await startKnock(rig);
    const [ended, gone] = [next(guest, 'ended'), disconnected(guest)];
    await ask(host, 'reject', { id });
    assert.deepEqual(await ended, { reason: 'rejected' });
    await gone;
    const again = await rig.connect();
    assert.equal(codeOf(await ask(again, 'join', request)), 'rejected');
    rig.advance(60_000);
    assert.equal((await ask(again, 'join', request)).ok, true);
  });

  it('goes out of line by leaving, and after 15 seconds by staying away', async t => {
    const rig = await startRig(t, authEnvironment);
    const { host, guest, request } = await startKnock(rig);
    const left = next(host, 'knocking');
    assert.equal(codeOf(await ask(guest, 'leave', {})), 'ok');
    assert.deepEqual(await left, { knocks: [] });
    const back = next(host, 'knocking');
    await ask(guest, 'join', request);
    await back;
    const late = next(host, 'knocking');
    guest.disconnect();
    await settle(host);
    // The server learns of a lost connection in its own time.
    const isOut = new AbortController();
    void late.then(() => isOut.abort());
    while (!isOut.signal.aborted) {
      rig.advance(15_000);
      await setImmediate();
    }
    assert.deepEqual(await late, { knocks: [] });
  });

  it('keeps the place when another connection of theirs comes, without a token even', async t => {
    const rig = await startRig(t, authEnvironment);
    const { host, guest, request, id } = await startKnock(rig);
    const [second, ended] = [await rig.connect(), next(guest, 'ended')];
    const { secret } = request;
    const answer = await ask(second, 'join', joinRequest({ secret }));
    assert.deepEqual(answer, { ok: true, self: id, waiting: 1 });
    assert.deepEqual(await ended, { reason: 'replaced' });
    const admitted = next(second, 'admitted');
    await ask(host, 'admit', { id });
    await admitted;
  });

  it('is told of to a host who comes later, or comes back', async t => {
    const rig = await startRig(t, authEnvironment);
    const { host, id } = await startKnock(rig);
    await ask(host, 'leave', {});
    const later = await rig.connect();
    const heard = next(later, 'knocking');
    const secret = newSecret();
    await join(later, { secret, token: tokenFor(rig, { role: 'host' }) });
    assert.deepEqual(await heard, { knocks: [{ id, displayName: 'Kim' }] });
    const back = await rig.connect();
    const again = next(back, 'knocking');
    await join(back, { secret });
    assert.equal((await again).knocks.length, 1);
  });
});

describe('who is removed', () => {
  it('hears it, is gone for the others at once, and loses the relay', async t => {
    const revoked: string[] = [];
    const rig = await startRig(t, {}, { revokeRelay: id => revoked.push(id) });
    const [host, other, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await join(host);
    await join(other);
    const { self: id } = await join(eve);
    const [left, ended, gone] = [next(other, 'participant-left'), next(eve, 'ended'), disconnected(eve)];
    assert.deepEqual(await ask(host, 'remove', { id }), { ok: true });
    assert.equal((await left).reason, 'removed');
    assert.deepEqual(await ended, { reason: 'removed' });
    await gone;
    assert.deepEqual(revoked, [id]);
  });

  it('without a seat, because a client closed its socket and kept its media, is gone for the others all the same', async t => {
    const revoked: string[] = [];
    const rig = await startRig(t, {}, { revokeRelay: id => revoked.push(id) });
    const [host, other, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const { roster } = await join(host);
    await join(other);
    const [secret, guestKey] = [newSecret(), newSecret()];
    const { self: id } = await join(eve, { secret, guestKey });
    await timedOut(rig, eve, id, other);
    const left = next(other, 'participant-left');
    assert.equal(codeOf(await ask(other, 'remove', { id })), 'host-only');
    assert.deepEqual(await ask(host, 'remove', { id }), { ok: true });
    assert.deepEqual(await left, { generation: roster.generation, version: 5, id, reason: 'removed' });
    assert.deepEqual(revoked, [id]);
    const back = await rig.connect();
    assert.equal(codeOf(await ask(back, 'join', joinRequest({ secret }))), 'removed');
    assert.equal(codeOf(await ask(back, 'join', joinRequest({ guestKey }))), 'removed');
  });

  it('is named to who was away meanwhile, with the seat or after it, until the bar is over; and to nobody else', async t => {
    const rig = await startRig(t);
    const [host, away, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await join(host);
    const secret = newSecret();
    const { self } = await join(away, { secret });
    const { self: id } = await join(eve);
    away.disconnect();
    await ask(host, 'remove', { id });
    const back = await rig.connect();
    assert.deepEqual((await join(back, { secret })).removed, [id]);
    assert.equal((await join(await rig.connect())).removed, undefined);
    const newcomer = await posted(rig, { secret: newSecret() });
    const { secret: shown } = newcomer.request;
    assert.equal((await join(await rig.connect(), { secret: shown })).removed, undefined);
    await timedOut(rig, back, self, host);
    const late = await rig.connect();
    assert.deepEqual((await join(late, { secret })).removed, [id]);
    rig.advance(600_000);
    assert.equal((await join(await rig.connect(), { secret })).removed, undefined);
  });

  it('as an id that was never in this room keeps what it has in another, its relay too', async t => {
    const revoked: string[] = [];
    const rig = await startRig(t, {}, { revokeRelay: id => revoked.push(id) });
    const [host, other] = [await rig.connect(), await rig.connect()];
    await join(host);
    const { self: id } = await join(other, { room: 'elsewhere' });
    const left = next(host, 'participant-left');
    assert.deepEqual(await ask(host, 'remove', { id }), { ok: true });
    assert.equal((await left).id, id);
    assert.deepEqual(revoked, []);
    assert.equal(codeOf(await ask(other, 'sync', {})), 'ok');
    assert.equal(codeOf(await ask(host, 'remove', { id: 'nobody' })), 'payload-invalid');
  });
});

describe('a host', () => {
  it('asks others to mute: their client does it, and the roster shows it then', async t => {
    const rig = await startRig(t);
    const [host, bo] = [await rig.connect(), await rig.connect()];
    const { self: by } = await join(host);
    const { self: id } = await join(bo);
    const requested = next(bo, 'mute-requested');
    const heard = listen(host);
    assert.deepEqual(await ask(host, 'mute-participant', { id }), { ok: true });
    assert.deepEqual(await requested, { by });
    await settle(host);
    assert.deepEqual(heard, []);
  });

  it('locks the room: everybody is told, and who joins later learns it from the roster', async t => {
    const rig = await startRig(t);
    const [host, bo] = [await rig.connect(), await rig.connect()];
    await join(host);
    const secret = newSecret();
    const { roster } = await join(bo, { secret });
    const updated = next(bo, 'room-updated');
    assert.deepEqual(await ask(host, 'lock', { locked: true }), { ok: true });
    const { generation, version } = roster;
    assert.deepEqual(await updated, { generation, version: version + 1, locked: true });
    assert.equal((await join(await rig.connect(), { secret })).roster.locked, true);
    await assert.rejects(join(await rig.connect()), /room-locked/);
  });

  it('ends it for everybody, and a new call can begin in the same room', async t => {
    const rig = await startRig(t);
    const [host, bo] = [await rig.connect(), await rig.connect()];
    await join(host);
    await join(bo);
    const ends = [next(host, 'ended'), next(bo, 'ended'), disconnected(host), disconnected(bo)];
    host.emit('end', {}, () => undefined);
    const [first, second] = await Promise.all(ends);
    assert.deepEqual([first, second], [{ reason: 'ended' }, { reason: 'ended' }]);
    assert.equal(rig.store.size, 0);
    await join(await rig.connect());
  });

  it('hands over by making another one and leaving', async t => {
    const rig = await startRig(t);
    const [host, bo, cem] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await join(host);
    await join(bo);
    const { self: id } = await join(cem);
    await ask(host, 'make-host', { id });
    await ask(host, 'leave', {});
    assert.equal(codeOf(await ask(bo, 'lock', { locked: true })), 'host-only');
    assert.equal(codeOf(await ask(cem, 'lock', { locked: true })), 'ok');
  });
});

describe('the same user in two tabs', () => {
  it('is in the call with the newer one; the older is ended and not told of again', async t => {
    const rig = await startRig(t, authEnvironment);
    const [other, older, newer] = [await rig.connect(), await rig.connect(), await rig.connect()];
    await join(other, { token: tokenFor(rig, { role: 'host' }) });
    const { self } = await join(older, { token: tokenFor(rig, { sub: 'ada' }) });
    const heard = listen(other);
    const [ended, gone] = [next(older, 'ended'), disconnected(older)];
    const { self: now } = await join(newer, { token: tokenFor(rig, { sub: 'ada' }) });
    assert.deepEqual(await ended, { reason: 'replaced' });
    await gone;
    await settle(other, newer);
    rig.advance(60_000);
    await settle(other);
    assert.deepEqual(
      heard.map(({ name, message }) => [name, message.id ?? (message.participant as { id: string }).id]),
      [
        ['participant-left', self],
        ['participant-joined', now],
      ],
    );
  });

  it('raced 100 times, with and without a token, leaves one live connection and one seat', async t => {
    const rig = await startRig(t, { ...authEnvironment, AUTH_REQUIRED: 'false', ROOM_CAPACITY: '2' });
    const guestKey = newSecret();
    for (const proof of [() => ({ guestKey }), () => ({ token: tokenFor(rig, { sub: 'ada' }) })]) {
      const room = JSON.stringify(proof()).includes('token') ? 'support' : 'guests';
      const clients = await Promise.all(Array.from({ length: 100 }, () => rig.connect()));
      const reasons: unknown[] = [];
      for (const client of clients) client.on('ended', ({ reason }) => reasons.push(reason));
      let live = clients.length;
      const oneLeft = new Promise<void>(resolve => {
        for (const client of clients) client.once('disconnect', () => (live -= 1) === 1 && resolve());
      });
      await Promise.all(clients.map(client => ask(client, 'join', joinRequest({ room, ...proof() })).catch(() => '')));
      await oneLeft;
      const [survivor] = clients.filter(({ connected }) => connected);
      const answer = await survivor!.emitWithAck('sync', {});
      assert.equal(answer.ok && answer.roster.participants.length, 1);
      assert.deepEqual([reasons.length, new Set(reasons).size], [99, 1]);
    }
  });
});
