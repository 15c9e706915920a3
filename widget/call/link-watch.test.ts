import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Participant } from './call-state.ts';
import { LinkWatch } from './link-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { FakeConnection } from './testing/fake-connection.ts';
import { FakeTrack } from './testing/fake-machine.ts';

/** What the network does to one connection while the clock runs. */
interface Network {
  loss: number;
  frames: number;
  /** Of the pair in use. */
  candidateType: string;
}

class Link {
  readonly connection = new FakeConnection();
  readonly network: Network = { loss: 0, frames: 60, candidateType: 'relay' };
  #at = 0;
  #frames = 0;

  constructor() {
    for (const kind of ['audio', 'video', 'video', 'audio']) this.connection.addTransceiver(kind);
    this.connection.connectionState = 'connected';
    this.connection.getStats = () => {
      this.#at += 1;
      this.#frames += this.network.frames;
      return Promise.resolve(new Map(this.#report().map(one => [one.id, one])));
    };
  }

  get audio() {
    return this.connection.transceivers[0]!.sender;
  }
  get video() {
    return this.connection.transceivers[1]!.sender;
  }

  #report() {
    const at = this.#at;
    const { loss, candidateType } = this.network;
    return [
      { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
      { id: 'p', type: 'candidate-pair', localCandidateId: 'l' },
      { id: 'l', type: 'local-candidate', candidateType },
      { id: 'o0', type: 'outbound-rtp', mid: '0', packetsSent: at * 100, bytesSent: at * 10_000, remoteId: 'r0' },
      { id: 'r0', type: 'remote-inbound-rtp', fractionLost: loss, packetsLost: 0, timestamp: at },
      { id: 'o1', type: 'outbound-rtp', mid: '1', packetsSent: at * 200, bytesSent: at * 15_000, remoteId: 'r1' },
      { id: 'r1', type: 'remote-inbound-rtp', fractionLost: loss, packetsLost: 0, timestamp: at },
      {
        id: 'i1',
        type: 'inbound-rtp',
        mid: '1',
        packetsReceived: at * 200,
        packetsLost: 0,
        framesDecoded: this.#frames,
      },
    ];
  }
}

const person = (id: string): Participant => ({
  id,
  displayName: id,
  isSelf: false,
  role: 'member',
  microphone: true,
  camera: true,
  screen: false,
  handRaised: false,
  connection: 'connected',
  quality: 'unknown',
});

describe('watching the connections of a call', () => {
  let clock: FakeClock;
  let lifetime: AbortController;
  let links: Map<string, Link>;
  let people: Participant[];
  let paused: string[][];
  let learned: string[];
  let paths: string[];
  let video: FakeTrack | undefined;
  let watch: LinkWatch;

  const begin = (...ids: string[]) => {
    links = new Map(ids.map(id => [id, new Link()]));
    people = ids.map(person);
    watch = new LinkWatch({
      clock,
      signal: lifetime.signal,
      connections: () => new Map([...links].map(([id, { connection }]) => [id, connection as never])),
      participants: () => people,
      tracks: () => (video ? { video: video as never } : {}),
      onLearned: (id = 'self', { quality, path }) => {
        if (quality) learned.push(`${id} ${quality}`);
        if (path) paths.push(`${id} ${path}`);
      },
      onPaused: ids => paused.push(ids),
    });
  };
  const link = (id: string) => links.get(id)!;

  beforeEach(() => {
    clock = new FakeClock();
    lifetime = new AbortController();
    video = new FakeTrack('video', { deviceId: 'cam', label: 'cam' });
    [paused, learned, paths] = [[], [], []];
  });
  afterEach(() => lifetime.abort());

  it('tells senders what they may take, and again only when that is something else', async () => {
    begin('bo', 'mei');
    await clock.pass(60_000);
    for (const { video: sender } of links.values()) {
      assert.equal(sender.encoding.maxBitrate, 384_000);
      assert.equal(sender.told.length, 1);
    }
  });

  it('pauses the picture on the bad link only, and says to whom; the other is not touched', async () => {
    begin('bo', 'mei');
    await clock.pass(10_000);
    link('mei').network.loss = 0.5;
    await clock.pass(20_000);
    assert.equal(link('mei').video.encoding.active, false);
    assert.deepEqual(paused, [['mei']]);
    assert.equal(link('bo').video.encoding.active, true);
    assert.equal(link('bo').video.encoding.maxBitrate, 384_000);
    link('mei').network.loss = 0;
    await clock.pass(20_000);
    assert.deepEqual(paused, [['mei'], []]);
    assert.equal(link('mei').video.encoding.active, true);
  });

  it('never takes anything from the sound: it is given priority once, whatever the network does', async () => {
    begin('bo');
    for (const loss of [0, 0.05, 0.2, 0.6, 1, 0]) {
      link('bo').network.loss = loss;
      await clock.pass(30_000);
    }
    assert.deepEqual(link('bo').audio.told, [{ active: true, priority: 'high' }]);
  });

  it('asks the camera for 1280 × 720 only while one person sees it', async () => {
    begin('bo');
    await clock.pass(40_000);
    assert.equal(video!.getSettings().height, 720);
    assert.equal(link('bo').video.encoding.maxBitrate, 1_500_000);
    links.set('mei', new Link());
    people = ['bo', 'mei'].map(person);
    await clock.pass(4_000);
    assert.equal(video!.getSettings().height, 360);
    assert.equal(link('bo').video.encoding.maxBitrate, 384_000);
  });

  it('calls a connection poor when its picture stands still, and counts how often it did', async () => {
    begin('bo');
    await clock.pass(10_000);
    link('bo').network.frames = 0;
    await clock.pass(6_000);
    assert.deepEqual(
      learned.filter(one => one.startsWith('bo')),
      ['bo good', 'bo poor'],
    );
    link('bo').network.frames = 60;
    await clock.pass(10_000);
    assert.equal((await watch.stats()).participants[0]?.received.camera?.freezes, 1);
    assert.equal(learned.at(-2), 'bo good');
  });

  it('sees that ICE has found a better way while media flows', async () => {
    begin('bo');
    await clock.pass(10_000);
    assert.deepEqual(paths, ['bo relay']);
    link('bo').network.candidateType = 'host';
    await clock.pass(2_000);
    assert.deepEqual(paths, ['bo relay', 'bo direct']);
    assert.equal((await watch.stats()).participants[0]?.path, 'direct');
  });

  it('calls no picture frozen that is off or paused by them', async () => {
    begin('bo');
    people = [{ ...person('bo'), camera: false }];
    link('bo').network.frames = 0;
    await clock.pass(20_000);
    assert.deepEqual(learned, ['bo good', 'self good']);
  });

  it('gives a visitor who insists their picture back', async () => {
    begin('bo');
    await clock.pass(10_000);
    link('bo').network.loss = 0.5;
    await clock.pass(20_000);
    assert.deepEqual(paused.at(-1), ['bo']);
    watch.insist();
    await clock.pass(0);
    assert.deepEqual(paused.at(-1), []);
    assert.equal(link('bo').video.encoding.active, true);
  });

  it('goes on where it was when a connection is made anew, and tells the new one', async () => {
    begin('bo');
    await clock.pass(10_000);
    link('bo').network.loss = 0.5;
    await clock.pass(20_000);
    links.set('bo', new Link());
    watch.onConnected('bo');
    await clock.pass(0);
    assert.equal(link('bo').video.encoding.active, false);
  });

  it('stops with the call', async () => {
    begin('bo');
    await clock.pass(4_000);
    lifetime.abort();
    const looks = link('bo').video.told.length;
    link('bo').network.loss = 1;
    await clock.pass(60_000);
    assert.equal(link('bo').video.told.length, looks);
    assert.equal(clock.waiting, 0);
  });
});
