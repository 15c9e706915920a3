// Drives a core with seeded nonsense and half-sense, and after each step asks what must always hold. For tests only.
import assert from 'node:assert/strict';
import type { FiveTuple } from '../core/actions.ts';
import type { TurnCoreCounters } from '../core/counters.ts';
import type { TurnCoreSettings } from '../core/settings.ts';
import type { TransportAddress } from '../wire/address.ts';
import { datagramMaxBytes } from '../wire/limits.ts';
import { decodeMessage } from '../wire/message.ts';
import { startsChannelData } from '../wire/channel-data.ts';
import * as attributes from '../wire/attributes.ts';
import { read } from '../wire/read.ts';
import { fuzzDatagrams, peers } from './fuzz-datagrams.ts';
import type { FuzzKnown } from './fuzz-datagrams.ts';
import { LabClient } from './lab-client.ts';
import { mutate, seededRandom } from './random.ts';
import type { RandomInt } from './random.ts';
import { credentialOf, listeners, TurnLab } from './turn-lab.ts';
import type { Outcome } from './turn-lab.ts';

/** Long: nearly every Allocate of a long run shall get past it. */
const credentialTtlSec = 100_000;
const userQuota = 5;
const totalQuota = 14;
const ownIps = new Set(['5.6.7.8', '2a00:1::8', '198.18.9.9', '10.1.2.3']);

/** Settings that differ by seed, so that the paths behind an option are walked too. */
const settingsOf = (random: RandomInt): Partial<TurnCoreSettings> => ({
  userQuota,
  totalQuota,
  relayPorts: { min: 50_000, max: 50_000 + 3 + random(20) },
  maxBps: random(2) === 0 ? undefined : 2000,
  ...(random(2) === 0 ? {} : { relayIps: ['10.1.2.3', '2a00:1::8'], externalIps: ['198.18.9.9'] }),
});

/** What was done and seen, so that a test can tell that the fuzz reaches what it is meant for. */
export interface FuzzTally {
  allocated: number;
  relayed: number;
  delivered: number;
  refused: number;
  dropped: number;
  opened: number;
  failed: number;
}

