// Camera and microphone of this visitor: acquire, mute, release. It knows no connection and no interface.
import { CallError } from './call-error.ts';
import type { CallErrorCode } from './call-error.ts';
import type { DeviceState, LocalState } from './call-state.ts';
import type { LocalTracks, TrackKind } from './peer.ts';

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

export class LocalMedia {
  readonly #getUserMedia: GetUserMedia;
  readonly #onChange: () => void;
  readonly #tracks: LocalTracks = {};
  /** What was asked for last, by kind. An answer that comes after a newer wish is stopped at once. */
  readonly #wish: Record<TrackKind, object | undefined> = { audio: undefined, video: undefined };
  #state: LocalState = { microphone: 'off', camera: 'off' };

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
    const kinds: TrackKind[] = [];
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

  /** Stops everything, also what the browser has yet to answer. */
  release(): void {
    this.#drop('audio');
    this.#drop('video');
    this.#state = { microphone: 'off', camera: 'off' };
    this.#onChange();
  }

  /** A new wish: what went wrong with the one before is over. */
  async #ask(kinds: TrackKind[]): Promise<void> {
    const { microphone, camera } = this.#state;
    this.#state = { microphone, camera };
    if (kinds.length > 0) await this.#acquire(kinds);
  }

  async #acquire(kinds: TrackKind[]): Promise<void> {
    const wish = {};
    for (const kind of kinds) {
      this.#wish[kind] = wish;
      this.#setKind(kind, 'starting');
    }
    try {
      const stream = await this.#getUserMedia(Object.fromEntries(kinds.map(kind => [kind, constraints[kind]])));
      for (const track of stream.getTracks()) this.#adopt(track, wish);
    } catch (error) {
      const code = codeOf.get((error as Error).name) ?? 'media-failed';
      // One missing or busy device must not cost the other one.
      if (kinds.length > 1 && code !== 'permission-denied') {
        await this.#acquireEach(kinds, wish);
        return;
      }
      this.#giveUp(kinds, wish, new CallError(code, { cause: error }));
    }
  }

  async #acquireEach(kinds: TrackKind[], wish: object): Promise<void> {
    for (const kind of kinds) if (this.#wish[kind] === wish) await this.#acquire([kind]);
  }

  #adopt(track: MediaStreamTrack, wish: object): void {
    const kind = track.kind as TrackKind;
    if (this.#wish[kind] !== wish) {
      track.stop();
      return;
    }
    this.#tracks[kind] = track;
    track.addEventListener('ended', () => this.#onEnded(kind, track), { once: true });
    this.#setKind(kind, 'on');
  }

  #giveUp(kinds: TrackKind[], wish: object, problem: CallError): void {
    for (const kind of kinds) {
      if (this.#wish[kind] !== wish) continue;
      this.#wish[kind] = undefined;
      this.#state = { ...this.#state, problem };
      this.#setKind(kind, 'off');
    }
  }

  /** The device went away or the permission was taken back; `stop()` fires no event. */
  #onEnded(kind: TrackKind, track: MediaStreamTrack): void {
    if (this.#tracks[kind] !== track) return;
    this.#drop(kind);
    this.#state = { ...this.#state, problem: new CallError('device-not-found') };
    this.#setKind(kind, 'off');
  }

  #drop(kind: TrackKind): void {
    this.#wish[kind] = undefined;
    this.#tracks[kind]?.stop();
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- one of two known keys
    delete this.#tracks[kind];
  }

  #setKind(kind: TrackKind, state: DeviceState): void {
    this.#set(kind === 'audio' ? { microphone: state } : { camera: state });
  }

  #set(change: Partial<LocalState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}
