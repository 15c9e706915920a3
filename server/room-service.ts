// What each request does: room store on one side, the sockets of the room on the other. Shapes are checked before.
import type {
  FirstOffer,
  IceServer,
  JoinRequest,
  Joined,
  Refusal,
  RoomLimits,
  Roster,
  Signal,
  Waiting,
} from '../protocol/events.ts';
import type { AddressGuard } from './address-guard.ts';
import type { DecideEntry } from './entry.ts';
import { hideAddresses } from './hidden-addresses.ts';
import type { Return } from './joining.ts';
import type { HostAction } from './moderation.ts';
import type { ServerLimits } from './limits.ts';
import { OfferGuard } from './offer-guard.ts';
import { participantIdOf } from './participant-id.ts';
import { PostedJoin } from './posted-joins.ts';
import type { PostedJoins } from './posted-joins.ts';
import { refuse } from './requests.ts';
import type { RequestHandlers } from './requests.ts';
import type { Claim, Placed, RoomStore, Told } from './room-store.ts';
import { Sequencer } from './sequencer.ts';
import type { Asker, SignalingServer } from './signaling-types.ts';
import { channelOf, Teller } from './telling.ts';
import type { Visitor } from './visitor.ts';

export interface RoomServiceOptions {
  io: SignalingServer;
  posted: PostedJoins;
  store: RoomStore;
  limits: RoomLimits;
  serverLimits: Pick<ServerLimits, 'offers'>;
  entry: DecideEntry;
  guard: AddressGuard;
  iceServersFor: (visitor: Visitor, claim: Claim) => IceServer[];
  /** Ends what the relay does for a participant, who gets nothing more from it. */
  revokeRelay: (participantId: string) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Resolves `ms` milliseconds later. */
  wait: (ms: number) => Promise<void>;
}

type JoinAnswer = ({ ok: true } & (Joined | Waiting)) | Refusal;

export class RoomService {
  readonly #options: RoomServiceOptions;
  readonly #teller: Teller;
  readonly #offers: OfferGuard;
  /** A change and its telling end before the next change of that room begins: versions arrive in order. */
  readonly #rooms = new Sequencer();

  constructor(options: RoomServiceOptions) {
    this.#options = options;
    this.#teller = new Teller(options.io, options.posted);
    this.#offers = new OfferGuard(options.serverLimits.offers);
  }

  readonly handlers: RequestHandlers = {
    join: async (socket, request) => {
      const { guard, now, wait } = this.#options;
      const { visitor } = socket.data.connection;
      const startedAt = now();
      const answer = await this.#join(socket, request);
      if (answer.ok) return answer;
      // Full, locked, wrong, expired: all take the same time, so that none is told from the others by it.
      await wait(startedAt + guard.refusalMs(visitor, answer.error.code, now()) - now());
      return answer;
    },

    sync: async ({ data: { claim } }) => {
      const roster = claim && (await this.#options.store.roster(claim));
      return roster ? { ok: true, roster } : refuse('not-in-room');
    },

    update: async ({ data: { claim } }, change) => {
      if (!claim) return refuse('not-in-room');
      return this.#rooms.run(claim.room, async () => {
        const { version, ...told } = await this.#options.store.update(claim, change, this.#options.now());
        this.#tell(claim.room, told);
        return version ? { ok: true, ...version } : refuse('not-in-room');
      });
    },

    signal: async ({ data: { claim } }, { to, signal }) =>
      claim ? this.#signal(claim, to, signal) : refuse('not-in-room'),

    'ice-servers': async socket => {
      const { store, iceServersFor } = this.#options;
      const { claim, connection } = socket.data;
      if (!claim || !(await store.roster(claim))) return refuse('not-in-room');
      if (!this.#mayHaveCredential(socket)) return refuse('rate-limited');
      return { ok: true, iceServers: iceServersFor(connection.visitor, claim) };
    },

    leave: async socket => {
      if (!socket.data.claim) return refuse('not-in-room');
      await this.#leave(socket);
      return { ok: true };
    },

    leaving: socket => this.#depart(socket, (claim, now) => this.#options.store.reserve(claim, now)),

    admit: (socket, { id }) => this.#moderate(socket, { type: 'admit', id }),
    reject: (socket, { id }) => this.#moderate(socket, { type: 'reject', id }),
    lock: (socket, { locked }) => this.#moderate(socket, { type: 'lock', locked }),
    'mute-participant': (socket, { id }) => this.#moderate(socket, { type: 'mute-participant', id }),
    remove: (socket, { id }) => this.#moderate(socket, { type: 'remove', id }),
    'make-host': (socket, { id }) => this.#moderate(socket, { type: 'make-host', id }),
    end: socket => this.#moderate(socket, { type: 'end' }),
  };

