// Ties a Call to the life of its element: made on the first intent, alive while the element moves, ended when it goes.
// Turns what the call says into the events that the page hears. It draws nothing.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { announceState } from './announce.ts';
import { Call } from './call/call.ts';
import type { CallOptions } from './call/call.ts';
import type { CallError } from './call/call-error.ts';
import type { Upkeep } from './call/upkeep.ts';
import { initialCallState, inRoom } from './call/call-state.ts';
import type { DeviceName } from './call/device-watch.ts';
import type { CallState, ParticipantMedia } from './call/call-state.ts';
import { dispatch } from './events.ts';
import type { Notices } from './notices.ts';
import { loadPart } from './ui/parts.ts';
import type { Strings } from './locales/strings.ts';
import type { HostRequest } from './session/session.ts';

/** The element, as far as its call needs it. */
export interface CallHost extends ReactiveControllerHost, HTMLElement {
  readonly callOptions: CallOptions;
  readonly autojoin: boolean;
  readonly strings: Strings;
}

interface MadeCall {
  call: Call;
  /** What the page said when it was made. */
  options: CallOptions;
}

interface CurrentCall extends MadeCall {
  lifetime: AbortController;
}

export class CallController implements ReactiveController {
  state: CallState = initialCallState;
  /** One's own picture and sound. */
  selfMedia: ParticipantMedia = {};
  /** A device has run, so the browser has granted it. */
  granted = false;
  readonly #host: CallHost;
  readonly #notices: Notices;
  #current: CurrentCall | undefined;
  /** The newest call, under way or over: the next one goes on from what was chosen in it. */
  #newest: MadeCall | undefined;
  #connection: AbortController | undefined;
  #intent: 'preview' | 'join' = 'preview';

  constructor(host: CallHost, notices: Notices) {
    this.#host = host;
    this.#notices = notices;
    host.addController(this);
  }

  /** The call, if anything was ever asked of it. */
  get call(): Call | undefined {
    return this.#current?.call;
  }

  /** Join is about to be pressed. */
  warmUp(): void {
    if (this.state.status === 'idle') this.ensure().warmUp();
  }

