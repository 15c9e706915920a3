// The one object that the interface talks to: join, leave, devices, state. It knows no element.
import type { Joined, Knock, LeftReason, Roster } from '../../protocol/events.ts';
import { displayNameMaxCodePoints, roomNamePattern } from '../../protocol/limits.ts';
import { Emitter } from '../session/emitter.ts';
import { ResumeSecret } from '../session/resume-secret.ts';
import { Session } from '../session/session.ts';
import type { HostRequest, Presence, SessionEvents, TokenSource } from '../session/session.ts';
import { CallError, toCallError } from './call-error.ts';
import type { CallErrorCode } from './call-error.ts';
import { initialCallState, inRoom, reduce } from './call-state.ts';
import type { CallEvent, CallState, Participant, ParticipantMedia } from './call-state.ts';
import { browserEnvironment } from './environment.ts';
import type { CallEnvironment } from './environment.ts';
import type { Check } from './diagnosis.ts';
import { LocalMedia } from './local-media.ts';
import { Mesh } from './mesh.ts';
import { Spare } from './spare.ts';
import type { Upkeep, UpkeepEvents } from './upkeep.ts';

export interface CallOptions {
  /** Undefined when the page named none and the script does not tell: the call fails with `server-url-missing`. */
  serverUrl: string | undefined;
  room: string;
  displayName: string;
  /** The site's word for who this is. A function is asked at each join, also after a lost connection. */
  token?: TokenSource | undefined;
  /** Never show this caller's addresses to the others: all media goes through a relay. */
  relayOnly?: boolean;
  /** Devices to start with. */
  microphone: boolean;
  camera: boolean;
  /** Of the call for the same room that failed before this one: its seat may still be held. */
  secret?: ResumeSecret | undefined;
  environment?: CallEnvironment;
}

export type CallEvents = {
  state: { state: CallState; previous: CallState };
  /** What can be played of a participant changed; the state may be the same. */
  media: { id: string };
  /** No path to this participant has been found for a while; it is still looked for. */
  stalled: { participant: Participant };
  'participant-left': { participant: Participant; reason: LeftReason };
  /** Somebody new waits to be admitted; told to hosts. */
  knock: { knock: Knock };
  /** A host, a participant's id, asked for one's microphone to be turned off, and it was. */
  muted: { by: string };
  error: { error: CallError; fatal: boolean };
} & UpkeepEvents;

/** So long a connection is kept for a press that was likely. */
const warmMs = 15_000;

/** One try at a call, from the first intent to its end. Aborting it makes every answer that is still to come void. */
interface Attempt {
  session: Session;
  lifetime: AbortController;
  spare?: Spare;
  /** With the addresses that a granted device reveals: takes the place of the spare once it is ready. */
  nextSpare?: Spare;
  mesh?: Mesh;
  /** What is not needed for the first frame: on its way, and there. */
  upkeep?: Promise<Upkeep>;
  upkept?: Upkeep;
}

export class Call extends Emitter<CallEvents> {
  readonly #options: CallOptions;
  readonly #environment: CallEnvironment;
  readonly #local: LocalMedia;
  readonly #wanted: { microphone: boolean; camera: boolean };
  #displayName: string;
  #state: CallState = initialCallState;
  #attempt: Attempt | undefined;
  #knocks: Knock[] = [];
  #secret: ResumeSecret | undefined;

  constructor(options: CallOptions) {
    super();
    this.#options = options;
    this.#environment = options.environment ?? browserEnvironment();
    this.#local = new LocalMedia(this.#environment.getUserMedia, () => this.#onLocalChange());
    this.#wanted = { microphone: options.microphone, camera: options.camera };
    this.#displayName = fitName(options.displayName);
    this.#secret = options.secret;
  }

  get state(): CallState {
    return this.#state;
  }

  /** What proves that it is the same visitor who tries again. */
  get secret(): ResumeSecret | undefined {
    return this.#secret;
  }

