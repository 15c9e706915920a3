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
  Refusal,
  Roster,
  Signal,
  UpdateRequest,
  Waiting,
} from '../../protocol/events.ts';
import { connectTo, greet, namedServers, postJoin } from './connect.ts';
import type { SignalingSocket } from './connect.ts';
import { Emitter } from './emitter.ts';
import { Refused } from './refused.ts';
import type { RefusedCode } from './refused.ts';
import { ResumeSecret } from './resume-secret.ts';
import type { SecretStorage } from './resume-secret.ts';
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
  storage?: SecretStorage | undefined;
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
/** How long a return waits that was refused for a reason which passes. */
const resumeDelayMs = 2_000;
const passing: ReadonlySet<RefusedCode> = new Set(['rate-limited', 'internal']);

export class Session extends Emitter<SessionEvents> {
  readonly #options: SessionOptions;
  readonly #secret: ResumeSecret;
  readonly #lifetime = new AbortController();
  #socket: SignalingSocket | undefined;
  #joined: { presence: Presence; roster: Roster } | undefined;
  #syncing = false;
  #isWaiting = false;
  /** What the next join says; while it is set, a new connection brings it along. */
  #wanted: (() => Promise<JoinRequest>) | undefined;
  /** The answer to the join that came with the connection. */
  #entered: Promise<Parameters<Ack<Entry>>[0]> | undefined;
  #greeting: ReturnType<typeof greet> | undefined;
  /** Settles when the socket has its seat for the first time. */
  #arrival: Promise<void> | undefined;
  #resumeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
    this.#secret = new ResumeSecret(`${options.serverUrl}${options.room}`, options.storage);
  }

  /** The roster as last heard; undefined before joining and after the end. */
  get roster(): Roster | undefined {
    return this.#joined?.roster;
  }

  /** Opens the socket, so that a later `join` takes one round trip. Calling it twice does nothing. */
  connect(): void {
    if (this.#socket || this.#lifetime.signal.aborted) return;
    const { connect = connectTo, serverUrl } = this.#options;
    const socket = connect(serverUrl, () => this.#handshake());
    this.#socket = socket;
    socket.on('connect', () => void this.#resume());
    socket.on('disconnect', reason => {
      if (this.#joined) this.emit('lost', undefined);
      // Socket.IO does not come back by itself from a disconnect that the server asked for.
      if (reason === 'io server disconnect') socket.connect();
    });
    socket.on('participant-joined', message => this.#onRosterMessage({ type: 'joined', ...message }));
    socket.on('participant-updated', message => this.#onRosterMessage({ type: 'updated', ...message }));
    socket.on('participant-left', message => this.#onRosterMessage({ type: 'left', ...message }));
    socket.on('room-updated', message => this.#onRosterMessage({ type: 'room', ...message }));
    socket.on('waiting', message => this.emit('waiting', message));
    socket.on('knocking', message => this.emit('knocking', message));
    socket.on('mute-requested', message => this.emit('mute-requested', message));
    socket.on('signal', message => this.emit('signal', message));
    socket.on('ended', ({ reason }) => this.#end({ reason }));
  }

  /**
   * Takes a seat in the room, once a host admits it where the site wants that.
   * @throws {Refused} with the server's code, or `server-unreachable`.
   */
  async join(presence: Presence, spare?: OfferSource): Promise<Joined> {
    this.#wanted = () =>
      this.#joined ? this.#joinRequest(this.#joined.presence) : this.#joinRequest(presence, spare?.offer);
    this.connect();
    const bySocket = this.#connected().then(() => this.#enter());
    this.#arrival = bySocket.then(
      joined => this.#onArrival(joined),
      (error: unknown) => this.#onArrival(error as Refused),
    );
    const joined = await (spare ? this.#orByPost(bySocket, spare) : bySocket);
    this.#joined ??= { presence, roster: joined.roster };
    return joined;
  }

  /** ICE servers that ask for no credential; undefined when the server does not tell. */
  async openIceServers(): Promise<IceServer[] | undefined> {
    const named = namedServers(this.#options.serverUrl);
    return named.length > 0 ? named : (await this.#greet())?.iceServers;
  }

  /** Tells the room of one's own devices, name or hand. Without a connection the next resume tells it. */
  update(change: UpdateRequest): void {
    if (!this.#joined) return;
    const before = this.#joined.presence;
    const presence = { ...before, ...change };
    this.#joined.presence = presence;
    if ((Object.keys(presence) as (keyof Presence)[]).every(key => presence[key] === before[key])) return;
    void this.#request('update', change).catch(() => undefined);
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
    this.#joined = undefined;
    if (this.#socket?.connected) await this.#ack('leave', {}).catch(() => undefined);
    this.close();
  }

  /** The page goes away: the others are told at once, the seat waits a while for a reload. */
  leaving(): void {
    if (this.#joined || this.#isWaiting) {
      this.#socket?.emit('leaving');
      this.#secret.keep();
    }
    this.close();
  }

  /** Closes without a word: the server holds the seat as for any lost connection. */
  close(): void {
    this.#joined = undefined;
    clearTimeout(this.#resumeTimer);
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
          if (name === 'signal') this.emit('signal', message);
          if (name !== 'entered') return;
          // What passes the socket may be spared; and who must wait, waits there.
          if (!message.ok && !passing.has(message.error.code)) reject(refusedBy(message));
          else if (message.ok && !('waiting' in message)) resolve(message);
        });
      });
    });
  }

  /** The socket has its seat. Who joined by HTTP learns what has changed since. */
  #onArrival(how: Joined | Refused): void {
    this.#arrival = undefined;
    if (!this.#joined) return;
    if ('roster' in how) {
      this.#joined.roster = how.roster;
      this.emit('roster', { roster: how.roster });
    } else if (!this.#lifetime.signal.aborted) {
      this.#end({ refused: how });
    }
  }

  /** Joins, and while a host must say so waits and joins again: then, and after each reconnect. */
  async #enter(): Promise<Joined> {
    for (;;) {
      const { again, forget } = this.#whenToAskAgain();
      try {
        const answer = await this.#ask();
        if (!('waiting' in answer)) {
          this.#isWaiting = false;
          return answer;
        }
        this.#isWaiting = true;
        this.emit('waiting', { place: answer.waiting });
        await again;
      } catch (error) {
        // In line, a connection that is lost is only to be waited for.
        const isLost = error instanceof Refused && error.code === 'server-unreachable';
        if (!this.#isWaiting || !isLost) throw error;
        await again;
      } finally {
        forget();
      }
    }
  }

  /** Resolves when a host has admitted us, or when a new connection must take the place in line again. */
  #whenToAskAgain(): { again: Promise<void>; forget: () => void } {
    const socket = this.#socket;
    const { signal } = this.#lifetime;
    let forget!: () => void;
    const again = new Promise<void>((resolve, reject) => {
      const onNews = () => (signal.aborted ? reject(new Refused('server-unreachable')) : resolve());
      socket?.on('admitted', onNews);
      socket?.on('connect', onNews);
      signal.addEventListener('abort', onNews);
      forget = () => {
        socket?.off('admitted', onNews);
        socket?.off('connect', onNews);
        signal.removeEventListener('abort', onNews);
      };
    });
    // Mostly nobody waits for it.
    again.catch(() => undefined);
    return { again, forget };
  }

  /** The answer to the join that the connection brought along, or to one that is sent now. */
  async #ask(): Promise<Entry> {
    const entered = this.#entered;
    this.#entered = undefined;
    if (entered) return accepted(await entered);
    if (!this.#wanted) throw new Refused('server-unreachable');
    return this.#ack<Entry>('join', await this.#wanted());
  }

  async #handshake(): Promise<{ join?: JoinRequest }> {
    const socket = this.#socket;
    this.#entered = undefined;
    if (!this.#wanted || !socket) return {};
    const join = await this.#wanted();
    this.#entered = new Promise((resolve, reject) => {
      const timer = setTimeout(() => lost(), enteredTimeoutMs);
      const settled = (): void => clearTimeout(timer);
      const lost = (): void => {
        settled();
        reject(new Refused('server-unreachable'));
      };
      socket.once('entered', answer => {
        settled();
        resolve(answer);
      });
      socket.once('disconnect', lost);
      this.#lifetime.signal.addEventListener('abort', lost, { once: true });
    });
    // Whoever asks for it hears of its end; nobody may ask.
    this.#entered.catch(() => undefined);
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
    // What is undefined is not sent.
    return { ...presence, room, secret: this.#secret.value, token: fresh, guestKey, offer };
  }

  /** Waits for the first connection. */
  async #connected(): Promise<void> {
    const socket = this.#socket;
    const { signal } = this.#lifetime;
    if (!socket || signal.aborted) throw new Refused('server-unreachable');
    if (socket.connected) return;
    let tries = 0;
    await new Promise<void>((resolve, reject) => {
      const settle = (refused?: RefusedCode) => {
        socket.off('connect', onConnect);
        socket.off('connect_error', onError);
        signal.removeEventListener('abort', onAbort);
        if (refused) reject(new Refused(refused));
        else resolve();
      };
      const onConnect = () => settle();
      const onAbort = () => settle('server-unreachable');
      const onError = (error: Error & { data?: { code?: RefusedCode } }) => {
        tries += 1;
        if (error.data?.code) {
          settle(error.data.code);
          return;
        }
        if (tries === 1) {
          // Refused rather than unreachable? Then trying again is no use.
          void this.#greet().then(greeting => greeting?.error?.code && settle(greeting.error.code as RefusedCode));
        }
        if (tries >= firstConnectionTries) settle('server-unreachable');
      };
      socket.on('connect', onConnect);
      socket.on('connect_error', onError);
      signal.addEventListener('abort', onAbort);
    });
  }

  /** After a reconnect: takes the same seat again and learns what was missed. */
  async #resume(): Promise<void> {
    clearTimeout(this.#resumeTimer);
    if (!this.#joined || this.#isWaiting || this.#arrival) return;
    const before = this.#joined;
    try {
      const joined = await this.#enter();
      before.roster = joined.roster;
      this.emit('resumed', joined);
      this.emit('roster', { roster: joined.roster });
    } catch (error) {
      if (this.#lifetime.signal.aborted) return;
      const code = error instanceof Refused ? error.code : 'server-unreachable';
      if (passing.has(code)) {
        this.#resumeTimer = setTimeout(() => void this.#resume(), resumeDelayMs);
      } else if (code === 'server-unreachable') {
        // Without an answer the socket is not worth keeping.
        this.#socket?.disconnect().connect();
      } else {
        this.#end({ refused: new Refused(code) });
      }
    }
  }

  #onRosterMessage(message: RosterMessage): void {
    if (!this.#joined) return;
    const roster = applyRosterMessage(this.#joined.roster, message);
    if (!roster) {
      void this.#sync();
      return;
    }
    if (roster === this.#joined.roster) return;
    this.#joined.roster = roster;
    this.emit('roster', message.type === 'left' ? { roster, left: message } : { roster });
  }

  async #sync(): Promise<void> {
    if (this.#syncing) return;
    this.#syncing = true;
    try {
      const { roster } = await this.#request<{ roster: Roster }>('sync', {});
      if (!this.#joined) return;
      this.#joined.roster = roster;
      this.emit('roster', { roster });
    } catch {
      // The socket is going down or the seat is gone; the resume after it brings the whole roster.
    } finally {
      this.#syncing = false;
    }
  }

  /** Who joined by HTTP can ask for more once the socket is there. */
  async #request<Answer extends object>(event: string, payload: object): Promise<Answer> {
    await this.#arrival;
    return this.#ack(event, payload);
  }

  async #ack<Answer extends object>(event: string, payload: object): Promise<Answer> {
    const socket = this.#socket;
    if (!socket?.connected) throw new Refused('server-unreachable');
    type Emit = (event: string, payload: object) => Promise<Parameters<Ack<Answer>>[0]>;
    let answer;
    try {
      answer = await (socket.emitWithAck.bind(socket) as unknown as Emit)(event, payload);
    } catch {
      throw new Refused('server-unreachable');
    }
    return accepted(answer);
  }

  #end(how: SessionEvents['ended']): void {
    this.emit('ended', how);
    this.close();
  }
}

/** @throws {Refused} */
function accepted<Answer extends object>(answer: Parameters<Ack<Answer>>[0]): Answer {
  if (!answer.ok) throw refusedBy(answer);
  return answer;
}

const refusedBy = ({ error: { code, capacity } }: Refusal): Refused => new Refused(code, capacity);
