// What a call needs beyond its first frame: watching connections and devices, the screen, statistics. A chunk of its own,
// loaded once there is something to keep up; it knows the call only by what it is given.
import type { Joined } from '../../protocol/events.ts';
import { greet } from '../session/connect.ts';
import type { Session } from '../session/session.ts';
import type { CallEvent, Participant } from './call-state.ts';
import type { CallStats } from './call-stats.ts';
import { systemClock } from './clock.ts';
import { DeviceWatch } from './device-watch.ts';
import type { DeviceList, DeviceMove, DeviceName } from './device-watch.ts';
import type { CallEnvironment } from './environment.ts';
import { LineWatch } from './line-watch.ts';
import { LinkWatch } from './link-watch.ts';
import type { LocalMedia } from './local-media.ts';
import type { Mesh } from './mesh.ts';
import { SilenceWatch } from './silence-watch.ts';
import { ScreenShare } from './screen-share.ts';
import type { GetDisplayMedia } from './screen-share.ts';

/** As much of a call as this needs. */
export interface UpkeepOptions {
  attempt: {
    session: Pick<Session, 'update' | 'on' | 'reopen' | 'rest' | 'sync' | 'isLost'>;
    lifetime: AbortController;
    mesh?: Pick<Mesh, 'connected' | 'ids' | 'onSilent' | 'delete'>;
  };
  serverUrl: string | undefined;
  environment: Pick<CallEnvironment, 'getDisplayMedia' | 'devices' | 'clock' | 'network' | 'greet'>;
  local: LocalMedia;
  others: () => readonly Participant[];
  dispatch: (event: Extract<CallEvent, { type: 'learned' }>) => void;
  emit: <Name extends keyof UpkeepEvents>(name: Name, detail: UpkeepEvents[Name]) => void;
}

export type UpkeepEvents = {
  /** The system took a device that runs, as for a telephone call; `over`: it gave it back. */
  interrupted: { cause: DeviceName; over: boolean };
  'device-moved': DeviceMove;
};

export class Upkeep {
  readonly #local: LocalMedia;
  readonly #line: LineWatch;
  readonly #links: LinkWatch;
  readonly #devices: DeviceWatch;
  readonly #screen: ScreenShare;

  constructor({ attempt, serverUrl = '', environment, local, others, dispatch, emit }: UpkeepOptions) {
    const { session, lifetime } = attempt;
    const { signal } = lifetime;
    const { clock = systemClock } = environment;
    this.#local = local;
    const links = {
      clock,
      signal,
      connections: () => attempt.mesh?.connected ?? new Map<string, RTCPeerConnection>(),
      participants: others,
    };
    const heard = new Set<string>();
    const isCutOff = (): boolean => heard.size === 0 && attempt.mesh !== undefined && attempt.mesh.ids.length > 0;
    const knock = async (stop: AbortSignal): Promise<boolean> =>
      (await (environment.greet ?? greet)(serverUrl, stop))?.ok === true;
    this.#line = new LineWatch({ clock, signal, session, isCutOff, knock: keepsSockets() ? knock : undefined });
    const line = this.#line;
    new SilenceWatch({
      ...links,
      onHeard: ids => {
        heard.clear();
        ids.forEach(id => heard.add(id));
        if (isCutOff()) void line.onSilence();
        else line.onWhole();
      },
      onSilent: (id, silentMs) => attempt.mesh?.onSilent(id, silentMs),
    });
    // One's own network is another: only this side knows, so it waits for nobody.
    let hasMoved = false;
    const restart = (): void => attempt.mesh?.ids.forEach(id => attempt.mesh?.onSilent(id, Infinity));
    const onOnline = (): void => {
      hasMoved = true;
      line.onOnline();
      restart();
    };
    environment.network?.addEventListener('online', onOnline, { signal });
    // Once more after one's own absence: nobody could be told before, and what was told did not arrive.
    const onResumed = ({ removed }: Joined): void => {
      removed?.forEach(id => attempt.mesh?.delete(id));
      if (hasMoved || heard.size === 0) restart();
      hasMoved = false;
    };
    session.on('resumed', onResumed, signal);
    this.#links = new LinkWatch({
      ...links,
      tracks: () => local.tracks,
      onLearned: (id, about) => dispatch({ type: 'learned', id, about }),
      onPaused: videoPausedFor => session.update({ videoPausedFor }),
    });
    this.#devices = new DeviceWatch({
      clock,
      signal,
      local,
      devices: environment.devices ?? browserDevices() ?? noDevices(),
      onInterrupted: (cause, over) => emit('interrupted', { cause, over }),
      onMoved: moved => emit('device-moved', moved),
    });
    this.#screen = new ScreenShare(local, environment.getDisplayMedia ?? browserScreen(), signal);
  }

  /** A connection has come to be, or come back. */
  onConnected(id: string): void {
    this.#line.onWhole();
    this.#links.onConnected(id);
  }

  /** One's own tracks are others than before. */
  onLocalChange(): void {
    this.#devices.onLocalChange();
  }

  /**
   * Shares a screen, with its sound where the browser gives any. To be called within a press.
   * @throws {CallError} `permission-denied` when the visitor chose nothing, `unsupported-browser` where there is no way.
   */
  async setScreen(on: boolean): Promise<void> {
    if (on) await this.#screen.start();
    else this.#screen.stop();
  }

  /**
   * From now on this device where it is plugged in, else the system's default.
   * @throws {CallError} `device-not-found`, or why it did not start; then the one before runs again.
   */
  async selectDevice(device: DeviceName, deviceId: string): Promise<void> {
    await this.#devices.select(device, deviceId);
  }

  /** The next camera, if there is another. @throws {CallError} */
  async cycleCamera(): Promise<void> {
    await this.#devices.cycleCamera();
  }

  /** Takes back what the system took: the device is asked for anew. */
  async resumeDevice(device: DeviceName): Promise<void> {
    await this.#local.renew(device === 'microphone' ? 'audio' : 'video');
  }

  /** Sends the picture again to those to whom it is paused, weak network or not. */
  resumeVideo(): void {
    this.#links.insist();
  }

  async getStats(): Promise<CallStats> {
    return this.#links.stats();
  }
}

/**
 * Browsers go on with what was begun in vain, and hold six of it for one host, after which nothing new begins: Firefox with
 * WebSockets that were closed, Chromium with requests that were aborted. So Firefox asks by HTTP, Chromium by a socket.
 */
const keepsSockets = (): boolean =>
  (globalThis.navigator as Navigator | undefined)?.userAgent.includes('Gecko/') === true;

/** A page that is not secure has none; then no call comes to be either. */
function browserDevices(): (Partial<MediaDevices> & DeviceList) | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.mediaDevices;
}

/** Phones have none. */
function browserScreen(): GetDisplayMedia | undefined {
  const devices: Partial<MediaDevices> | undefined = browserDevices();
  return devices?.getDisplayMedia?.bind(devices as MediaDevices);
}

/** Where nobody tells what is plugged in. */
function noDevices(): DeviceList {
  return Object.assign(new EventTarget(), { enumerateDevices: () => Promise.resolve([]) });
}