  /** One's own tracks. */
  get localTracks(): { audio?: MediaStreamTrack; video?: MediaStreamTrack } {
    return this.#local.tracks;
  }

  /** What can be played of another participant. */
  mediaOf(id: string): ParticipantMedia | undefined {
    return this.#attempt?.mesh?.mediaOf(id);
  }

  /**
   * Opens the signalling connection because a press is likely: no device starts, no room is entered, nothing is shown.
   * Without the press it is closed again.
   */
  warmUp(): void {
    if (this.#attempt || this.#problem()) return;
    const { session, lifetime } = this.#begin();
    session.connect();
    const timer = setTimeout(() => this.#state.status === 'idle' && this.#release()?.session.close(), warmMs);
    lifetime.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  /** Shows one's own picture and opens the signalling connection, so that `join` is quick. */
  async preview(): Promise<void> {
    if (this.#state.status === 'previewing' || this.#isUnderWay()) return;
    if (this.#isUnusable()) return;
    const attempt = this.#warm ?? this.#begin();
    attempt.session.connect();
    this.#prepare(attempt);
    this.#dispatch({ type: 'preview' });
    await this.#local.start(this.#wanted);
    // A browser that has granted a device tells its addresses, and not only names for them.
    if (attempt === this.#warm) this.#prepare(attempt);
    this.#prepareUpkeep();
  }

  /** Enters the room; devices start meanwhile, and without them the call goes on. Never rejects: see `state`. */
  async join(): Promise<void> {
    if (this.#isUnderWay() || this.#isUnusable()) return;
    const attempt = this.#warm ?? this.#begin();
    if (!attempt.spare) this.#prepare(attempt);
    this.#dispatch({ type: 'join' });
    attempt.nextSpare?.close();
    delete attempt.nextSpare;
    const { spare } = attempt;
    const entering = attempt.session.join(this.#presence(), spare);
    void this.#local.start(this.#wanted);
    try {
      const joined = await entering;
      if (!attempt.lifetime.signal.aborted) this.#onJoined(joined, spare);
    } catch (error) {
      if (!attempt.lifetime.signal.aborted) this.#fail(toCallError(error));
    }
  }

  /** Ends the call, or the way into it. Camera, microphone and connections are released before this returns. */
  async leave(): Promise<void> {
    const attempt = this.#release();
    this.#dispatch(inRoom(this.#state) ? { type: 'leave', reason: 'left' } : { type: 'reset' });
    await attempt?.session.leave();
  }

  /** The page goes away: as `leave`, but the seat waits for a reload. */
  leaving(): void {
    this.#attempt?.session.leaving();
    // It lies in storage now, for whoever comes back.
    this.#secret = undefined;
    this.#release();
    this.#dispatch({ type: 'reset' });
  }

  /** The devices that the visitor wants, started or not. */
  get wanted(): { readonly microphone: boolean; readonly camera: boolean } {
    return this.#wanted;
  }

  /** Before a call and after it this is a wish for the next one; no device starts. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#wanted.microphone = on;
    if (this.#attempt) await this.#local.setMicrophone(on);
  }

  /** As `setMicrophone`. */
  async setCamera(on: boolean): Promise<void> {
    this.#wanted.camera = on;
    if (this.#attempt) await this.#local.setCamera(on);
  }

  /**
   * What a call can do beyond its first frame: the screen, other devices, statistics. While previewing and in the call.
   * @throws {CallError} `internal` without a call, or when the script of it cannot be loaded.
   */
  async upkeep(): Promise<Upkeep> {
    const attempt = this.#attempt;
    if (!attempt) throw new CallError('internal');
    attempt.upkeep ??= this.#loadUpkeep(attempt);
    return attempt.upkeep.catch((error: unknown) => {
      delete attempt.upkeep;
      throw toCallError(error);
    });
  }

  /** Tries the server, every STUN and TURN address, camera and microphone. Also without a call. */
  async diagnose(): Promise<Check[]> {
    const { diagnoseCall } = await import('./diagnosis.ts');
    const session = inRoom(this.#state) ? this.#attempt?.session : undefined;
    return diagnoseCall({ environment: this.#environment, local: this.#local.state, session, ...this.#options });
  }

  /** Asks again for the devices that are wanted and did not start. */
  async retryDevices(): Promise<void> {
    await this.#local.start(this.#wanted);
  }

  /** Goes on without the devices that did not start. */
  forgoDevices(): void {
    this.#wanted.microphone = this.#state.local.microphone === 'on';
    this.#wanted.camera = this.#state.local.camera === 'on';
  }

  setDisplayName(displayName: string): void {
    this.#displayName = fitName(displayName);
    if (inRoom(this.#state)) this.#attempt?.session.update({ displayName: this.#displayName });
  }

  /**
   * Asks for what a host may do; one request, because it is one more to load for all and used by few.
   * @throws {CallError} `room-full` for `admit`, `internal` for who is no host
   */
  async asHost(request: HostRequest): Promise<void> {
    const attempt = this.#attempt;
    try {
      await attempt?.session.asHost(request);
    } catch (error) {
      // The answer to `end` may be the end itself.
      if (attempt?.lifetime.signal.aborted) return;
      throw toCallError(error);
    }
  }

  #isUnderWay(): boolean {
    return this.#state.status === 'joining' || this.#state.status === 'waiting' || inRoom(this.#state);
  }

  /** A press is expected, and nothing else has been asked for yet. */
  get isWarm(): boolean {
    return this.#state.status === 'idle' && this.#attempt !== undefined;
  }

  /** What was opened before the press. */
  get #warm(): Attempt | undefined {
    return this.#state.status === 'idle' || this.#state.status === 'previewing' ? this.#attempt : undefined;
  }

  #problem(): CallErrorCode | undefined {
    const { serverUrl, room } = this.#options;
    if (!serverUrl) return 'server-url-missing';
    return roomNamePattern.test(room) ? this.#environment.unusable() : 'room-invalid';
  }

  #isUnusable(): boolean {
    const code = this.#problem();
    if (code) this.#fail(new CallError(code));
    return code !== undefined;
  }

  #begin(): Attempt {
    const { serverUrl = '', room, token } = this.#options;
    const { storage, guestKey, connect, greet, post } = this.#environment;
    this.#secret ??= new ResumeSecret(`${serverUrl}${room}`, storage);
    const session = new Session({
      serverUrl,
      room,
      token,
      secret: this.#secret,
      guestKey,
      ...(connect && { connect }),
      ...(greet && { greet }),
      ...(post && { post }),
    });
    const lifetime = new AbortController();
    const { signal } = lifetime;
    session.on('roster', event => this.#onRoster(event), signal);
    session.on('signal', message => this.#onSignal(message), signal);
    session.on('waiting', ({ place }) => this.#onWaiting(place), signal);
    session.on('knocking', ({ knocks }) => this.#onKnocking(knocks), signal);
    session.on('mute-requested', ({ by }) => this.#onMuteRequested(by), signal);
    session.on('lost', () => this.#dispatch({ type: 'lost' }), signal);
    session.on('resumed', joined => this.#onResumed(joined), signal);
    session.on('ended', how => this.#onEnded(how), signal);
    this.#attempt = { session, lifetime };
    return this.#attempt;
  }

  /** A connection in waiting; the one before it stands until it is ready. */
  #prepare(attempt: Attempt): void {
    const { session, lifetime } = attempt;
    const spare = new Spare({
      servers: () => session.openIceServers(),
      iceTransportPolicy: this.#options.relayOnly ? 'relay' : 'all',
      tracks: this.#local.tracks,
      createConnection: this.#environment.createConnection,
      signal: lifetime.signal,
    });
    if (!attempt.spare) {
      attempt.spare = spare;
      return;
    }
    attempt.nextSpare = spare;
    void spare.ready.then(() => {
      if (attempt.nextSpare !== spare) return;
      attempt.spare?.close();
      attempt.spare = spare;
      delete attempt.nextSpare;
    });
  }

  /** Lets go of everything that this attempt holds; the session is for the caller to close. */
  #release(): Attempt | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#knocks = [];
    attempt?.lifetime.abort();
    attempt?.mesh?.close();
    this.#local.release();
    return attempt;
  }

  #presence(): Presence {
    const { microphone, camera, screen } = this.#local.state;
    return {
      displayName: this.#displayName,
      microphone: microphone === 'on',
      camera: camera === 'on',
      screen: screen === 'on',
      ...(this.#options.relayOnly && { relayOnly: true }),
    };
  }

  /** Also after a return that came too late for the seat: what was connected is over then. */
  #onWaiting(place: number): void {
    this.#attempt?.mesh?.close();
    delete this.#attempt?.mesh;
    this.#dispatch({ type: 'waiting', place });
  }

  #onKnocking(knocks: Knock[]): void {
    const before = this.#knocks;
    this.#knocks = knocks;
    this.#dispatch({ type: 'knocking', knocks });
    for (const knock of knocks) {
      if (!before.some(({ id }) => id === knock.id)) this.emit('knock', { knock });
    }
  }

  #onMuteRequested(by: string): void {
    if (this.#local.state.microphone === 'off') return;
    void this.setMicrophone(false);
    this.emit('muted', { by });
  }

  #onJoined({ self, roster, iceServers, relayOnly, offeredTo }: Joined, spare?: Spare): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    const { session } = attempt;
    const mesh = new Mesh({
      selfId: self,
      iceServers,
      iceTransportPolicy: this.#options.relayOnly || relayOnly ? 'relay' : 'all',
      tracks: this.#local.tracks,
      createConnection: this.#environment.createConnection,
      send: (to, signal) => session.signal(to, signal),
      freshIceServers: () => session.iceServers(),
      onChange: id => this.#onConnectionChange(id),
      onStalled: id => this.#onStalled(id),
      onError: cause => this.emit('error', { error: new CallError('internal', { cause }), fatal: false }),
    });
    attempt.mesh = mesh;
    this.#dispatch({ type: 'joined', room: this.#options.room, selfId: self, roster });
    // Who waits is told before the answer to the join.
    this.#dispatch({ type: 'knocking', knocks: this.#knocks });
    // The newcomer offers to everyone who is there; so no two first offers cross.
    for (const { id } of roster.participants) {
      const offered = id === offeredTo && spare?.take();
      if (offered) mesh.adopt(id, offered);
      else if (id !== self) mesh.offer(id);
    }
    spare?.close();
    delete attempt.spare;
    // A device may have started while the answer was on its way.
    this.#tellDevices();
    // With others there, the way to the first frame is kept free.
    if (mesh.ids.length === 0) this.#prepareUpkeep();
  }

  #onResumed(joined: Joined): void {
    const mesh = this.#attempt?.mesh;
    // Who had to wait again begins again.
    if (!mesh) {
      this.#onJoined(joined);
      return;
    }
    this.#dispatch({ type: 'resumed' });
    mesh.setPresent(idsOf(joined.roster));
    mesh.rebuildUnconnected(joined.iceServers);
  }

  /** What a participant sent before they left may arrive after; it must not open a connection to nobody. */
  #onSignal({ from, signal }: SessionEvents['signal']): void {
    const { mesh, session } = this.#attempt ?? {};
    if (session?.roster?.participants.some(({ id }) => id === from)) void mesh?.receive(from, signal);
  }

  #onRoster({ roster, left }: SessionEvents['roster']): void {
    const mesh = this.#attempt?.mesh;
    if (!mesh) return;
    if (left && left.reason !== 'timeout') mesh.delete(left.id);
    mesh.setPresent(idsOf(roster));
    this.#showRoster(roster, left?.reason);
  }

  #showRoster(roster: Roster, reason: LeftReason = 'timeout'): void {
    const before = inRoom(this.#state) ? this.#state.participants : [];
    this.#dispatch({ type: 'roster', roster, lingering: new Set(this.#attempt?.mesh?.ids) });
    if (!inRoom(this.#state)) return;
    const after = new Set(this.#state.participants.map(({ id }) => id));
    for (const participant of before) {
      if (!after.has(participant.id)) this.emit('participant-left', { participant, reason });
    }
  }

  #onConnectionChange(id: string): void {
    const { mesh, session } = this.#attempt ?? {};
    const roster = session?.roster;
    if (!mesh || !roster) return;
    const connection = mesh.connectionOf(id);
    const before = this.#others.find(one => one.id === id);
    const isNew = connection === 'connected' && before?.connection !== connection;
    if (connection) this.#dispatch({ type: 'connection', id, connection });
    else this.#showRoster(roster);
    if (isNew) this.#prepareUpkeep(id);
    this.emit('media', { id });
  }

  get #others(): readonly Participant[] {
    return inRoom(this.#state) ? this.#state.participants : [];
  }

  /** What can wait until after the first frame. Without it, as when its chunk cannot be loaded, the call goes on. */
  #prepareUpkeep(connected?: string): void {
    const { upkept } = this.#attempt ?? {};
    if (upkept && connected !== undefined) upkept.onConnected(connected);
    else void this.upkeep().catch(() => undefined);
  }

  async #loadUpkeep(attempt: Attempt): Promise<Upkeep> {
    const { Upkeep } = await import('./upkeep.ts');
    attempt.upkept = new Upkeep({
      attempt,
      serverUrl: this.#options.serverUrl,
      environment: this.#environment,
      local: this.#local,
      others: () => this.#others,
      dispatch: event => this.#dispatch(event),
      emit: (name, detail) => this.emit(name, detail as never),
    });
    return attempt.upkept;
  }

  #onStalled(id: string): void {
    const participant = this.#others.find(one => one.id === id);
    if (participant) this.emit('stalled', { participant });
  }

  #onLocalChange(): void {
    const { problem } = this.#state.local;
    const local = this.#local.state;
    this.#dispatch({ type: 'local', local });
    if (local.problem && local.problem !== problem) this.emit('error', { error: local.problem, fatal: false });
    this.#attempt?.upkept?.onLocalChange();
    this.#tellDevices();
  }

  /** The others learn of camera and microphone from the roster, never from the track's own mute state. */
  #tellDevices(): void {
    const { mesh, session } = this.#attempt ?? {};
    if (!mesh || !session) return;
    void mesh.setTracks(this.#local.tracks);
    const { microphone, camera, screen } = this.#presence();
    session.update({ microphone, camera, screen });
  }

  #onEnded(how: SessionEvents['ended']): void {
    if ('refused' in how) {
      this.#fail(toCallError(how.refused));
    } else if (how.reason === 'rejected') {
      this.#fail(new CallError('rejected'));
    } else {
      this.#release();
      this.#dispatch({ type: 'leave', reason: how.reason });
    }
  }

  #fail(error: CallError): void {
    this.#release()?.session.close();
    this.#dispatch({ type: 'fail', error });
    this.emit('error', { error, fatal: true });
  }

  #dispatch(event: CallEvent): void {
    const previous = this.#state;
    this.#state = reduce(previous, event);
    if (this.#state !== previous) this.emit('state', { state: this.#state, previous });
  }
}

function idsOf({ participants }: Roster): ReadonlySet<string> {
  return new Set(participants.map(({ id }) => id));
}

/** As much of a name as the server takes, which counts it as NFC: that can be longer than what was typed. */
function fitName(name: string): string {
  return Array.from(name.normalize('NFC')).slice(0, displayNameMaxCodePoints).join('');
}