  /** The socket is gone and did not say why: most come back. */
  lost(socket: Asker): Promise<void> {
    return this.#depart(socket, (claim, now) => this.#options.store.hold(claim, now));
  }

  /** Frees the seats whose time is up. */
  async sweep(): Promise<void> {
    const { store, now } = this.#options;
    this.#offers.sweep(now());
    for (const room of await store.expiredRooms(now())) {
      await this.#rooms.run(room, async () => this.#tell(room, await store.expire(room, now())));
    }
  }

  async #join(socket: Asker, request: JoinRequest): Promise<JoinAnswer> {
    const { store, limits, entry, guard, now } = this.#options;
    const { room, secret, displayName: name, microphone, camera, screen, videoPausedFor, relayOnly = false } = request;
    const profile = { displayName: name, microphone, camera, screen, videoPausedFor };
    const said = { profile, relayOnly };
    const { visitor } = socket.data.connection;
    const claim = { room, participantId: participantIdOf(secret), connectionId: socket.id };
    const before = socket.data.claim;
    if (before && (before.room !== room || before.participantId !== claim.participantId)) await this.#leave(socket);

    // Who has a seat needs nothing else: a session outlives its token, and no key server is asked.
    const back = await this.#rooms.run(room, () => this.#resume(socket, claim, said, request.offer));
    if (back) return back;
    // Every answer from here on is one to a stranger. Joining again and again must not be the way to more credentials.
    if (guard.isBlocked(visitor, now()) || !this.#mayHaveCredential(socket)) return refuse('rate-limited');

    const decision = await entry({ ...request, participantId: claim.participantId }, now());
    if ('refused' in decision) {
      if (decision.wrongToken) guard.wrongToken(visitor, now());
      return refuse(decision.refused);
    }
    const { visa, displayName, vouched } = decision;
    return this.#rooms.run(room, async () => {
      // The same page may have come the other way while its token was looked at.
      const here = await this.#resume(socket, claim, said, request.offer);
      if (here) return here;
      const joining = await store.join(claim, { profile: { ...profile, displayName }, visa }, limits.capacity, now());
      this.#tell(room, joining);
      const isRefused = 'refused' in joining;
      if (!vouched && (isRefused || ('first' in joining && joining.first))) guard.guessed(visitor, now());
      if (!isRefused) return this.#place(socket, claim, joining, request.offer);
      const { refused: code } = joining;
      return { ok: false, error: code === 'room-full' ? { code, capacity: limits.capacity } : { code } };
    });
  }

  /** The seat, or the place in line, that the same participant has already; undefined without one. */
  async #resume(socket: Asker, claim: Claim, said: Return, offer?: FirstOffer): Promise<JoinAnswer | undefined> {
    const { store, now } = this.#options;
    // What comes by HTTP came before the socket, or too late: it takes a seat from nobody.
    if (socket instanceof PostedJoin && (await store.isPresent(claim))) return refuse('rate-limited');
    const { joining, ...told } = await store.resume(claim, said, now());
    // Before it is told that its seat was taken, for it was by the same page.
    const posted = joining && this.#options.posted.takeOver(claim);
    this.#tell(claim.room, told);
    if (!joining) return undefined;
    const earlier = socket instanceof PostedJoin ? undefined : posted;
    // From here on the seat is this connection's, also when it is told no more: lost with it, it must be held.
    socket.data.claim = claim;
    const mayEnter = 'waiting' in joining || earlier !== undefined || this.#mayHaveCredential(socket);
    if (!mayEnter) return refuse('rate-limited');
    // A page that was loaded again brings another.
    const isSameOffer = offer !== undefined && offer.connectionId === earlier?.offer?.connectionId;
    // Who has just joined by HTTP is a newcomer still.
    const placed = earlier && 'removed' in joining ? { ...joining, removed: [] } : joining;
    const answer = await this.#place(socket, claim, placed, isSameOffer ? undefined : offer);
    if (!earlier) return answer;
    this.#sayAgain(socket, earlier);
    const offeredTo = isSameOffer ? earlier.offer?.to : undefined;
    return { ...answer, ...(offeredTo && { offeredTo }) };
  }

  /** Tells who took a seat, or a place in line, what goes with it. */
  async #place(socket: Asker, claim: Claim, placed: Placed, offer?: FirstOffer): Promise<JoinAnswer> {
    const { limits, iceServersFor } = this.#options;
    const { participantId: self } = claim;
    socket.data.claim = claim;
    if (socket instanceof PostedJoin) socket.seat = claim;
    if ('waiting' in placed) return { ok: true, self, waiting: placed.waiting };
    await socket.join(channelOf(claim.room));
    const { roster, relayOnly, removed } = placed;
    const iceServers = iceServersFor(socket.data.connection.visitor, claim);
    // Its addresses may be in it.
    const isTellable = offer && !(relayOnly && offer.sdp.includes('a=candidate:'));
    const offeredTo = isTellable ? await this.#handOver(claim, offer, roster) : undefined;
    if (offer && socket instanceof PostedJoin) socket.offer = { connectionId: offer.connectionId, to: offeredTo };
    return {
      ok: true,
      self,
      roster,
      iceServers,
      limits,
      ...(relayOnly && { relayOnly }),
      ...(offeredTo && { offeredTo }),
      ...(removed.length > 0 && { removed: [...removed] }),
    };
  }

  /** A stream that a proxy held back, or that nobody read, told nothing: it is said again, after the answer. */
  #sayAgain({ id }: Asker, { said }: PostedJoin): void {
    setImmediate(() => {
      for (const message of said) this.#teller.say(id, message);
    });
  }

  /** Gives the newcomer's first offer to who has been in the room the longest and can be reached. */
  async #handOver(claim: Claim, { sdp, ...names }: FirstOffer, { participants }: Roster): Promise<string | undefined> {
    for (const { id } of participants) {
      if (id === claim.participantId) continue;
      const signal: Signal = { ...names, description: { type: 'offer', sdp } };
      const answer = await this.#signal(claim, id, signal);
      if (answer.ok) return id;
    }
    return undefined;
  }

  async #signal(claim: Claim, to: string, signal: Signal): Promise<{ ok: true } | Refusal> {
    const { store, now } = this.#options;
    const found = await store.connectionOf(claim, to);
    if (found === 'claim-invalid') return refuse('not-in-room');
    if (found.connectionId === undefined || to === claim.participantId) return refuse('participant-unknown');
    // No violation: a client that says it again a while later is as it should be.
    if (!this.#offers.mayPass(claim.participantId, to, signal, now())) return refuse('rate-limited');
    const said = found.relayOnly ? hideAddresses(signal) : signal;
    if (!said) return { ok: true };
    const isHeard = this.#teller.say(found.connectionId, ['signal', { from: claim.participantId, signal: said }]);
    return isHeard ? { ok: true } : refuse('participant-unknown');
  }

  /** By session and by address; counts it. */
  #mayHaveCredential({ data: { connection } }: Asker): boolean {
    const { guard, now } = this.#options;
    if (connection.mayHaveCredential(now())) return guard.mayHaveCredential(connection.visitor, now());
    connection.violate(now());
    return false;
  }

  async #moderate({ data: { claim } }: Asker, action: HostAction): Promise<{ ok: true } | Refusal> {
    const { store, limits, now } = this.#options;
    if (!claim) return refuse('not-in-room');
    return this.#rooms.run(claim.room, async () => {
      const { refused, ...told } = await store.moderate(claim, action, limits.capacity, now());
      this.#tell(claim.room, told);
      if (refused === 'room-full') return { ok: false, error: { code: refused, capacity: limits.capacity } };
      return refused ? refuse(refused) : { ok: true };
    });
  }

  #leave(socket: Asker): Promise<void> {
    return this.#depart(socket, (claim, now) => this.#options.store.leave(claim, now));
  }

  async #depart(socket: Asker, change: (claim: Claim, now: number) => Promise<Told>): Promise<void> {
    const { claim } = socket.data;
    if (!claim) return;
    await this.#rooms.run(claim.room, async () => {
      const told = await change(claim, this.#options.now());
      socket.data.claim = undefined;
      await socket.leave(channelOf(claim.room));
      this.#tell(claim.room, told);
    });
  }

  #tell(room: string, told: Told): void {
    this.#teller.tell(room, told);
    for (const { participantId, reason } of told.endings) {
      if (reason === 'removed') this.#options.revokeRelay(participantId);
    }
  }
}
