// One visitor's connection to the server: identity, resume, roster. It knows no media and no interface.
import type {
  Ack,
  EndedReason,
  FirstOffer,
  IceServer,
  JoinRequest,
  Joined,
  Knock,
  LeftReason,
  Roster,
  ServerToClientEvents,
  Signal,
  UpdateRequest,
  Waiting,
} from '../../protocol/events.ts';
import { connectTo, greet, namedServers, postJoin } from './connect.ts';
import type { SignalingSocket } from './connect.ts';
import { Emitter } from './emitter.ts';
import { accepted, codeOf, passes, Refused, refusedBy, unreachable } from './refused.ts';
import type { RefusedCode } from './refused.ts';
import type { ResumeSecret } from './resume-secret.ts';
import { applyRosterMessage } from './roster.ts';
import type { RosterMessage } from './roster.ts';

export interface SessionOptions {
  /** Where signalling lives, sub-path included. */
  serverUrl: string;
  room: string;
  /** The site's token, or where to get a fresh one: it is asked for at each join, also after a lost connection. */
  token?: TokenSource | undefined;
  /** Who one is without a token, in every tab of this browser. */
  guestKey?: string | undefined;
  /** Proves that one is the same after a lost connection; outlives a session that had no answer. */
  secret: ResumeSecret;
  connect?: typeof connectTo;
  greet?: typeof greet;
  post?: typeof postJoin;
}

export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export type SessionEvents = {
  /** To be admitted by a host; the place in line, from 1. */
  waiting: { place: number };
  /** To hosts: everybody who waits, after each change. */
  knocking: { knocks: Knock[] };
  /** A host asks for one's microphone to be turned off. */
  'mute-requested': { by: string };
  /** The roster changed; `left` names who went, and why, where the server said so. */
  roster: { roster: Roster; left?: { id: string; reason: LeftReason } };
  signal: { from: string; signal: Signal };
  /** The socket is gone; the seat is held while it is opened again. */
  lost: undefined;
  /** Back in the same seat. */
  resumed: Joined;
  /** Over for good, not by our own wish. */
  ended: { reason: EndedReason } | { refused: Refused };
};

/** What a participant says of themselves on joining; kept up to date so that a resume says it again. */
export type Presence = Omit<JoinRequest, 'room' | 'secret' | 'token' | 'guestKey' | 'offer'>;

/** A first offer that a join may carry, once it is there. */
export interface OfferSource {
  /** Resolves when it is there; perhaps never. */
  readonly ready: Promise<void>;
  readonly offer: FirstOffer | undefined;
}

/** What the server says by itself, and to whom in a room. */
type SaidName = Exclude<keyof ServerToClientEvents, 'entered' | 'admitted'>;

/** As much of a socket as listening to several events at once needs. */
interface Hearable {
  on: (name: string, listener: (said: never) => void) => unknown;
  off: (name: string, listener: (said: never) => void) => unknown;
}

/** The answer to a join. */
type Entry = Joined | Waiting;

/** What a host may ask for. */
export type HostRequest =
  | { name: 'admit' | 'reject' | 'mute-participant' | 'remove' | 'make-host'; id: string }
  | { name: 'lock'; locked: boolean }
  | { name: 'end' };

/** So long the answer to a join that came with the connection may take. */
const enteredTimeoutMs = 5_000;
/** Failed tries after which a server that never answered is called unreachable. */
const firstConnectionTries = 3;
/** What was refused for a reason that passes is tried again so much later. */
const retryDelayMs = 2_000;

