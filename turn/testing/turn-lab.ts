// The core on a clock moved by hand, with clients that log in and sockets that only a set remembers. For tests only.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { issueCredential } from '../credentials.ts';
import type { Action, DropReason, FiveTuple } from '../core/actions.ts';
import type { TurnCoreSettings } from '../core/settings.ts';
import { createTurnCore } from '../core/turn-core.ts';
import type { TransportAddress } from '../wire/address.ts';
import { decodeMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { seededRandom } from './random.ts';
import { LabClient } from './lab-client.ts';
import type { LabClientOptions } from './lab-client.ts';

export const secret = 'lab';

/** Where clients reach the relay: global addresses, so that no peer range covers our own by chance. */
export const listeners = {
  ipv4: { address: '5.6.7.8', port: 3478, family: 'IPv4' },
  ipv6: { address: '2a00:1::8', port: 3478, family: 'IPv6' },
} as const satisfies Record<string, TransportAddress>;

/** What came out of the core since it was last asked. */
export interface Outcome {
  readonly sent: { readonly to: FiveTuple; readonly message: Message }[];
  readonly delivered: { readonly to: FiveTuple; readonly bytes: Buffer }[];
  readonly relayed: { readonly relay: TransportAddress; readonly to: TransportAddress; readonly payload: Buffer }[];
  readonly dropped: DropReason[];
}

const noOutcome = (): Outcome => ({ sent: [], delivered: [], relayed: [], dropped: [] });

export class TurnLab {
  /** Milliseconds. */
  now = 1_700_000_000_000;
  /** By how much the time of day was set forth, or back. Milliseconds. */
  setByMs = 0;
  /** Sockets of relayed addresses that are open. */
  readonly open = new Set<TransportAddress>();
  /** Binds that the test answers itself, once it asked for that. */
  readonly held: TransportAddress[] = [];
  holdBinds = false;
  /** Ports that another program has. */
  readonly busyPorts = new Set<number>();
  bindError: string | undefined;
  opened = 0;
  closed = 0;
  readonly core: ReturnType<typeof createTurnCore>;

  constructor(settings: Partial<TurnCoreSettings> = {}) {
    let made = 0;
    this.core = createTurnCore({
      listeners: Object.values(listeners),
      realm: 'lab.test',
      secrets: [secret],
      relayIps: [],
      externalIps: [],
      relayPorts: { min: 49_152, max: 65_535 },
      peerAllow: [],
      peerDeny: [],
      userQuota: 1000,
      totalQuota: 10_000,
      timeOfDay: () => this.now + this.setByMs,
      randomInt: seededRandom(8656),
      // Another value each time, and the same ones in each run.
      randomBytes: size => createHash('shake256', { outputLength: size }).update(String(made++)).digest(),
      ...settings,
    });
  }

  client(options: Partial<LabClientOptions> = {}): LabClient {
    return new LabClient(this, options);
  }

  advance(seconds: number): void {
    this.now += seconds * 1000;
  }

  sweep(): Outcome {
    return this.perform(this.core.sweep(this.now));
  }

  /** A datagram from a client. */
  receive(datagram: Buffer, from: FiveTuple): Outcome {
    return this.perform(this.core.receive(datagram, from, this.now));
  }

  /** A datagram from a peer at the relay socket that has this address. */
  receiveFromPeer(datagram: Buffer | string, from: TransportAddress, at: TransportAddress): Outcome {
    const relay = [...this.open].find(({ address, port }) => address === at.address && port === at.port);
    if (relay === undefined) return noOutcome();
    return this.perform([this.core.receiveFromPeer(Buffer.from(datagram), from, relay, this.now)]);
  }

  /** The outcome of a bind that was held. */
  settle(relay: TransportAddress, errorCode?: string): Outcome {
    if (errorCode !== undefined) return this.perform(this.core.relayFailed(relay, errorCode));
    this.open.add(relay);
    this.opened++;
    return this.perform(this.core.relayBound(relay, this.now));
  }

  perform(actions: readonly Action[]): Outcome {
    const outcome = noOutcome();
    const queue = [...actions];
    for (let action = queue.shift(); action; action = queue.shift()) this.#perform(action, outcome);
    return outcome;
  }

  #perform(action: Action, outcome: Outcome): void {
    switch (action.type) {
      case 'send': {
        const message = decodeMessage(action.bytes);
        assert.ok(message, 'the core sends whole messages');
        outcome.sent.push({ to: action.to, message });
        break;
      }
      case 'deliver':
        outcome.delivered.push({ to: action.to, bytes: Buffer.concat(action.parts) });
        break;
      case 'relay':
        assert.ok(this.open.has(action.relay), 'relays through an open socket');
        assert.notEqual(action.to.port, 0);
        outcome.relayed.push(action);
        break;
      case 'drop':
        outcome.dropped.push(action.reason);
        break;
      case 'close-relay':
        assert.ok(this.open.delete(action.relay), 'closes each socket once');
        this.closed++;
        break;
      case 'bind-relay':
        this.#bind(action.relay, outcome);
    }
  }

  #bind(relay: TransportAddress, outcome: Outcome): void {
    assert.ok(
      ![...this.open].some(({ address, port }) => address === relay.address && port === relay.port),
      'opens no port twice',
    );
    if (this.holdBinds) {
      this.held.push(relay);
      return;
    }
    const error = this.busyPorts.has(relay.port) ? 'EADDRINUSE' : this.bindError;
    const { sent, delivered, relayed, dropped } = this.settle(relay, error);
    outcome.sent.push(...sent);
    outcome.delivered.push(...delivered);
    outcome.relayed.push(...relayed);
    outcome.dropped.push(...dropped);
  }
}

/** A credential under the lab's secret. */
export const credentialOf = (subject: string, now: number, ttlSec = 600) =>
  issueCredential({ secret, subject, ttlSec, now });
