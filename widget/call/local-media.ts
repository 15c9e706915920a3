// Camera, microphone and screen of this visitor: acquire, mute, replace, release. It knows no connection and no interface.
import { CallError } from './call-error.ts';
import type { CallErrorCode } from './call-error.ts';
import type { DeviceState, LocalState } from './call-state.ts';
import type { LocalTracks } from './peer.ts';

/** A device, named by the track that it gives. */
export type DeviceKind = 'audio' | 'video';

export type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/** What to ask the browser for. Small first: the first picture is there sooner. */
const constraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30 } },
} satisfies MediaStreamConstraints;

const codeOf = new Map<string, CallErrorCode>([
  ['NotAllowedError', 'permission-denied'],
  ['SecurityError', 'permission-denied'],
  ['NotFoundError', 'device-not-found'],
  ['OverconstrainedError', 'device-not-found'],
  ['NotReadableError', 'device-in-use'],
  ['AbortError', 'device-in-use'],
]);

/** What a refusal of the browser means to a person. */
export function deviceError(error: unknown): CallError {
  return new CallError(codeOf.get((error as Error).name) ?? 'media-failed', { cause: error });
}

const allOff = { microphone: 'off', camera: 'off' } as const;

export class LocalMedia {
  readonly #getUserMedia: GetUserMedia;
  readonly #onChange: () => void;
  readonly #tracks: LocalTracks = {};
  /** What was asked for last, by kind. An answer that comes after a newer wish is stopped at once. */
  readonly #wish: Record<DeviceKind, object | undefined> = { audio: undefined, video: undefined };
  /** Which device to ask for; absent: the system's default. Set by whoever knows that it is plugged in. */
  readonly chosen: Partial<Record<DeviceKind, ConstrainDOMString | undefined>> = {};
  /** Whether a device that ended by itself is worth another try: whoever watches devices can tell. */
  revives: (kind: DeviceKind) => boolean = () => false;
  #state: LocalState = allOff;

  constructor(getUserMedia: GetUserMedia, onChange: () => void) {
    this.#getUserMedia = getUserMedia;
    this.#onChange = onChange;
  }

  get state(): LocalState {
    return this.#state;
  }

  /** The live tracks; a muted microphone is among them. */
  get tracks(): LocalTracks {
    return { ...this.#tracks };
  }

  /** Starts what is wanted with one prompt. Never rejects: what did not start is in `state.problem`. */
  async start(wanted: { microphone: boolean; camera: boolean }): Promise<void> {
    const kinds: DeviceKind[] = [];
    if (wanted.microphone && !this.#tracks.audio) kinds.push('audio');
    if (wanted.camera && !this.#tracks.video) kinds.push('video');
    await this.#ask(kinds);
  }

  /** Mutes at once by `track.enabled`, so that the device stays ready; the first unmute asks for the device. */
  async setMicrophone(on: boolean): Promise<void> {
    const { audio } = this.#tracks;
    if (audio) {
      audio.enabled = on;
      this.#set({ microphone: on ? 'on' : 'off' });
    } else if (on) {
      await this.#ask(['audio']);
    } else {
      this.#wish.audio = undefined;
      this.#set({ microphone: 'off' });
    }
  }

  /** Off stops the track: the light goes out and the encoder is freed. */
  async setCamera(on: boolean): Promise<void> {
    if (on) {
      if (!this.#tracks.video) await this.#ask(['video']);
      return;
    }
    this.#drop('video');
    this.#set({ camera: 'off' });
  }

  /** Asks anew for a device that runs, and goes on without a gap where the machine allows it; muted stays muted. */
  async renew(kind: DeviceKind): Promise<void> {
    const track = this.#tracks[kind];
    if (!track) return;
    // Phones give a camera to one at a time. `stop()` fires no event, so nobody takes it for lost.
    if (kind === 'video') track.stop();
    await this.#acquire([kind], track.enabled);
  }

  /** What the browser gives of the screen; without tracks nothing is shared. */
  setScreen(state: DeviceState, { screen, screenAudio }: Pick<LocalTracks, 'screen' | 'screenAudio'> = {}): void {
    this.#put('screen', screen);
    this.#put('screenAudio', screenAudio);
    this.#set({ screen: state });
  }

  /** Stops everything, also what the browser has yet to answer. */
  release(): void {
    this.#drop('audio');
    this.#drop('video');
    this.#put('screen', undefined);
    this.#put('screenAudio', undefined);
    this.#state = allOff;
    this.#onChange();
  }

  /** A new wish: what went wrong with the one before is over. */
  async #ask(kinds: DeviceKind[]): Promise<void> {
    const { microphone, camera, screen } = this.#state;
    this.#state = { microphone, camera, ...(screen && { screen }) };
    if (kinds.length === 0) return;
    for (const kind of kinds) this.#setKind(kind, 'starting');
    await this.#acquire(kinds);
  }

  async #acquire(kinds: DeviceKind[], enabled = true): Promise<void> {
    const wish = {};
    for (const kind of kinds) this.#wish[kind] = wish;
    try {
      const wanted = kinds.map(kind => [kind, { ...constraints[kind], deviceId: this.chosen[kind] }]);
      const stream = await this.#getUserMedia(Object.fromEntries(wanted) as MediaStreamConstraints);
      for (const track of stream.getTracks()) this.#adopt(track, wish, enabled);
    } catch (error) {
      const problem = deviceError(error);
      // One missing or busy device must not cost the other one.
      if (kinds.length > 1 && problem.code !== 'permission-denied') {
        for (const kind of kinds) if (this.#wish[kind] === wish) await this.#acquire([kind]);
        return;
      }
      this.#giveUp(kinds, wish, problem);
    }
  }

  #adopt(track: MediaStreamTrack, wish: object, enabled: boolean): void {
    const kind = track.kind as DeviceKind;
    if (this.#wish[kind] !== wish) {
      track.stop();
      return;
    }
    track.enabled = enabled;
    this.#put(kind, track);
    track.addEventListener('ended', () => this.#onEnded(kind, track), { once: true });
    this.#setKind(kind, enabled ? 'on' : 'off');
  }

  #giveUp(kinds: DeviceKind[], wish: object, problem: CallError): void {
    for (const kind of kinds) {
      if (this.#wish[kind] !== wish) continue;
      this.#drop(kind);
      this.#state = { ...this.#state, problem };
      this.#setKind(kind, 'off');
    }
  }

  /**
   * Unplugged, taken back, or only the browser's own audio process gone: what the browser says to a new request tells
   * which, and where another device can take over, it does.
   */
  #onEnded(kind: DeviceKind, track: MediaStreamTrack): void {
    if (this.#tracks[kind] !== track) return;
    this.#drop(kind);
    if (!this.revives(kind)) {
      this.#state = { ...this.#state, problem: new CallError('device-not-found') };
      this.#setKind(kind, 'off');
      return;
    }
    if (track.enabled) this.#setKind(kind, 'starting');
    void this.#acquire([kind], track.enabled);
  }

  #drop(kind: DeviceKind): void {
    this.#wish[kind] = undefined;
    this.#put(kind, undefined);
  }

  /** In place of the track before, which is stopped. */
  #put(kind: keyof LocalTracks, track: MediaStreamTrack | undefined): void {
    if (this.#tracks[kind] !== track) this.#tracks[kind]?.stop();
    if (track) this.#tracks[kind] = track;
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- one of four known keys
    else delete this.#tracks[kind];
  }

  #setKind(kind: DeviceKind, state: DeviceState): void {
    this.#set(kind === 'audio' ? { microphone: state } : { camera: state });
  }

  #set(change: Partial<LocalState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}
