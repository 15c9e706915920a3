// Shares a screen: asks the browser, tells local media what came, and hears when the browser's own bar ends it.
// It knows no connection: the screen has media sections of its own that are always there.
import { CallError } from './call-error.ts';
import { deviceError } from './local-media.ts';
import type { LocalMedia } from './local-media.ts';

export type GetDisplayMedia = (options: DisplayMediaStreamOptions) => Promise<MediaStream>;

/** What Chrome knows beyond the standard's dictionary; others pass over it. */
interface SurfaceOptions {
  systemAudio: 'include' | 'exclude';
  surfaceSwitching: 'include' | 'exclude';
  selfBrowserSurface: 'include' | 'exclude';
}

/** Sound as it is: what cancels the echo of a voice tears music apart. */
const options: DisplayMediaStreamOptions & SurfaceOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  systemAudio: 'include',
  surfaceSwitching: 'include',
  selfBrowserSurface: 'exclude',
};

export class ScreenShare {
  readonly #local: LocalMedia;
  readonly #getDisplayMedia: GetDisplayMedia | undefined;
  readonly #signal: AbortSignal;
  #wish: object | undefined;

  constructor(local: LocalMedia, getDisplayMedia: GetDisplayMedia | undefined, signal: AbortSignal) {
    this.#local = local;
    this.#getDisplayMedia = getDisplayMedia;
    this.#signal = signal;
  }

  /**
   * To be called within a press.
   * @throws {CallError} `permission-denied` when the visitor chose nothing, `unsupported-browser` where there is no way.
   */
  async start(): Promise<void> {
    if (this.#local.state.screen === 'on' || this.#local.state.screen === 'starting') return;
    if (this.#signal.aborted) return;
    if (!this.#getDisplayMedia) throw new CallError('unsupported-browser');
    const wish = {};
    this.#wish = wish;
    this.#local.setScreen('starting');
    let stream: MediaStream;
    try {
      stream = await this.#getDisplayMedia(options);
    } catch (error) {
      if (this.#isWanted(wish)) this.stop();
      throw deviceError(error);
    }
    const [screen] = stream.getVideoTracks();
    const [screenAudio] = stream.getAudioTracks();
    if (!screen || !this.#isWanted(wish)) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    // A screen is read: sharp before smooth. Firefox has no such hint yet.
    if ('contentHint' in screen) screen.contentHint = 'detail';
    if (screenAudio && 'contentHint' in screenAudio) screenAudio.contentHint = 'music';
    // The browser's own bar, or the window that was shared being closed.
    screen.addEventListener('ended', () => this.#isWanted(wish) && this.stop(), { signal: this.#signal, once: true });
    this.#local.setScreen('on', { screen, ...(screenAudio && { screenAudio }) });
  }

  stop(): void {
    this.#wish = undefined;
    this.#local.setScreen('off');
  }

  #isWanted(wish: object): boolean {
    return this.#wish === wish && !this.#signal.aborted;
  }
}