export class Session extends Emitter<SessionEvents> {
  readonly #options: SessionOptions;
  readonly #lifetime = new AbortController();
  #socket: SignalingSocket | undefined;
  /** `told` is what the server knows of `presence`, or is being told. */
  #joined: { presence: Presence; told: Partial<Presence>; roster: Roster } | undefined;
  /** What the last join said of us. */
  #said: Partial<Presence> = {};
  #syncing = false;
  /** What the roster did before the answer that it follows: kept while a join or a sync is under way. */
  #early: RosterMessage[] | undefined;
  #isWaiting = false;
  /** What the next join says; while it is set, a new connection brings it along. */
  #wanted: (() => Promise<JoinRequest>) | undefined;
  /** The answer to the join that came with the connection. */
  #entered: Promise<Parameters<Ack<Entry>>[0]> | undefined;
  #greeting: ReturnType<typeof greet> | undefined;
  /** Settles when the socket has its seat for the first time. */
  #arrival: Promise<void> | undefined;
  /** Why the server does not let us connect, said while nobody asked. */
  #refused: Refused | undefined;
  /** What the server says, whichever way it comes. */
  readonly #onSaid: { [Name in SaidName]: ServerToClientEvents[Name] } = {
    'participant-joined': message => this.#onRosterMessage({ type: 'joined', ...message }),
    'participant-updated': message => this.#onRosterMessage({ type: 'updated', ...message }),
    'participant-left': message => this.#onRosterMessage({ type: 'left', ...message }),
    'room-updated': message => this.#onRosterMessage({ type: 'room', ...message }),
    waiting: message => this.emit('waiting', message),
    knocking: message => this.emit('knocking', message),
    'mute-requested': message => this.emit('mute-requested', message),
    signal: message => this.emit('signal', message),
    ended: ({ reason }) => this.#end({ reason }),
  };
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #updateTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
  }

  /** The roster as last heard; undefined before joining and after the end. */
  get roster(): Roster | undefined {
    return this.#joined?.roster;
  }

  /** In the room, and there is no socket just now. */
  get isLost(): boolean {
    return this.#joined !== undefined && !this.#socket?.connected;
  }

  /** Opens the socket, so that a later `join` takes one round trip. Calling it twice does nothing. */
  connect(): void {
    if (this.#socket || this.#lifetime.signal.aborted) return;
    const { connect = connectTo, serverUrl } = this.#options;
    const socket = connect(serverUrl, () => this.#handshake());
    this.#socket = socket;
    socket.on('connect', () => {
      this.#early = [];
      void this.#resume();
    });
    socket.on('connect_error', error => this.#onConnectError(codeOf(error)));
    socket.on('disconnect', reason => {
      if (this.#joined) this.emit('lost', undefined);
      // Socket.IO does not come back by itself from a disconnect that the server asked for.
      if (reason === 'io server disconnect') socket.connect();
    });
    for (const [name, onSaid] of Object.entries(this.#onSaid) as [SaidName, () => void][]) socket.on(name, onSaid);
  }

  /**
   * Takes a seat in the room, once a host admits it where the site wants that.
   * @throws {Refused} with the server's code, or `server-unreachable`.
   */
  async join(presence: Presence, spare?: OfferSource): Promise<Joined> {
    this.#wanted = () =>
      this.#joined ? this.#joinRequest(this.#joined.presence) : this.#joinRequest(presence, spare?.offer);
    this.connect();
    const bySocket = this.#connected().then(() => this.#enter(firstConnectionTries));
    this.#arrival = bySocket.then(
      joined => this.#onArrival(joined),
      (error: unknown) => this.#onArrival(error as Refused),
    );
    const joined = await (spare ? this.#orByPost(bySocket, spare) : bySocket);
    this.#joined ??= { presence, told: this.#said, roster: joined.roster };
    this.#replay();
    return { ...joined, roster: this.#joined.roster };
  }

  /** ICE servers that ask for no credential; undefined when the server does not tell. */
  async openIceServers(): Promise<IceServer[] | undefined> {
    const named = namedServers(this.#options.serverUrl);
    return named.length > 0 ? named : (await this.#greet())?.iceServers;
  }

  /** Tells the room of one's own devices, name or hand. Without a connection the next resume tells it. */
  update(change: UpdateRequest): void {
    if (!this.#joined) return;
    this.#joined.presence = { ...this.#joined.presence, ...change };
    this.#tell();
  }

  /** Sends one signal; resolves to false when it cannot have arrived. Never queued: an old signal is worth nothing. */
  async signal(to: string, signal: Signal): Promise<boolean> {
    return this.#request('signal', { to, signal }).then(
      () => true,
      () => false,
    );
  }

  /** Fresh ICE servers. @throws {Refused} */
  async iceServers(): Promise<IceServer[]> {
    return (await this.#request<{ iceServers: IceServer[] }>('ice-servers', {})).iceServers;
  }

  /** Asks for what a host may do. @throws {Refused} */
  async asHost({ name, ...payload }: HostRequest): Promise<void> {
    await this.#request(name, payload);
  }

  /** Gives the seat back and closes. */
  async leave(): Promise<void> {
    this.#joined = this.#wanted = undefined;
    if (this.#socket?.connected) await this.#ack('leave', {}).catch(() => undefined);
    this.close();
  }

  /** The page goes away: the others are told at once, the seat waits a while for a reload. */
  leaving(): void {
    if (this.#joined || this.#isWaiting) {
      this.#socket?.emit('leaving');
      this.#options.secret.keep();
    }
    this.close();
  }

  /** Closes without a word: the server holds the seat as for any lost connection. */
  close(): void {
    this.#joined = this.#wanted = undefined;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#updateTimer);
    this.#lifetime.abort();
    this.#socket?.removeAllListeners();
    this.#socket?.disconnect();
  }

  /** By the socket, or by HTTP where that is sooner: the first answer counts, and the socket goes on from there. */
  #orByPost(bySocket: Promise<Joined>, { ready }: OfferSource): Promise<Joined> {
    const { post = postJoin, serverUrl } = this.#options;
    const { signal } = this.#lifetime;
    return new Promise((resolve, reject) => {
      bySocket.then(resolve, reject);
      void ready.then(async () => {
        // A handshake that is under way carries the join already.
        if (!this.#wanted || this.#entered || this.#socket?.connected || signal.aborted) return;
        await post(serverUrl, await this.#wanted(), signal, ([name, message]) => {
          // Who must wait, waits for the socket.
          if (name === 'admitted' || name === 'waiting') return;
          if (name !== 'entered') (this.#onSaid[name] as (said: typeof message) => void)(message);
          // What passes the socket may be spared.
          else if (!message.ok && !passes(message.error.code)) reject(refusedBy(message));
          else if (message.ok && !('waiting' in message)) resolve(message);
        });
      });
    });
  }

  /** The socket has its seat. Who joined by HTTP learns what has changed since. */
  #onArrival(how: Joined | Refused): void {
    const hasWaited = this.#isWaiting;
    this.#arrival = undefined;
    this.#isWaiting = false;
    if (!this.#joined) return;
    if ('roster' in how) {
      // The seat that HTTP got was lost again.
      if (hasWaited) this.emit('resumed', how);
      this.#takeSeat(how.roster);
    } else if (how.code === 'server-unreachable' || passes(how.code)) {
      // What HTTP brought together holds without a socket, as after every loss.
      this.emit('lost', undefined);
      this.#retry(() => void this.#resume());
    } else this.#end({ refused: how });
  }

  /** Joins, and while a host must say so waits and joins again: then, and after each reconnect. `tries`: lost answers. */
  async #enter(tries: number): Promise<Joined> {
    for (let lost = 1; ; lost++) {
      const { heard: again, forget } = this.#whenToAskAgain();
      try {
        const answer = await this.#ask();
        if (!('waiting' in answer)) return answer;
        this.#isWaiting = true;
        this.emit('waiting', { place: answer.waiting });
        await again;
      } catch (error) {
        const isLost = error instanceof Refused && error.code === 'server-unreachable';
        if (!isLost || !this.#wanted) throw error;
        if (this.#isWaiting) {
          // In line, a connection that is lost is only to be waited for.
          await again;
        } else {
          // The seat may be ours without our knowing: only who asks with the same secret gets it.
          if (lost >= tries) throw error;
          this.reopen();
          await this.#connected();
        }
      } finally {
        forget();
      }
    }
  }

  /** Resolves when a host has admitted us, or when a new connection must take the place in line again. */
  #whenToAskAgain() {
    return this.#hear<unknown>((resolve, reject) => ({
      admitted: resolve,
      connect: resolve,
      connect_error: (error: Error) => {
        const code = codeOf(error);
        if (code && !passes(code)) reject(new Refused(code));
      },
    }));
  }

  /** The answer to the join that the connection brought along, or to one that is sent now. */
  async #ask(): Promise<Entry> {
    const entered = this.#entered;
    this.#entered = undefined;
    if (entered) return accepted(await entered);
    if (!this.#wanted) throw unreachable();
    return this.#ack<Entry>('join', await this.#wanted());
  }

  async #handshake(): Promise<{ join?: JoinRequest }> {
    const socket = this.#socket;
    this.#entered = undefined;
    if (!this.#wanted || !socket) return {};
    const join = await this.#wanted();
    let timer: ReturnType<typeof setTimeout>;
    this.#entered = this.#hear<Parameters<Ack<Entry>>[0]>((resolve, reject) => {
      const disconnect = (): void => reject(unreachable());
      timer = setTimeout(disconnect, enteredTimeoutMs);
      return { entered: resolve, disconnect };
    }).heard;
    // Whoever asks for it hears of its end; nobody may ask.
    this.#entered.catch(() => undefined).finally(() => clearTimeout(timer));
    return { join };
  }

  #greet(): ReturnType<typeof greet> {
    const { greet: ask = greet, serverUrl } = this.#options;
    return (this.#greeting ??= ask(serverUrl, this.#lifetime.signal));
  }

  async #joinRequest(presence: Presence, offer?: FirstOffer): Promise<JoinRequest> {
    const { room, token, guestKey } = this.#options;
    let fresh: string | undefined;
    try {
      fresh = typeof token === 'function' ? await token() : token;
    } catch {
      // Without one the server says what it thinks of that; a seat that one still has needs none.
    }
    this.#said = presence;
    // What is undefined is not sent.
    return { ...presence, room, secret: this.#options.secret.value, token: fresh, guestKey, offer };
  }

  /** Waits for the first connection. */
  async #connected(): Promise<void> {
    const socket = this.#socket;
    const { signal } = this.#lifetime;
    if (!socket || signal.aborted) throw unreachable();
    if (this.#refused) throw this.#refused;
    if (socket.connected) return;
    let tries = 0;
    await this.#hear<unknown>((resolve, reject) => {
      const refuse = (code: RefusedCode): void => reject(new Refused(code));
      const connect_error = (error: Error): void => {
        tries += 1;
        const code = codeOf(error);
        if (code) {
          refuse(code);
          return;
        }
        if (tries === 1) {
          // Refused rather than unreachable? Then trying again is no use.
          void this.#greet().then(greeting => greeting?.error?.code && refuse(greeting.error.code as RefusedCode));
        }
        if (tries >= firstConnectionTries) reject(unreachable());
      };
      return { connect: resolve, connect_error };
    }).heard;
  }

  /** Listens to the socket until something of it settles `heard`, one's own end rejects that, or it is to be forgotten. */
  #hear<Heard>(
    listen: (resolve: (heard: Heard) => void, reject: (why: Refused) => void) => Record<string, (said: never) => void>,
  ): { heard: Promise<Heard>; forget: () => void } {
    const socket = this.#socket as Hearable | undefined;
    const { signal } = this.#lifetime;
    let forget!: () => void;
    const heard = new Promise<Heard>((resolve, reject) => {
      const onEnd = (): void => reject(unreachable());
      const listeners = Object.entries(listen(resolve, reject));
      for (const [name, listener] of listeners) socket?.on(name, listener);
      signal.addEventListener('abort', onEnd);
      forget = () => {
        for (const [name, listener] of listeners) socket?.off(name, listener);
        signal.removeEventListener('abort', onEnd);
      };
    });
    heard.then(forget, forget);
    return { heard, forget };
  }

  /** A handshake failed, whoever waits for it. Socket.IO does not try again by itself after a refused one. */
  #onConnectError(code: RefusedCode | undefined): void {
    if (code && !passes(code)) {
      this.#refused = new Refused(code);
      if (this.#joined && !this.#isWaiting) this.#end({ refused: this.#refused });
    } else if (!this.#socket?.active) {
      this.#retry(() => this.#socket?.connect());
    }
  }

  #retry(what: () => void): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(what, retryDelayMs);
  }

  /** Without an answer a socket is not worth keeping. One that is being opened is left to its own pace, unless `anew`. */
  reopen(anew = this.#socket?.connected): void {
    if (anew) this.#socket?.disconnect().connect();
  }

  /** Begins no socket until `reopen`. */
  rest(): void {
    this.#socket?.disconnect();
  }

  /** After a reconnect: takes the same seat again and learns what was missed. */
  async #resume(): Promise<void> {
    clearTimeout(this.#retryTimer);
    if (!this.#joined || this.#isWaiting || this.#arrival) return;
    const before = this.#joined;
    // Left or closed meanwhile: then nothing is opened again, and nobody told.
    const isOver = (): boolean => this.#joined !== before;
    try {
      const joined = await this.#enter(1).finally(() => (this.#isWaiting = false));
      if (isOver()) return;
      this.emit('resumed', joined);
      this.#takeSeat(joined.roster);
    } catch (error) {
      if (isOver()) return;
      const code = error instanceof Refused ? error.code : 'server-unreachable';
      if (passes(code)) this.#retry(() => void this.#resume());
      else if (code === 'server-unreachable') this.reopen();
      else this.#end({ refused: new Refused(code) });
    }
  }

  /** The socket has its seat: what was missed, and what the server has missed. */
  #takeSeat(roster: Roster): void {
    if (!this.#joined) return;
    this.#joined.told = this.#said;
    this.#takeRoster(roster);
    this.#replay();
    this.#tell();
  }

  /** Unless what is known is newer: messages may have come before the answer. */
  #takeRoster(roster: Roster): void {
    const joined = this.#joined;
    if (!joined || (joined.roster.generation === roster.generation && joined.roster.version > roster.version)) return;
    joined.roster = roster;
    this.emit('roster', { roster });
  }

  /** Tells what the server does not know; once more a while later where it refused. */
  #tell(isRepeat = false): void {
    const joined = this.#joined;
    if (!joined || this.#arrival) return;
    const { presence, told } = joined;
    const keys = (Object.keys(presence) as (keyof Presence)[]).filter(key => presence[key] !== told[key]);
    if (keys.length === 0) return;
    joined.told = presence;
    this.#request('update', Object.fromEntries(keys.map(key => [key, presence[key]]))).catch(() => {
      const known = Object.entries(joined.told).filter(([key]) => !keys.includes(key as keyof Presence));
      joined.told = Object.fromEntries(known);
      clearTimeout(this.#updateTimer);
      if (this.#joined && !isRepeat) this.#updateTimer = setTimeout(() => this.#tell(true), retryDelayMs);
    });
  }

  /** What came before the answer that it follows; a socket that has no seat yet is still to get its own. */
  #replay(): void {
    if (this.#arrival) return;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#onRosterMessage(message);
  }

  #onRosterMessage(message: RosterMessage): void {
    this.#early?.push(message);
    if (!this.#joined) return;
    const roster = applyRosterMessage(this.#joined.roster, message);
    if (!roster) {
      if (!this.#early) void this.sync();
      return;
    }
    if (roster === this.#joined.roster) return;
    this.#joined.roster = roster;
    this.emit('roster', message.type === 'left' ? { roster, left: message } : { roster });
  }

  /** Asks for the roster as it is; resolves when that is answered, refused, or waited for long enough. */
  async sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    const early: RosterMessage[] = (this.#early = []);
    try {
      const { roster } = await this.#request<{ roster: Roster }>('sync', {});
      if (this.#early === early) this.#takeRoster(roster);
    } catch {
      // The socket is going down or the seat is gone; the resume after it brings the whole roster.
    } finally {
      this.#syncing = false;
      // A reconnect has its own, and the answer that they follow is still to come.
      if (this.#early === early) this.#replay();
    }
  }

  /** Who joined by HTTP can ask for more once the socket is there. */
  async #request<Answer extends object>(event: string, payload: object): Promise<Answer> {
    await this.#arrival;
    return this.#ack(event, payload);
  }

  async #ack<Answer extends object>(event: string, payload: object): Promise<Answer> {
    const socket = this.#socket;
    if (!socket?.connected) throw unreachable();
    type Emit = (event: string, payload: object) => Promise<Parameters<Ack<Answer>>[0]>;
    let answer;
    try {
      answer = await (socket.emitWithAck.bind(socket) as unknown as Emit)(event, payload);
    } catch {
      throw unreachable();
    }
    return accepted(answer);
  }

  #end(how: SessionEvents['ended']): void {
    this.emit('ended', how);
    this.close();
  }
}
