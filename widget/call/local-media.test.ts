import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LocalMedia } from './local-media.ts';
import type { GetUserMedia } from './local-media.ts';

class FakeTrack extends EventTarget {
  readonly kind: string;
  enabled = true;
  readyState = 'live';
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  stop(): void {
    this.readyState = 'ended';
  }
}

/** A machine with devices; `refuse` names the errors by kind. Every track that it ever gave is in `tracks`. */
function machine(refuse: { audio?: string; video?: string } = {}) {
  const tracks: FakeTrack[] = [];
  const asked: string[] = [];
  const getUserMedia = ((constraints: MediaStreamConstraints) => {
    const kinds = (['audio', 'video'] as const).filter(kind => constraints[kind]);
    asked.push(kinds.join('+'));
    const name = kinds.map(kind => refuse[kind]).find(Boolean);
    if (name) return Promise.reject(Object.assign(new Error(name), { name }));
    const given = kinds.map(kind => new FakeTrack(kind));
    tracks.push(...given);
    return Promise.resolve({ getTracks: () => given } as unknown as MediaStream);
  }) satisfies GetUserMedia;
  return { getUserMedia, tracks, asked, live: () => tracks.filter(track => track.readyState === 'live').length };
}

const both = { microphone: true, camera: true };

describe('local media', () => {
  it('asks for camera and microphone with one prompt', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start(both);
    assert.deepEqual(devices.asked, ['audio+video']);
    assert.deepEqual(media.state, { microphone: 'on', camera: 'on' });
  });

  it('does not ask for what is not wanted', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start({ microphone: true, camera: false });
    assert.deepEqual(devices.asked, ['audio']);
    await media.start({ microphone: false, camera: false });
    assert.deepEqual(devices.asked, ['audio']);
  });

  it('tells that a device is starting before it is on', async () => {
    const seen: string[] = [];
    const media: LocalMedia = new LocalMedia(machine().getUserMedia, () => seen.push(media.state.camera));
    await media.setCamera(true);
    assert.deepEqual(seen, ['starting', 'on']);
  });

  it('starts the microphone when the camera is missing, and says so', async () => {
    const devices = machine({ video: 'NotFoundError' });
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start(both);
    assert.equal(media.state.microphone, 'on');
    assert.equal(media.state.camera, 'off');
    assert.equal(media.state.problem?.code, 'device-not-found');
  });

  it('does not ask twice when permission was denied', async () => {
    const devices = machine({ audio: 'NotAllowedError', video: 'NotAllowedError' });
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start(both);
    assert.deepEqual(devices.asked, ['audio+video']);
    assert.equal(media.state.problem?.code, 'permission-denied');
  });

  for (const [name, code] of [
    ['NotReadableError', 'device-in-use'],
    ['NotFoundError', 'device-not-found'],
    ['SomethingElse', 'media-failed'],
  ]) {
    it(`says ${String(code)} for a ${String(name)}`, async () => {
      const media = new LocalMedia(machine({ video: name! }).getUserMedia, () => undefined);
      await media.setCamera(true);
      assert.equal(media.state.problem?.code, code);
    });
  }

  it('forgets a problem with the next wish', async () => {
    const refuse: { video?: string } = { video: 'NotReadableError' };
    const media = new LocalMedia(machine(refuse).getUserMedia, () => undefined);
    await media.setCamera(true);
    delete refuse.video;
    await media.setCamera(true);
    assert.deepEqual(media.state, { microphone: 'off', camera: 'on' });
  });

  it('mutes the microphone without stopping it', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.setMicrophone(true);
    await media.setMicrophone(false);
    assert.equal(devices.live(), 1);
    assert.equal(devices.tracks[0]?.enabled, false);
    assert.equal(media.state.microphone, 'off');
  });

  it('stops the camera when it is turned off', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.setCamera(true);
    await media.setCamera(false);
    assert.equal(devices.live(), 0);
    assert.equal(media.tracks.video, undefined);
  });

  it('stops what the browser grants after the wish is gone', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    const starting = media.start(both);
    media.release();
    await starting;
    assert.equal(devices.tracks.length, 2);
    assert.equal(devices.live(), 0);
    assert.deepEqual(media.state, { microphone: 'off', camera: 'off' });
  });

  it('notices that a device went away', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start(both);
    devices.tracks.find(({ kind }) => kind === 'video')?.dispatchEvent(new Event('ended'));
    assert.equal(media.state.camera, 'off');
    assert.equal(media.state.problem?.code, 'device-not-found');
    assert.equal(media.state.microphone, 'on');
  });

  it('leaves nothing live after release', async () => {
    const devices = machine();
    const media = new LocalMedia(devices.getUserMedia, () => undefined);
    await media.start(both);
    media.release();
    assert.equal(devices.live(), 0);
  });
});
