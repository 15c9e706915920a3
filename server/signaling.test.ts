import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Signal } from '../protocol/events.ts';
import { participantIdOf } from './participant-id.ts';
import { ask, codeOf, join, listen, next, settle, startRig } from './testing/rig.ts';

const signal: Signal = { connectionId: 'connection', generation: 1, description: { type: 'offer', sdp: 'v=0\r\n' } };

describe('an update', () => {
  it('reaches everybody with the version that its sender is answered', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    await join(bo);
    const heard = [next(ada, 'participant-updated'), next(bo, 'participant-updated')];
    const answer = await ask(bo, 'update', { camera: false, handRaised: true, displayName: ' Bo\u202e ' });
    for (const message of await Promise.all(heard)) {
      const { displayName, camera, microphone, handRaised } = message.participant;
      assert.deepEqual(
        { displayName, camera, microphone, handRaised },
        {
          displayName: 'Bo',
          camera: false,
          microphone: true,
          handRaised: true,
        },
      );
      assert.deepEqual(answer, { ok: true, generation: message.generation, version: message.version });
    }
  });

  it('tells everybody to whom a picture is paused', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    const { self } = await join(ada);
    await join(bo);
    const heard = next(ada, 'participant-updated');
    await ask(bo, 'update', { videoPausedFor: [self] });
    assert.deepEqual((await heard).participant.videoPausedFor, [self]);
  });

  it('that names anything but a list of ids, or more than the largest room, is refused', async t => {
    const rig = await startRig(t);
    const ada = await rig.connect();
    const { self } = await join(ada);
    for (const wrong of [self, [1], ['bo'], [self + self], Array.from({ length: 101 }, () => self)]) {
      const answer = await ask(ada, 'update', { videoPausedFor: wrong });
      assert.equal(codeOf(answer), 'payload-invalid', JSON.stringify(wrong));
    }
  });
});

describe('a signal', () => {
  it('reaches the addressed participant alone, with the sender that the server knows', async t => {
    const rig = await startRig(t);
    const [ada, bo, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const { self } = await join(ada);
    const { self: boId } = await join(bo);
    await join(eve);
    const heard = listen(eve);
    const arrived = next(bo, 'signal');
    assert.deepEqual(await ask(ada, 'signal', { to: boId, signal }), { ok: true });
    assert.deepEqual(await arrived, { from: self, signal });
    await settle(eve);
    assert.deepEqual(heard, []);
  });

  it('with a forged sender is refused', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    const { self } = await join(bo);
    assert.equal(codeOf(await ask(ada, 'signal', { to: self, from: self, signal })), 'payload-invalid');
  });

  it('to oneself, to nobody, to another room or from outside is refused', async t => {
    const rig = await startRig(t);
    const [ada, bo, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const { self } = await join(ada);
    const { self: elsewhere } = await join(bo, { room: 'other' });
    const codeTo = async (to: string, client = ada) => codeOf(await ask(client, 'signal', { to, signal }));
    assert.equal(await codeTo(self), 'participant-unknown');
    assert.equal(await codeTo(participantIdOf('nobody')), 'participant-unknown');
    assert.equal(await codeTo(elsewhere), 'participant-unknown');
    assert.equal(await codeTo(self, eve), 'not-in-room');
  });
});

describe('outside a room', () => {
  for (const event of ['sync', 'update', 'ice-servers', 'leave']) {
    it(`${event} is refused`, async t => {
      const rig = await startRig(t);
      assert.equal(codeOf(await ask(await rig.connect(), event, {})), 'not-in-room');
    });
  }
});
