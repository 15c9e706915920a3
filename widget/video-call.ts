// <video-call>: attributes, methods, events. What it does is in ./call, what it looks like in ./ui.
import { adoptStyles, LitElement } from 'lit';
import type { CSSResult, PropertyValues, TemplateResult } from 'lit';
import type { CallOptions } from './call/call.ts';
import type { CallError } from './call/call-error.ts';
import { inRoom } from './call/call-state.ts';
import type { CallStatus, Participant } from './call/call-state.ts';
import type { CallStats } from './call/call-stats.ts';
import type { DeviceName } from './call/device-watch.ts';
import type { Check } from './call/diagnosis.ts';
import { CallController } from './call-controller.ts';
import { dispatch } from './events.ts';
import { english, loadStrings } from './locales/strings.ts';
import type { Strings } from './locales/strings.ts';
import { Notices } from './notices.ts';
import { resolveServerUrl } from './server-url.ts';
import { renderCall } from './ui/call-view.ts';
import { loadPart } from './ui/parts.ts';
import type { PartName } from './ui/parts.ts';
import { onRequests } from './ui/requests.ts';
import { callStyles } from './ui/styles.ts';
import { resumeAudio } from './ui/video-call-audio.ts';

/** A part that could not be loaded is tried again so much later. */
const reloadMs = 10_000;
const allControls = 'microphone camera screen leave';

/**
 * A video call in the page's own document.
 *
 * @element video-call
 *
 * @attr {string} lang - language; falls back to the page's, then English
 * @attr {string} dir - `ltr` or `rtl`; falls back to the page's
 *
 * @fires {CustomEvent} call-status-change - `{ status, previous }`
 * @fires {CustomEvent} call-joined - `{ room, self, participants }`
 * @fires {CustomEvent} call-left - `{ reason }`: `left`, `removed`, `replaced`, `ended` or `failed`
 * @fires {CustomEvent} call-error - `{ code, fatal, message }`
 * @fires {CustomEvent} participant-joined - `{ participant }`
 * @fires {CustomEvent} participant-updated - `{ participant }`
 * @fires {CustomEvent} participant-left - `{ participant, reason }`, once they are gone from `participants`
 * @fires {CustomEvent} microphone-toggle - `{ enabled }`
 * @fires {CustomEvent} camera-toggle - `{ enabled }`
 * @fires {CustomEvent} knock - `{ participant }`: somebody waits for a host, oneself, to let them in
 * @fires {CustomEvent} screen-share-toggle - `{ enabled }`
 * @fires {CustomEvent} network-quality-change - `{ id, quality }`: `good`, `fair`, `poor` or `unknown`; also of oneself
 * @fires {CustomEvent} interrupted - `{ cause }`: the system took the `microphone` or the `camera`, as for a telephone call
 * @fires {CustomEvent} diagnosis - `{ checks }`, when `diagnose()` is done
 * @fires {CustomEvent} audio-blocked - the browser holds back the sound until a press
 *
 * @slot poster - shown until the visitor presses Join
 * @slot empty - shown when nobody else is in the call
 * @slot toolbar-start - before the controls
 * @slot toolbar-end - after the controls
 *
 * @csspart stage - where the pictures are
 * @csspart tile - one participant
 * @csspart video - a picture
 * @csspart name - the name upon a tile
 * @csspart toolbar - the control bar
 * @csspart button - every button
 * @csspart notice - what passes over the stage
 * @csspart menu - what a host can do about a participant or the room
 *
 * @cssprop --video-call-ground - behind everything
 * @cssprop --video-call-surface - fields, hints, notices, the floating bar
 * @cssprop --video-call-raised - buttons
 * @cssprop --video-call-raised-hover - buttons under the pointer
 * @cssprop --video-call-text - text
 * @cssprop --video-call-text-secondary - text that explains
 * @cssprop --video-call-line - edges that only decorate
 * @cssprop --video-call-line-strong - edges that mean something
 * @cssprop --video-call-accent - the button that people come for
 * @cssprop --video-call-on-accent - text upon it
 * @cssprop --video-call-danger - the Leave button
 * @cssprop --video-call-on-danger - the icon upon it
 * @cssprop --video-call-danger-soft - devices that are off, what stopped you
 * @cssprop --video-call-danger-text - icons upon it
 * @cssprop --video-call-warning-soft - what is said of the network, what the site must mend
 * @cssprop --video-call-warning-text - text upon it
 * @cssprop --video-call-positive-soft - done
 * @cssprop --video-call-positive-text - the icon upon it
 * @cssprop --video-call-scrim - under text on video
 * @cssprop --video-call-focus - the frame of what has the focus
 * @cssprop --video-call-gap - between the pictures and around them
 * @cssprop --video-call-radius - corners of the element
 * @cssprop --video-call-tile-radius - corners of a picture
 * @cssprop --video-call-control-radius - corners of a button
 * @cssprop --video-call-font-family - `inherit` takes the page's
 * @cssprop --video-call-duration-fast - of what a press or a pointer changes
 * @cssprop --video-call-duration - of what comes and goes
 */
