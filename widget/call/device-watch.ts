// Watches camera and microphone while they run: what is plugged in and out, and what the system takes away for a while.
// It opens no device itself: local-media.ts does.
import { CallError } from './call-error.ts';
import type { Clock } from './clock.ts';
import { mustRenew, nextCamera } from './device-choice.ts';
import type { Device } from './device-choice.ts';
import type { DeviceKind, LocalMedia } from './local-media.ts';

export type DeviceName = 'microphone' | 'camera';

/** The part of `navigator.mediaDevices` that tells what there is. */
export type DeviceList = EventTarget & { enumerateDevices: () => Promise<Device[]> };

export interface DeviceWatchOptions {
  local: LocalMedia;
  devices: DeviceList;
  clock: Clock;
  signal: AbortSignal;
  /** Another app, or a call on a phone, has taken the device; `over`: it is back. */
  onInterrupted: (cause: DeviceName, over: boolean) => void;
  onMoved: (moved: DeviceMove) => void;
}

/**
 * Another device runs than before, by no wish of the visitor; labels as the browser gives them. `gone`: because the one
 * before was unplugged, and not because a better one was plugged in.
 */
export interface DeviceMove {
  device: DeviceName;
  from: string;
  to: string;
  gone: boolean;
}

const kinds = { microphone: 'audio', camera: 'video' } as const satisfies Record<DeviceName, DeviceKind>;
const names = { audio: 'microphone', video: 'camera' } as const;
const inputs = { audio: 'audioinput', video: 'videoinput' } as const;

/** A device that ended by itself is asked for again, but not when it had only just been asked for again. */
const reviveAfterMs = 5_000;
/** Browsers mute a track for a moment when devices change; what is shorter is no interruption. */
const interruptedAfterMs = 1_000;

export class DeviceWatch {
  readonly #options: DeviceWatchOptions;
  readonly #seen: Partial<Record<DeviceKind, { track: MediaStreamTrack; lifetime: AbortController }>> = {};
  readonly #revivedAt: Partial<Record<DeviceKind, number>> = {};
  /** Device ids as the visitor chose them, plugged in or not. */
  readonly #wanted: Partial<Record<DeviceKind, string | undefined>> = {};
  #known: readonly Device[] = [];
  /** A switch that somebody asked for is nothing to tell them. */
  #switching = false;

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
    const { devices, signal } = options;
    devices.addEventListener('devicechange', () => void this.#onDeviceChange(), { signal });
    signal.addEventListener('abort', () => Object.values(this.#seen).forEach(({ lifetime }) => lifetime.abort()), {
      once: true,
    });
    options.local.revives = kind => this.#revives(kind);
    void this.#list().then(known => (this.#known = known));
    this.onLocalChange();
  }