  /** As `join`, does nothing while the element is not in a document: nobody would see that a camera runs. */
  async preview(): Promise<void> {
    if (!this.#host.isConnected) return;
    this.#intent = 'preview';
    await this.ensure().preview();
  }

  async join(): Promise<void> {
    if (!this.#host.isConnected) return;
    this.#intent = 'join';
    await this.ensure().join();
  }

  /** Asks something of a call that runs. What a visitor decides themselves, as to share nothing, is no problem to show. */
  async tend(ask: (upkeep: Upkeep) => void | Promise<void>): Promise<void> {
    try {
      const upkeep = await this.call?.upkeep();
      if (upkeep) await ask(upkeep);
    } catch (error) {
      const { code } = error as CallError;
      if (code !== 'permission-denied') this.#onError(error as CallError, false);
    }
  }

  /** Before the first call, too, this is a wish that it begins with. */
  async setMicrophone(on: boolean): Promise<void> {
    await (this.call ?? this.ensure()).setMicrophone(on);
  }

  /** As `setMicrophone`. */
  async setCamera(on: boolean): Promise<void> {
    await (this.call ?? this.ensure()).setCamera(on);
  }

  /** What a host pressed. Nothing is said of what is out of date: who was meant is gone, or another host was quicker. */
  async asHost(request: HostRequest): Promise<void> {
    try {
      await this.call?.asHost(request);
    } catch (error) {
      if ((error as CallError).code !== 'internal') this.#onError(error as CallError, false);
    }
  }

  /** Once more what was tried last. */
  async retry(): Promise<void> {
    const { status } = this.state;
    if (status === 'previewing' || isInRoom(status)) await this.call?.retryDevices();
    else await this[this.#intent]();
  }

  /** Another room or server: leaves this one, and goes on in the other one as far as it was here. */
  moveTo(room: string | null | undefined): void {
    const { status } = this.state;
    this.#drop();
    if (!room) return;
    if (status === 'previewing') void this.preview();
    else if (this.#host.autojoin || status === 'joining' || status === 'waiting' || isInRoom(status)) void this.join();
  }

  hostConnected(): void {
    if (this.#connection) return;
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    let wasInRoom = false;
    globalThis.addEventListener(
      'pagehide',
      () => {
        wasInRoom = inRoom(this.state);
        this.call?.leaving();
      },
      { signal },
    );
    // The page came back from the back/forward cache, its connections gone.
    globalThis.addEventListener('pageshow', ({ persisted }) => persisted && wasInRoom && void this.join(), { signal });
  }

  hostDisconnected(): void {
    // An element that is moved leaves and returns within one task: the call goes on.
    setTimeout(() => {
      if (this.#host.isConnected) return;
      this.#connection?.abort();
      this.#connection = undefined;
      this.#drop();
      this.#newest = undefined;
    });
  }

  /** The call that is under way, or a new one after the page's attributes of now. */
  ensure(): Call {
    const current = this.#current;
    const options = this.#host.callOptions;
    if (current && !isOver(current.call.state.status)) return current.call;
    // One that was only warmed up is of use as long as the page has not changed its mind.
    if (current?.call.isWarm && isSame(current.options, options)) return current.call;
    current?.lifetime.abort();
    if (current?.call.isWarm) void current.call.leave();
    const before = this.#newest;
    const call = new Call(before ? { ...options, ...choicesKept(before, options) } : options);
    const lifetime = new AbortController();
    const { signal } = lifetime;
    call.on('state', ({ state }) => this.#onState(state), signal);
    call.on('media', () => this.#host.requestUpdate(), signal);
    call.on('error', ({ error, fatal }) => this.#onError(error, fatal), signal);
    call.on('stalled', ({ participant }) => this.#notices.showTrouble('noPath', participant), signal);
    call.on('knock', ({ knock }) => dispatch(this.#host, 'knock', { participant: knock }), signal);
    call.on('muted', () => this.#notices.showMutedByHost(), signal);
    call.on('interrupted', ({ cause, over }) => this.#onInterrupted(cause, over), signal);
    call.on(
      'device-moved',
      ({ gone, from, to }) => {
        if (gone) this.#notices.show({ kind: 'deviceLost', device: from, other: to });
      },
      signal,
    );
    call.on('participant-left', detail => dispatch(this.#host, 'participant-left', detail), signal);
    this.#newest = { call, options };
    this.#current = { ...this.#newest, lifetime };
    return call;
  }

  /** Ends what there is of a call. The page hears of it when all is done, because it may join again at once. */
  #drop(): void {
    const dropped = this.#current;
    if (!dropped) return;
    this.#current = undefined;
    dropped.lifetime.abort();
    void dropped.call.leave();
    if (inRoom(this.state)) this.#onState(dropped.call.state);
    if (!this.call && this.state.status !== 'idle') this.#onState(initialCallState);
  }

  #onState(state: CallState): void {
    const previous = this.state;
    this.state = state;
    const { microphone, camera } = state.local;
    this.granted ||= microphone === 'on' || camera === 'on';
    this.#renewSelfMedia();
    this.#notices.onState(state, previous);
    this.#host.requestUpdate();
    announceState(this.#host, state, previous);
  }

  #onInterrupted(cause: DeviceName, over: boolean): void {
    if (cause === 'microphone') this.#notices.onInterrupted(over);
    if (!over) dispatch(this.#host, 'interrupted', { cause });
  }

  #onError(error: CallError, fatal: boolean): void {
    if (!fatal && inRoom(this.state)) this.#notices.show({ kind: 'problem', error });
    const { code } = error;
    void loadPart('endings')
      .then(
        ({ problemWords }) => problemWords(error, this.#host.strings).title,
        () => code,
      )
      .then(message => dispatch(this.#host, 'call-error', { code, fatal, message }));
  }

  /** A stream stays the same object while its track does, so that the picture does not flicker. */
  #renewSelfMedia(): void {
    const tracks = this.call?.localTracks ?? {};
    for (const kind of ['audio', 'video'] as const) {
      const track = tracks[kind];
      if (track === this.selfMedia[kind]?.getTracks()[0]) continue;
      const others = Object.entries(this.selfMedia).filter(([name]) => name !== kind);
      this.selfMedia = { ...Object.fromEntries(others), ...(track && { [kind]: new MediaStream([track]) }) };
    }
  }
}

/**
 * Microphone and camera as the visitor last chose them, save where the page has changed its mind since; and after a
 * failure the secret, because the seat may be taken by oneself.
 */
function choicesKept({ call, options }: MadeCall, now: CallOptions): Partial<CallOptions> {
  const keep = (device: 'microphone' | 'camera') => (options[device] === now[device] ? call.wanted : now)[device];
  const isSamePlace = options.room === now.room && options.serverUrl === now.serverUrl;
  return {
    microphone: keep('microphone'),
    camera: keep('camera'),
    secret: call.state.status === 'failed' && isSamePlace ? call.secret : undefined,
  };
}

/** The token is asked for at the join. */
function isSame(before: CallOptions, now: CallOptions): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function isOver(status: CallState['status']): boolean {
  return status === 'idle' || status === 'left' || status === 'failed';
}

function isInRoom(status: CallState['status']): boolean {
  return status === 'joined' || status === 'reconnecting';
}