export class Fuzzer {
  readonly lab: TurnLab;
  readonly tally: FuzzTally = { allocated: 0, relayed: 0, delivered: 0, refused: 0, dropped: 0, opened: 0, failed: 0 };
  readonly #random: RandomInt;
  readonly #clients: LabClient[];
  /** Datagrams that were sent before, to be sent again. */
  readonly #history: { readonly bytes: Buffer; readonly client: LabClient }[] = [];
  /** Of reservations, used up or not. */
  readonly #tokens = Array.from({ length: 4 }, () => Buffer.from('token123'));
  #latest: number;
  #counters: TurnCoreCounters;
  #did = '';

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#random = random;
    this.lab = new TurnLab(settingsOf(random));
    this.lab.holdBinds = true;
    this.#latest = this.lab.now;
    this.#counters = this.lab.core.counters();
    this.#clients = Array.from({ length: 12 }, (_, index) => this.#newClient(index));
  }

  /** What the last step was, for the message of a failure. */
  get did(): string {
    return this.#did;
  }

  /** @throws whatever the core throws, or an AssertionError on an invariant that does not hold */
  step(): void {
    const random = this.#random;
    const client = this.#pick(this.#clients);
    const kind = random(100);
    const datagram = () => fuzzDatagrams(client, this.#known(), random);
    if (kind < 50) this.#tell('sends', client, datagram());
    else if (kind < 60) this.#tell('sends, mutated', client, mutate(datagram(), random));
    else if (kind < 65) this.#repeat(client);
    else if (kind < 77) this.#hear();
    else if (kind < 88) this.#settle();
    else if (kind < 96) this.#passTime();
    else if (kind < 99) this.#sweep();
    else this.#renew(client);
    this.#check();
  }

  /** Lets everything run out; nothing may be left. */
  end(): void {
    this.#did = 'end';
    while (this.lab.held.length > 0) this.#settle();
    this.lab.now = this.#latest + 2 * 3_600_000;
    this.#sweep();
    this.#check();
    assert.deepEqual(this.lab.core.counts(), {
      allocations: 0,
      reservations: 0,
      pending: 0,
      leases: 0,
      users: 0,
      ports: 0,
      clients: 0,
    });
    assert.deepEqual([this.lab.open.size, this.lab.opened], [0, this.lab.closed]);
  }

  #newClient(index: number): LabClient {
    const isIpv6 = index % 4 === 3;
    const subject = `user ${index % 4}`;
    return new LabClient(this.lab, {
      ...credentialOf(subject, this.lab.now, credentialTtlSec),
      address: isIpv6 ? `2a02::${index}` : `9.100.0.${index}`,
      port: 20_000 + index,
      server: isIpv6 ? listeners.ipv6 : listeners.ipv4,
      transport: (['udp', 'udp', 'tcp', 'tls'] as const)[index % 4] ?? 'udp',
    });
  }

  #pick<T>(things: readonly T[]): T {
    assert.ok(things.length > 0);
    return things[this.#random(things.length)] as T;
  }

  #known(): FuzzKnown {
    return { peers: this.#relayed(), tokens: this.#tokens };
  }

  #relayed(): TransportAddress[] {
    return [...peers, ...this.#clients.flatMap(({ relayed }) => relayed ?? [])];
  }

  #tell(what: string, client: LabClient, bytes: Buffer, from: FiveTuple = client.from): void {
    this.#did = `${client.from.client.address} ${what} ${bytes.toString('hex')}`;
    this.#history[this.#random(64)] = { bytes: Buffer.from(bytes), client };
    const request = startsChannelData(bytes[0] ?? 0) ? undefined : decodeMessage(bytes);
    const transactionId = request && Buffer.from(request.transactionId);
    const outcome = this.lab.receive(bytes, from);
    for (const { to, message } of outcome.sent) {
      assert.equal(to, from, 'answers whoever asked');
      assert.equal(request?.class, 'request', 'answers requests only');
      assert.deepEqual(message.transactionId, transactionId);
    }
    this.#see(outcome);
  }

  #repeat(client: LabClient): void {
    const earlier = this.#history[this.#random(64)];
    if (!earlier) return;
    const isFromElsewhere = this.#random(3) === 0;
    this.#tell('repeats', isFromElsewhere ? client : earlier.client, Buffer.from(earlier.bytes));
  }

  #hear(): void {
    const open = [...this.lab.open];
    if (open.length === 0) return;
    const relay = this.#pick(open);
    const from = this.#random(2) === 0 ? this.#pick(peers.slice(0, 2)) : this.#pick(this.#relayed());
    const length = this.#pick([0, 1, 2, 3, 4, 20, 100, 1200, 65_507]);
    this.#did = `${from.address}:${from.port} sends ${length} bytes to ${relay.address}:${relay.port}`;
    this.#see(this.lab.receiveFromPeer(Buffer.alloc(length, this.#random(256)), from, relay));
  }

  #settle(): void {
    const { held } = this.lab;
    if (held.length === 0) return;
    const [relay] = held.splice(this.#random(held.length), 1);
    assert.ok(relay);
    const outcome = this.#pick([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'EADDRINUSE',
      'EACCES',
      'EMFILE',
    ]);
    this.#did = `bind of ${relay.port}: ${outcome ?? 'bound'}`;
    if (outcome === undefined) this.tally.opened++;
    else this.tally.failed++;
    this.#see(this.lab.settle(relay, outcome));
  }

  #passTime(): void {
    const seconds = this.#pick([...Array<number>(30).fill(0.02), 0.3, 0.3, 1, 1, 5, 30, 61, 299, 300, 601, -1, -400]);
    this.#did = `${seconds} s pass`;
    this.lab.advance(seconds);
    this.#latest = Math.max(this.#latest, this.lab.now);
  }

  #sweep(): void {
    this.#did = 'sweep';
    const outcome = this.lab.sweep();
    assert.deepEqual([outcome.sent, outcome.relayed, outcome.delivered], [[], [], []]);
  }

  /** A new credential, sometimes of another user, with a password that is wrong or out of date. */
  #renew(client: LabClient): void {
    const ageMs = this.#pick([0, 0, 0, credentialTtlSec * 1000]);
    const index = this.#clients.indexOf(client);
    const subject = `user ${this.#random(4) === 0 ? this.#random(4) : index % 4}`;
    const issued = credentialOf(subject, this.lab.now - ageMs, credentialTtlSec);
    client.username = issued.username;
    client.credential = this.#random(10) === 0 ? 'wrong' : issued.credential;
    this.#did = `${client.from.client.address} becomes ${client.username}`;
  }

  #see({ sent, delivered, relayed, dropped }: Outcome): void {
    for (const { to, message } of sent) {
      const client = this.#clients.find(({ from }) => from === to);
      assert.ok(client);
      const nonce = read(message, attributes.nonce);
      if (nonce !== undefined) client.nonce = nonce;
      const address = read(message, attributes.xorRelayedAddress);
      if (address) client.relayed = address;
      if (address) this.tally.allocated++;
      const token = read(message, attributes.reservationToken);
      if (token) this.#tokens[this.#random(4)] = Buffer.from(token);
      if (message.class === 'error') this.tally.refused++;
    }
    for (const { to, bytes } of delivered) {
      assert.ok(
        this.#clients.some(({ from }) => from === to),
        'delivers to clients only',
      );
      assert.ok(bytes.length <= datagramMaxBytes);
      assert.ok(startsChannelData(bytes[0] ?? 0) || decodeMessage(bytes)?.class === 'indication');
      this.tally.delivered++;
    }
    for (const { to } of relayed) {
      assert.ok(!ownIps.has(to.address), 'what is for a client of ours never leaves');
      assert.ok(
        peers.some(peer => peer.address === to.address && isPublic(peer)),
        'relays where it may only',
      );
      this.tally.relayed++;
    }
    this.tally.dropped += dropped.length;
  }

  #check(): void {
    const { allocations, reservations, pending, leases, users, ports, clients } = this.lab.core.counts();
    const open = this.lab.open.size;
    const opening = this.lab.held.length;
    assert.equal(pending, opening, 'each Allocate under way waits for one socket');
    // The even port of a pair is open while the odd one is being opened, or that one is kept for it.
    const evens = open - allocations - reservations;
    const kept = ports - open - opening;
    assert.ok(evens >= 0 && kept >= 0 && evens + kept <= opening, 'a socket for each allocation and reservation');
    assert.equal(leases, ports, 'a lease for each port');
    assert.ok(leases <= totalQuota && users <= leases && leases <= users * userQuota, 'quotas hold');
    assert.ok(clients <= allocations + pending);
    const counters = this.lab.core.counters();
    for (const [count, last] of pairs(counters, this.#counters)) assert.ok(count >= last, 'counters only grow');
    this.#counters = counters;
  }
}

const isPublic = ({ address }: TransportAddress): boolean => /^(8\.8|2606)/.test(address);

const flat = ({ relayed, refusals, drops }: TurnCoreCounters): number[] =>
  [relayed.toPeer, relayed.toClient, relayed.hairpin, refusals, drops].flatMap(counts =>
    Object.values<number>({ ...counts }),
  );

const pairs = (one: TurnCoreCounters, other: TurnCoreCounters): [number, number][] => {
  const others = flat(other);
  return flat(one).map((count, index) => [count, others[index] ?? 0]);
};