  /** To be called when local media changed. */
  onLocalChange(): void {
    const { tracks } = this.#options.local;
    for (const kind of ['audio', 'video'] as const) {
      const track = tracks[kind];
      const seen = this.#seen[kind];
      // Between the end of one device and the start of the next there is none: the next is held against the last.
      if (!track || track === seen?.track || this.#options.signal.aborted) continue;
      seen?.lifetime.abort();
      const lifetime = new AbortController();
      this.#seen[kind] = { track, lifetime };
      this.#listen(kind, track, lifetime.signal);
      if (seen && seen.track.label !== track.label && !this.#switching) {
        void this.#tellMove(kind, seen.track.label, track.label);
      }
    }
  }

  /**
   * From now on this device. One that is off is only remembered.
   * @throws {CallError} `device-not-found`, or why it did not start; what ran before then runs again.
   */
  async select(device: DeviceName, deviceId: string): Promise<void> {
    const kind = kinds[device];
    const { local } = this.#options;
    const known = await this.#list();
    if (!known.some(one => one.kind === inputs[kind] && one.deviceId === deviceId)) {
      throw new CallError('device-not-found');
    }
    const before = local.tracks[kind]?.getSettings().deviceId;
    const wantedBefore = this.#wanted[kind];
    this.#wanted[kind] = deviceId;
    this.#choose(kind, known);
    const wasOn = local.state[device];
    await this.#switch(() => local.renew(kind));
    if (!before || local.tracks[kind]) return;
    const { problem } = local.state;
    await this.#switch(async () => {
      this.#wanted[kind] = wantedBefore;
      local.chosen[kind] = { exact: before };
      if (kind === 'video') await local.setCamera(true);
      else if (wasOn === 'on') await local.setMicrophone(true);
    });
    throw problem ?? new CallError('device-not-found');
  }

  /** The next camera, as from the front to the back of a phone; without another one nothing happens. */
  async cycleCamera(): Promise<void> {
    const current = this.#options.local.tracks.video?.getSettings().deviceId;
    const next = nextCamera(await this.#list(), current ?? this.#wanted.video);
    if (next !== undefined) await this.select('camera', next);
  }

  #revives(kind: DeviceKind): boolean {
    const { clock, signal } = this.#options;
    const before = this.#revivedAt[kind];
    const now = clock.now();
    this.#revivedAt[kind] = now;
    // The one that went away is not to be insisted on: if it is back, the list of devices will say so.
    this.#options.local.chosen[kind] = undefined;
    return !signal.aborted && (before === undefined || now - before >= reviveAfterMs);
  }

  /**
   * Exactly the wanted one where it is plugged in. As a mere preference it would lose against a camera whose sizes fit
   * better (seen in Chromium 156); exactly one that is not there would be refused.
   */
  #choose(kind: DeviceKind, known: readonly Device[]): void {
    const wanted = this.#wanted[kind];
    const isThere = known.some(({ kind: input, deviceId }) => input === inputs[kind] && deviceId === wanted);
    this.#options.local.chosen[kind] = wanted !== undefined && isThere ? { exact: wanted } : undefined;
  }

  async #tellMove(kind: DeviceKind, from: string, to: string): Promise<void> {
    const { signal, onMoved } = this.#options;
    const known = await this.#list();
    const gone = !known.some(({ label }) => label === from);
    if (!signal.aborted) onMoved({ device: names[kind], from, to, gone });
  }

  async #switch(change: () => Promise<void>): Promise<void> {
    this.#switching = true;
    try {
      await change();
    } finally {
      this.#switching = false;
    }
  }

  async #onDeviceChange(): Promise<void> {
    const { local, signal } = this.#options;
    const before = this.#known;
    const now = await this.#list();
    if (signal.aborted) return;
    this.#known = now;
    for (const kind of ['audio', 'video'] as const) {
      this.#choose(kind, now);
      const track = local.tracks[kind];
      if (!track) continue;
      const use = { kind: inputs[kind], current: track.getSettings().deviceId, chosen: this.#wanted[kind] };
      if (mustRenew(use, before, now)) await local.renew(kind);
    }
  }

  #listen(kind: DeviceKind, track: MediaStreamTrack, signal: AbortSignal): void {
    const { clock, onInterrupted } = this.#options;
    let interrupted = false;
    const check = (): void => {
      // Nobody misses a microphone that is off.
      if (!track.muted || !track.enabled || interrupted || track.readyState === 'ended') return;
      interrupted = true;
      onInterrupted(names[kind], false);
    };
    const over = (): void => {
      if (interrupted) onInterrupted(names[kind], true);
      interrupted = false;
    };
    track.addEventListener('mute', () => clock.after(interruptedAfterMs, check, signal), { signal });
    track.addEventListener('unmute', over, { signal });
    signal.addEventListener('abort', over, { once: true });
  }

  /** A browser that will not say has nothing to choose from. */
  async #list(): Promise<readonly Device[]> {
    return this.#options.devices.enumerateDevices().catch(() => []);
  }
}
