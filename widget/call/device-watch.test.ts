import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CallError } from './call-error.ts';
import { mustRenew, nextCamera } from './device-choice.ts';
import { DeviceWatch } from './device-watch.ts';
import type { DeviceMove } from './device-watch.ts';
import { LocalMedia } from './local-media.ts';
import { ScreenShare } from './screen-share.ts';
import { FakeClock, settled } from './testing/fake-clock.ts';
import { camera, FakeMachine, microphone } from './testing/fake-machine.ts';
import type { FakeTrack } from './testing/fake-machine.ts';

const both = { microphone: true, camera: true };

let machine: FakeMachine;
let local: LocalMedia;
let watch: DeviceWatch;
let clock: FakeClock;
let lifetime: AbortController;
let moves: DeviceMove[];
let interruptions: string[];
let states: string[];

async function started(devices = [microphone('mic'), microphone('headset'), camera('cam'), camera('webcam')]) {
  machine = new FakeMachine(devices);
  local = new LocalMedia(machine.getUserMedia, () => {
    states.push(`${local.state.microphone} ${local.state.camera}`);
    watch.onLocalChange();
  });
  watch = new DeviceWatch({
    local,
    devices: machine.list,
    clock,
    signal: lifetime.signal,
    onInterrupted: (cause, over) => interruptions.push(`${cause}${over ? ' is back' : ''}`),
    onMoved: moved => moves.push(moved),
  });
  await local.start(both);
  await settled();
  states = [];
}

const running = (kind: 'audio' | 'video') => (local.tracks[kind] as unknown as FakeTrack | undefined)?.deviceId;

beforeEach(() => {
  clock = new FakeClock();
  lifetime = new AbortController();
  [moves, interruptions, states] = [[], [], []];
});
afterEach(() => lifetime.abort());

describe('a device that goes away in a call (F26)', () => {
  it('is followed by the next one, and its name is told', async () => {
    await started();
    machine.unplug('cam');
    await settled();
    assert.equal(running('video'), 'webcam');
    assert.equal(local.state.camera, 'on');
    assert.equal(local.state.problem, undefined);
    assert.deepEqual(moves, [{ device: 'camera', from: 'cam', to: 'webcam', gone: true }]);
  });

  it('leaves the call without a picture when there is no other, with a way back', async () => {
    await started([microphone('mic'), camera('cam')]);
    machine.unplug('cam');
    await settled();
    assert.equal(local.state.camera, 'off');
    assert.equal(local.state.microphone, 'on');
    assert.equal(local.state.problem?.code, 'device-not-found');
    machine.plug(camera('cam'));
    await local.setCamera(true);
    assert.equal(local.state.camera, 'on');
    assert.equal(local.state.problem, undefined);
  });

  it('leaves the call without sound and with its picture when the only microphone goes, with a way back', async () => {
    await started([microphone('mic'), camera('cam')]);
    machine.unplug('mic');
    await settled();
    assert.deepEqual([local.state.microphone, local.state.problem?.code], ['off', 'device-not-found']);
    assert.equal(running('video'), 'cam');
    machine.plug(microphone('mic'));
    await local.setMicrophone(true);
    assert.deepEqual([local.state.microphone, local.state.problem], ['on', undefined]);
  });

  it('says so when another app has it', async () => {
    await started([microphone('mic'), camera('cam')]);
    machine.refuse.set('video', 'NotReadableError');
    (local.tracks.video as unknown as FakeTrack).end();
    await settled();
    assert.equal(local.state.problem?.code, 'device-in-use');
  });

  it('says so when the permission was taken back', async () => {
    await started();
    machine.refuse.set('audio', 'NotAllowedError');
    (local.tracks.audio as unknown as FakeTrack).end();
    await settled();
    assert.deepEqual([local.state.microphone, local.state.problem?.code], ['off', 'permission-denied']);
    assert.equal(local.state.camera, 'on');
  });

  it('is asked for once by itself, and not again when that one ends at once', async () => {
    await started([microphone('mic'), camera('cam')]);
    const asked = machine.asked.length;
    (local.tracks.audio as unknown as FakeTrack).end();
    await settled();
    assert.equal(local.state.microphone, 'on');
    (local.tracks.audio as unknown as FakeTrack).end();
    await settled();
    assert.equal(machine.asked.length, asked + 1);
    assert.equal(local.state.microphone, 'off');
    await local.setMicrophone(true);
    await clock.pass(60_000);
    (local.tracks.audio as unknown as FakeTrack).end();
    await settled();
    assert.equal(local.state.microphone, 'on');
  });

  it('comes back muted when it was muted', async () => {
    await started();
    await local.setMicrophone(false);
    machine.unplug('mic');
    await settled();
    assert.equal(running('audio'), 'headset');
    assert.equal(local.tracks.audio?.enabled, false);
    assert.equal(local.state.microphone, 'off');
  });
});