export class VideoCall extends LitElement {
  static override styles = callStyles;
  static override properties = {
    room: {},
    serverUrl: { attribute: 'server-url' },
    token: {},
    displayName: { attribute: 'display-name' },
    autojoin: { type: Boolean },
    startAudioOff: { type: Boolean, attribute: 'start-audio-off' },
    startVideoOff: { type: Boolean, attribute: 'start-video-off' },
    relayOnly: { type: Boolean, attribute: 'relay-only' },
    controls: {},
    theme: { reflect: true },
    strings: { state: true },
    typedName: { state: true },
  };

  /** Room name, 1–128 of `A-Za-z0-9_-`. Changing it leaves and joins; removing it leaves. */
  declare room: string | null | undefined;
  /** Signalling origin; default: where the script came from. */
  declare serverUrl: string | null | undefined;
  /** The site's word for who the visitor is; read at each join, also after a lost connection. */
  declare token: string | null | undefined;
  /** Shown to others. Without it the preview asks for a name. */
  declare displayName: string | null | undefined;
  /** Join on connection, without poster and preview. */
  declare autojoin: boolean;
  /** Join muted. */
  declare startAudioOff: boolean;
  /** Join without camera. */
  declare startVideoOff: boolean;
  /** Never show this caller's addresses to the others: all media goes through a relay. */
  declare relayOnly: boolean;
  /** What the toolbar offers: a token list of `microphone camera screen leave`; default all. */
  declare controls: string | null | undefined;
  /** `auto`, `light` or `dark`. */
  declare theme: string | null | undefined;

  /** @internal */
  declare strings: Strings;
  declare private typedName: string;

  readonly #notices = new Notices(this);
  readonly #call = new CallController(this, this.#notices);
  readonly #internals = this.attachInternals();
  readonly #parts = new Map<PartName, CSSResult | CSSResult[]>();
  #shownStatus: CallStatus = 'idle';
  #connection = new AbortController();

