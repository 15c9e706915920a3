// For tests: a machine with cameras, microphones and a screen that the test plugs in and out. Not part of the product.
import type { Device } from '../device-choice.ts';
import type { DeviceList } from '../device-watch.ts';
import type { GetUserMedia } from '../local-media.ts';
import type { GetDisplayMedia } from '../screen-share.ts';

/** A track that counts its listeners. */
export class FakeTrack extends EventTarget {
  readonly id = `track-${++made}`;
  readonly kind: string;
  readonly label: string;
  readonly deviceId: string;
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: MediaStreamTrackState = 'live';
  settings = { width: 640, height: 360 };

  constructor(kind: string, { deviceId, label }: Pick<Device, 'deviceId' | 'label'>) {
    super();
    this.kind = kind;
    this.deviceId = deviceId;
    this.label = label;
  }
  getSettings(): MediaTrackSettings {
    return { ...this.settings, deviceId: this.deviceId };
  }
  getConstraints(): MediaTrackConstraints {
    return { deviceId: this.deviceId };
  }
  applyConstraints({ width, height }: MediaTrackConstraints): Promise<void> {
    this.settings = {
      width: (width as ConstrainULongRange).ideal ?? 640,
      height: (height as ConstrainULongRange).ideal ?? 360,
    };
    return Promise.resolve();
  }
  stop(): void {
    this.readyState = 'ended';
  }
  /** Not by `stop()`: the device went away. */
  end(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
  setMuted(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

let made = 0;

export const microphone = (id: string): Device => ({
  kind: 'audioinput',
  deviceId: id,
  groupId: `${id}-group`,
  label: id,
});
export const camera = (id: string): Device => ({ kind: 'videoinput', deviceId: id, groupId: `${id}-group`, label: id });

export class FakeMachine extends EventTarget {
  devices: Device[];
  /** Errors by kind of track, or by device id. */
  readonly refuse = new Map<string, string>();
  readonly tracks: FakeTrack[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  screenSound = true;

  constructor(devices: Device[] = [microphone('mic'), camera('cam')]) {
    super();
    this.devices = devices;
  }

  get live(): FakeTrack[] {
    return this.tracks.filter(({ readyState }) => readyState === 'live');
  }

  readonly list: DeviceList = Object.assign(this as EventTarget, {
    enumerateDevices: () => Promise.resolve([...this.devices]),
  });

  readonly getUserMedia: GetUserMedia = constraints => {
    this.asked.push(constraints);
    const given: FakeTrack[] = [];
    for (const kind of ['audio', 'video'] as const) {
      const wanted = constraints[kind];
      if (!wanted) continue;
      const present = this.devices.filter(device => device.kind === `${kind}input`);
      const id = typeof wanted === 'object' ? (wanted.deviceId as { exact: string } | undefined)?.exact : undefined;
      const device = id === undefined ? present[0] : present.find(({ deviceId }) => deviceId === id);
      const missing = id === undefined ? 'NotFoundError' : 'OverconstrainedError';
      const name = this.refuse.get(kind) ?? this.refuse.get(device?.deviceId ?? '') ?? (device ? '' : missing);
      if (name || !device) return Promise.reject(Object.assign(new Error(name), { name }));
      given.push(new FakeTrack(kind, device));
    }
    return Promise.resolve(this.#stream(given));
  };

  readonly getDisplayMedia: GetDisplayMedia = () => {
    const name = this.refuse.get('screen');
    if (name) return Promise.reject(Object.assign(new Error(name), { name }));
    const screen = { deviceId: 'screen', label: 'screen' };
    const given = [new FakeTrack('video', screen), ...(this.screenSound ? [new FakeTrack('audio', screen)] : [])];
    return Promise.resolve(this.#stream(given));
  };

  plug(...devices: Device[]): void {
    this.devices = [...this.devices, ...devices];
    this.dispatchEvent(new Event('devicechange'));
  }

  /** As most systems do: the track ends, then the list is another. */
  unplug(id: string): void {
    this.devices = this.devices.filter(({ deviceId }) => deviceId !== id);
    for (const track of this.live) if (track.deviceId === id) track.end();
    this.dispatchEvent(new Event('devicechange'));
  }

  #stream(given: FakeTrack[]): MediaStream {
    this.tracks.push(...given);
    const of = (kind: string) => () => given.filter(track => track.kind === kind);
    return { getTracks: () => given, getVideoTracks: of('video'), getAudioTracks: of('audio') } as never;
  }
}
