import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Participant } from './call-state.ts';
import { SilenceWatch } from './silence-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';

const person = (change: Partial<Participant> = {}): Participant => ({
  id: 'bo',
  displayName: 'bo',
  isSelf: false,
  role: 'member',
  microphone: true,
  camera: true,
  screen: false,
  handRaised: false,
  connection: 'connected',
  quality: 'good',
  ...change,
});

/** Two receivers, of sound and of picture; `perSec` packets arrive at each. */
class Link {
  perSec = 50;
  readonly #received = [0, 0];
  readonly events = new EventTarget();
  readonly connection = {
    addEventListener: this.events.addEventListener.bind(this.events),
    getTransceivers: () => this.#received.map((_, index) => ({ receiver: { getStats: () => this.#report(index) } })),
  };

  #report(index: number) {
    const packetsReceived = (this.#received[index]! += this.perSec);
    return Promise.resolve(
      new Map([
        ['i', { type: 'inbound-rtp', packetsReceived }],
        ['r', { type: 'remote-outbound-rtp', packetsReceived: packetsReceived * 7 }],
      ]),
    );
  }
}

describe('silence on a path', () => {
  let clock: FakeClock;
  let lifetime: AbortController;
  let link: Link;
  let bo: Participant;
  let heard: number[];
  let heardOf: string[];
  let isOpen: boolean;

  beforeEach(async () => {
    clock = new FakeClock();
    lifetime = new AbortController();
    link = new Link();
    bo = person();
    heard = [];
    isOpen = true;
    new SilenceWatch({
      clock,
      signal: lifetime.signal,
      connections: () => new Map(isOpen ? [['bo', link.connection as never]] : []),
      participants: () => [bo],
      onHeard: ids => (heardOf = ids),
      onSilent: (_id, silentMs) => heard.push(silentMs),
    });
    await clock.pass(3_000);
  });
  afterEach(() => lifetime.abort());

  it('is not waited for where the browser says that the path is gone: nobody is heard at once', () => {
    assert.deepEqual(heardOf, ['bo']);
    isOpen = false;
    link.events.dispatchEvent(new Event('connectionstatechange'));
    assert.deepEqual(heardOf, []);
  });

  it('is over a second after a connection that was made anew brings something', async () => {
    link.perSec = 0;
    await clock.pass(2_000);
    assert.deepEqual(heardOf, []);
    link = new Link();
    await clock.pass(1_000);
    assert.deepEqual(heardOf, ['bo']);
  });

  it('is told a second after the last packet, on and on while it lasts, and from the beginning the next time', async () => {
    assert.deepEqual(heard, []);
    link.perSec = 0;
    await clock.pass(3_000);
    assert.deepEqual(heard, [1_000, 2_000, 3_000]);
    link.perSec = 50;
    await clock.pass(2_000);
    link.perSec = 0;
    await clock.pass(1_000);
    assert.deepEqual(heard, [1_000, 2_000, 3_000, 1_000]);
  });

  it('is none where nothing is to be sent: no microphone, and the camera off or paused', async () => {
    link.perSec = 0;
    bo = person({ microphone: false, camera: false });
    await clock.pass(2_000);
    bo = person({ microphone: false, videoPaused: 'network' });
    await clock.pass(2_000);
    assert.deepEqual(heard, []);
    // What they turn on now has to come before it can stop.
    bo = person();
    await clock.pass(2_000);
    assert.deepEqual(heard, []);
  });

  it('is none where hardly anything came before', async () => {
    link.perSec = 2;
    await clock.pass(5_000);
    link.perSec = 0;
    await clock.pass(5_000);
    assert.deepEqual(heard, []);
  });

  for (const stragglers of [1, 4]) {
    it(`begins after the ${2 * stragglers} packets that were still on their way, and a stray one does not end it`, async () => {
      link.perSec = stragglers;
      await clock.pass(1_000);
      link.perSec = 0;
      await clock.pass(2_000);
      assert.deepEqual(heard, [1_000, 2_000]);
      link.perSec = 1;
      await clock.pass(1_000);
      link.perSec = 0;
      await clock.pass(1_000);
      assert.deepEqual(heard, [1_000, 2_000, 4_000]);
    });
  }

  it('is none where packets become few, as of a microphone that sends only what is loud', async () => {
    link.perSec = 2;
    await clock.pass(5_000);
    link.perSec = 0;
    await clock.pass(1_000);
    link.perSec = 2;
    await clock.pass(3_000);
    assert.deepEqual(heard, []);
  });

  it('is not that of somebody who has nothing to send', async () => {
    assert.deepEqual(heardOf, ['bo']);
    link.perSec = 0;
    bo = person({ microphone: false, camera: false });
    await clock.pass(2_000);
    assert.deepEqual(heardOf, ['bo']);
    bo = person();
    await clock.pass(1_000);
    assert.deepEqual(heardOf, []);
  });

  it('is none on a connection that is new', async () => {
    link = new Link();
    link.perSec = 0;
    await clock.pass(5_000);
    assert.deepEqual(heard, []);
  });
});