describe('a device that is plugged in', () => {
  it('is taken when it was chosen before, and said to be plugged in', async () => {
    await started();
    await watch.select('microphone', 'headset');
    machine.unplug('headset');
    await settled();
    assert.equal(running('audio'), 'mic');
    await clock.pass(60_000);
    machine.plug(microphone('headset'));
    await settled();
    assert.equal(running('audio'), 'headset');
    assert.deepEqual(
      moves.map(({ to, gone }) => [to, gone]),
      [
        ['mic', true],
        ['headset', false],
      ],
    );
  });

  it('is followed by the microphone when it is the new default and none was chosen', async () => {
    await started();
    machine.devices = [microphone('headset'), microphone('mic'), camera('cam')];
    machine.dispatchEvent(new Event('devicechange'));
    await settled();
    assert.equal(running('audio'), 'headset');
    assert.deepEqual(new Set(states), new Set(['on on']), 'without a gap that anybody sees');
  });

  it('is left alone while another one was chosen', async () => {
    await started();
    await watch.select('microphone', 'mic');
    machine.devices = [microphone('new'), ...machine.devices];
    machine.dispatchEvent(new Event('devicechange'));
    await settled();
    assert.equal(running('audio'), 'mic');
  });

  it('changes no picture by itself', () => {
    const before = [camera('cam')];
    const now = [camera('webcam'), camera('cam')];
    assert.equal(mustRenew({ kind: 'videoinput', current: 'cam', chosen: undefined }, before, now), false);
  });

  it('as the default of Chrome is told by its group, for its id is always the same', () => {
    const byDefault = (groupId: string) => [
      { ...microphone('default'), groupId },
      microphone('mic'),
      microphone('headset'),
    ];
    const use = { kind: 'audioinput' as const, current: 'default', chosen: undefined };
    assert.equal(mustRenew(use, byDefault('mic-group'), byDefault('headset-group')), true);
    assert.equal(mustRenew(use, byDefault('mic-group'), byDefault('mic-group')), false);
  });
});

describe('choosing a device', () => {
  it('replaces the one that runs, and the others see no gap', async () => {
    await started();
    await watch.select('camera', 'webcam');
    assert.equal(running('video'), 'webcam');
    assert.deepEqual(new Set(states), new Set(['on on']));
    assert.equal(machine.live.length, 2);
    assert.deepEqual(moves, []);
  });

  it('that is off is remembered for when it is turned on', async () => {
    await started();
    await local.setCamera(false);
    await watch.select('camera', 'webcam');
    assert.equal(local.tracks.video, undefined);
    await local.setCamera(true);
    assert.equal(running('video'), 'webcam');
  });

  it('that does not start goes back to the one before, and says why', async () => {
    await started();
    machine.refuse.set('webcam', 'NotReadableError');
    await assert.rejects(watch.select('camera', 'webcam'), (error: CallError) => error.code === 'device-in-use');
    assert.equal(running('video'), 'cam');
    assert.equal(local.state.camera, 'on');
  });

  it('that is not there is refused', async () => {
    await started();
    await assert.rejects(watch.select('camera', 'nowhere'), new CallError('device-not-found'));
    assert.equal(running('video'), 'cam');
  });

  it('goes round the cameras, and stays where there is one', async () => {
    await started();
    await watch.cycleCamera();
    assert.equal(running('video'), 'webcam');
    await watch.cycleCamera();
    assert.equal(running('video'), 'cam');
    assert.equal(nextCamera([camera('cam'), microphone('mic')], 'cam'), undefined);
  });
});

describe('a device that the system takes for a while', () => {
  it('is told after a second, and told again when it is back', async () => {
    await started();
    const track = local.tracks.audio as unknown as FakeTrack;
    track.setMuted(true);
    await clock.pass(999);
    assert.deepEqual(interruptions, []);
    await clock.pass(1);
    assert.deepEqual(interruptions, ['microphone']);
    track.setMuted(false);
    assert.deepEqual(interruptions, ['microphone', 'microphone is back']);
  });

  it('for a moment only, as when devices change, is nothing', async () => {
    await started();
    const track = local.tracks.audio as unknown as FakeTrack;
    track.setMuted(true);
    await clock.pass(500);
    track.setMuted(false);
    await clock.pass(5_000);
    assert.deepEqual(interruptions, []);
  });

  it('is back when it was asked for anew', async () => {
    await started();
    (local.tracks.audio as unknown as FakeTrack).setMuted(true);
    await clock.pass(1_000);
    await local.renew('audio');
    assert.deepEqual(interruptions, ['microphone', 'microphone is back']);
    assert.equal(machine.live.length, 2);
  });

  it('after the call is nobody’s concern', async () => {
    await started();
    const track = local.tracks.audio as unknown as FakeTrack;
    track.setMuted(true);
    lifetime.abort();
    await clock.pass(5_000);
    assert.deepEqual([interruptions, clock.waiting], [[], 0]);
  });
});

describe('a shared screen', () => {
  const share = () => new ScreenShare(local, machine.getDisplayMedia, lifetime.signal);

  it('has its own tracks beside camera and microphone, with hints what they are', async () => {
    await started();
    await share().start();
    assert.equal(local.state.screen, 'on');
    assert.deepEqual(Object.keys(local.tracks).sort(), ['audio', 'screen', 'screenAudio', 'video']);
    assert.equal(local.tracks.screen?.contentHint, 'detail');
    assert.equal(local.tracks.screenAudio?.contentHint, 'music');
  });

  it('is over when the browser’s own bar ends it, its sound too', async () => {
    await started();
    await share().start();
    (local.tracks.screen as unknown as FakeTrack).end();
    assert.equal(local.state.screen, 'off');
    assert.deepEqual(Object.keys(local.tracks).sort(), ['audio', 'video']);
    assert.equal(machine.live.length, 2);
  });

  it('that the visitor did not choose is refused and changes nothing', async () => {
    await started();
    machine.refuse.set('screen', 'NotAllowedError');
    await assert.rejects(share().start(), (error: CallError) => error.code === 'permission-denied');
    assert.equal(local.state.screen, 'off');
    assert.equal(local.state.problem, undefined);
  });

  it('where there is none is refused', async () => {
    await started();
    const nowhere = new ScreenShare(local, undefined, lifetime.signal);
    await assert.rejects(nowhere.start(), new CallError('unsupported-browser'));
  });

  it('that is granted after the call has ended is stopped at once', async () => {
    await started();
    const starting = share().start();
    lifetime.abort();
    local.release();
    await starting;
    assert.deepEqual(machine.live, []);
  });
});