  constructor() {
    super();
    this.strings = english;
    this.typedName = '';
    this.autojoin = this.startAudioOff = this.startVideoOff = this.relayOnly = false;
  }

  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'lang'];
  }

  /** What the element is doing. */
  get status(): CallStatus {
    return this.#call.state.status;
  }

  /** Oneself, once in the call. */
  get self(): Participant | undefined {
    const { state } = this.#call;
    return inRoom(state) ? state.self : undefined;
  }

  /** The others in the call. */
  get participants(): Participant[] {
    const { state } = this.#call;
    return inRoom(state) ? state.participants : [];
  }

  /** Why the call failed, if it did. */
  get error(): CallError | undefined {
    const { state } = this.#call;
    return state.status === 'failed' ? state.error : undefined;
  }

  /** Shows the visitor's own picture; asks for camera and microphone. Rejects with the error that the call failed with. */
  async preview(): Promise<void> {
    await this.#call.preview();
    if (this.error) throw this.error;
  }

  /** Enters the room. Rejects with the error that the call failed with. */
  async join(): Promise<void> {
    await this.#call.join();
    if (this.error) throw this.error;
  }

  /** Leaves the call, or the way into it; releases camera, microphone and connections. */
  async leave(): Promise<void> {
    await this.#call.call?.leave();
  }

  /** Turns the microphone on, off, or over; before a call, for the next one. */
  async toggleMicrophone(force = this.#call.state.local.microphone !== 'on'): Promise<void> {
    await this.#call.setMicrophone(force);
  }

  /** Turns the camera on, off, or over; before a call, for the next one. */
  async toggleCamera(force = this.#call.state.local.camera !== 'on'): Promise<void> {
    await this.#call.setCamera(force);
  }

  /** Lets in who waits. This and what follows are for hosts; to others they reject. */
  async admit(id: string): Promise<void> {
    return this.#call.call?.asHost({ name: 'admit', id });
  }

  /** Refuses who waits. */
  async reject(id: string): Promise<void> {
    return this.#call.call?.asHost({ name: 'reject', id });
  }

  /** Locks the room against everybody but hosts, opens it, or the other of the two. */
  async lock(force?: boolean): Promise<void> {
    const { state, call } = this.#call;
    return call?.asHost({ name: 'lock', locked: force ?? !(inRoom(state) && state.locked) });
  }

  /** Asks a participant's element to turn its microphone off; they may turn it on again. */
  async muteParticipant(id: string): Promise<void> {
    return this.#call.call?.asHost({ name: 'mute-participant', id });
  }

  /* eslint-disable @typescript-eslint/no-misused-promises -- without an id it is the method of every element */
  /** Removes the element from the page, as of every element. */
  override remove(): void;
  /** Takes a participant out of the call, who cannot come back for a while. */
  override remove(id: string): Promise<void>;
  override remove(...[id]: [] | [string]): Promise<void> | undefined {
    if (id !== undefined) return Promise.resolve(this.#call.call?.asHost({ name: 'remove', id }));
    super.remove();
    return undefined;
  }
  /* eslint-enable @typescript-eslint/no-misused-promises */

  /** Makes a participant a host, too. */
  async makeHost(id: string): Promise<void> {
    return this.#call.call?.asHost({ name: 'make-host', id });
  }

  /** Ends the call for everybody. */
  async end(): Promise<void> {
    return this.#call.call?.asHost({ name: 'end' });
  }

  /** Shares a screen, ends that, or turns it over; call it within a press. Rejects when the visitor chose no screen. */
  async toggleScreenShare(force = this.#call.state.local.screen !== 'on'): Promise<void> {
    await (await this.#call.call?.upkeep())?.setScreen(force);
  }

  /** The next camera, as from the front of a phone to its back. */
  async cycleCamera(): Promise<void> {
    await (await this.#call.call?.upkeep())?.cycleCamera();
  }

  /** From now on this `microphone` or `camera`, for as long as it is plugged in; an id of `enumerateDevices`. */
  async selectDevice(kind: DeviceName, deviceId: string): Promise<void> {
    await (await this.#call.call?.upkeep())?.selectDevice(kind, deviceId);
  }

  /** What each connection of the call carries, and how well. */
  async getStats(): Promise<CallStats> {
    return (await this.#call.call?.upkeep())?.getStats() ?? { participants: [] };
  }

  /** Tries the server, every STUN and TURN address that it hands out, camera and microphone. Also without a call. */
  async diagnose(): Promise<Check[]> {
    const checks = await this.#call.ensure().diagnose();
    dispatch(this, 'diagnosis', { checks });
    return checks;
  }

  /** Starts the sound that the browser held back; call it within a press. */
  async resumeAudio(): Promise<void> {
    this.#notices.audioBlocked = false;
    await resumeAudio(this.renderRoot);
  }

  /** @internal */
  get callOptions(): CallOptions {
    return {
      serverUrl: resolveServerUrl(this.serverUrl),
      room: this.room ?? '',
      token: () => this.token ?? undefined,
      displayName: this.#name,
      microphone: !this.startAudioOff,
      camera: !this.startVideoOff,
      relayOnly: this.relayOnly,
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#connection = new AbortController();
    this.#listen(this.#connection.signal);
    this.#chooseStrings();
    if (this.hasUpdated) this.#autojoin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#connection.abort();
  }

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
    if (name === 'lang') this.#chooseStrings();
  }

  /** What came together, as a newcomer and their offer, is passed on before any of it is drawn. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve));
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.hasUpdated) {
      // Before anything is drawn: what follows takes its time.
      this.#autojoin();
      return;
    }
    if (changed.has('room') || changed.has('serverUrl')) this.#call.moveTo(this.room);
    if (changed.has('autojoin') || changed.has('room')) this.#autojoin();
    if (changed.has('displayName')) this.#call.call?.setDisplayName(this.#name);
  }

  protected override updated(): void {
    const { status } = this;
    this.setAttribute('status', status);
    this.#internals.states.delete(this.#shownStatus);
    this.#internals.states.add(status);
    this.#shownStatus = status;
    if (status === 'previewing') this.#need('preview', 'shortcuts');
    if (status === 'waiting' || status === 'left' || status === 'failed') this.#need('endings');
    // While the first is being connected to, network and processor are for them, unless there is something to say.
    const { state } = this.#call;
    const isBusy =
      this.participants.length > 0 && this.participants.every(({ connection }) => connection === 'connecting');
    if (inRoom(state) && (!isBusy || this.#notices.current || state.knocks.length > 0 || status === 'reconnecting')) {
      this.#need('notice', 'shortcuts');
      if (this.participants.length === 0) this.#need('alone');
      if (state.self.role === 'host') this.#need('hosting');
    }
    if (matchMedia('(forced-colors: active)').matches) this.#need('forcedColors');
  }

  protected override render(): TemplateResult {
    const { slowJoin, current } = this.#notices;
    const { state, selfMedia, granted, call } = this.#call;
    return renderCall({
      state,
      selfMedia,
      granted,
      slowJoin,
      media: id => call?.mediaOf(id),
      displayName: this.#name,
      askName: !this.displayName,
      strings: this.strings,
      controls: new Set((this.controls ?? allControls).split(/\s+/)),
      notice: current,
    });
  }

  get #name(): string {
    const { displayName } = this;
    return displayName === null || displayName === undefined || displayName === '' ? this.typedName : displayName;
  }

  #need(...names: PartName[]): void {
    for (const name of names) if (!this.#parts.has(name)) this.#load(name);
  }

  /** A part that cannot be had is tried again; meanwhile who wanted the preview stands before the poster. */
  #load(name: PartName): void {
    this.#parts.set(name, []);
    loadPart(name).then(
      part => {
        this.#parts.set(name, 'styles' in part ? part.styles : []);
        adoptStyles(this.renderRoot as ShadowRoot, [callStyles, ...[...this.#parts.values()].flat()]);
        this.requestUpdate();
      },
      () => {
        const again = (): void => {
          this.#parts.delete(name);
          this.requestUpdate();
        };
        const isWanted = name === 'preview' && this.status === 'previewing';
        if (isWanted) void this.leave();
        setTimeout(again, isWanted ? 0 : reloadMs);
        this.requestUpdate();
      },
    );
  }

  #autojoin(): void {
    if (this.autojoin && this.room && this.status === 'idle') void this.#call.join();
  }

  #listen(signal: AbortSignal): void {
    onRequests(
      this.renderRoot,
      {
        'request-preview': () => void this.#call.preview(),
        'request-join': ({ displayName, withoutDevices }) => {
          if (displayName !== undefined) this.#takeName(displayName);
          if (withoutDevices) this.#call.call?.forgoDevices();
          void this.#call.join();
        },
        'request-rejoin': () => void this.#call.join(),
        'request-leave': () => void this.leave(),
        'request-retry': () => void this.#call.retry(),
        'request-microphone': ({ on }) => void this.toggleMicrophone(on),
        'request-camera': ({ on }) => void this.toggleCamera(on),
        'request-screen': ({ on }) => void this.#call.tend(call => call.setScreen(on)),
        'request-resume-microphone': () => void this.#call.tend(call => call.resumeDevice('microphone')),
        'request-resume-video': () => void this.#call.tend(call => call.resumeVideo()),
        'request-name': ({ displayName }) => this.#takeName(displayName),
        'request-resume-audio': () => void this.resumeAudio(),
        'request-as-host': request => void this.#call.asHost(request),
        'request-dismiss-notice': () => this.#notices.dismiss(),
      },
      signal,
    );
    this.renderRoot.addEventListener('audio-blocked', event => this.#onAudioBlocked(event), { signal });
    for (const type of ['pointerover', 'pointerdown', 'focusin']) {
      this.renderRoot.addEventListener(type, ({ target }) => this.#onIntent(target as Element), { signal });
    }
  }

  /** A page view costs nothing; a hand on its way to the poster's button is worth a connection. */
  #onIntent(target: Element): void {
    if (target.closest('[part=poster] button')) this.#call.warmUp();
  }

  #onAudioBlocked(event: Event): void {
    event.stopPropagation();
    if (this.#notices.audioBlocked) return;
    this.#notices.audioBlocked = true;
    dispatch(this, 'audio-blocked', null);
  }

  #takeName(displayName: string): void {
    this.typedName = displayName;
    this.#call.call?.setDisplayName(this.#name);
  }

  #chooseStrings(): void {
    const lang = this.lang || this.closest<HTMLElement>('[lang]')?.lang;
    void loadStrings(lang ?? 'en').then(strings => (this.strings = strings));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'video-call': VideoCall;
  }
}
