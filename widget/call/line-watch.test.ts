import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Emitter } from '../session/emitter.ts';
import type { SessionEvents } from '../session/session.ts';
import { LineWatch } from './line-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';

/** As the real one: to open a socket anew is to lose the one there was. */
class FakeSession extends Emitter<SessionEvents> {
  /** In seconds of the clock. */
  readonly reopened: number[] = [];
  isLost = false;
  isResting = false;
  answer: Promise<void> = Promise.resolve();
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    super();
    this.#clock = clock;
  }
  lose(): void {
    this.isLost = true;
    this.emit('lost', undefined);
  }
  resume(): void {
    this.isLost = false;
    this.emit('resumed', undefined as never);
  }
  rest(): void {
    this.isResting = true;
  }
  reopen(): void {
    this.isResting = false;
    this.reopened.push(this.#clock.now() / 1000);
    if (!this.isLost) this.lose();
  }
  sync(): Promise<void> {
    return this.answer;
  }
}

const never = new Promise<never>(() => undefined);

describe("one's own line", () => {
  let clock: FakeClock;
  let lifetime: AbortController;
  let session: FakeSession;
  let watch: LineWatch;
  let isCutOff: boolean;
  let startedAt: number;

  beforeEach(() => {
    clock = new FakeClock();
    lifetime = new AbortController();
    session = new FakeSession(clock);
    isCutOff = true;
    startedAt = clock.now() / 1000;
    watch = new LineWatch({
      session,
      isCutOff: () => isCutOff,
      clock,
      signal: lifetime.signal,
      random: () => 0,
    });
    // Somebody has been heard: the call has a socket that was of use.
    watch.onWhole();
  });
  afterEach(() => lifetime.abort());

  const reopened = () => session.reopened.map(at => at - startedAt);

  it('that was lost is opened anew again and again, and left alone once it is of use', async () => {
    session.lose();
    await clock.pass(30_000);
    assert.deepEqual(reopened(), [2, 6, 12, 18, 24, 30]);
    session.resume();
    await clock.pass(60_000);
    assert.equal(reopened().length, 6);
    session.lose();
    await clock.pass(2_000);
    assert.equal(reopened().length, 7);
  });

  it('is begun anew no faster where the server takes the socket and does not answer the join', async () => {
    session.lose();
    for (let second = 0; second < 30; second++) {
      await clock.pass(1_000);
      // It was opened, and is given up again.
      if (second % 5 === 4) session.lose();
    }
    assert.ok(reopened().length <= 5, reopened().join());
  });

  it('that is lost by many at once is opened by each at a time of its own', async () => {
    const times = [0, 0.5, 1].map(at => {
      const other = new FakeSession(clock);
      new LineWatch({
        session: other,
        isCutOff: () => true,
        clock,
        signal: new AbortController().signal,
        random: () => at,
      }).onWhole();
      other.lose();
      return other.reopened;
    });
    await clock.pass(3_000);
    assert.deepEqual(
      times.map(([first]) => first! - startedAt),
      [2, 3, 3],
    );
  });

  it('rests where sockets must not be begun in vain, and is opened anew once the server answers by HTTP', async () => {
    let answers = false;
    let knocks = 0;
    const other = new FakeSession(clock);
    const knock = () => {
      knocks += 1;
      return Promise.resolve(answers);
    };
    const { signal } = new AbortController();
    new LineWatch({ session: other, knock, isCutOff: () => isCutOff, clock, signal, random: () => 0 }).onWhole();
    other.lose();
    await clock.pass(30_000);
    assert.ok(knocks >= 28);
    assert.deepEqual(other.reopened, []);
    assert.ok(other.isResting);
    answers = true;
    await clock.pass(1_000);
    assert.equal(other.reopened.length, 1);
    // That one did not come, either.
    await clock.pass(4_000);
    assert.equal(other.reopened.length, 2);
    // Somebody is heard again: the socket keeps its own pace.
    answers = false;
    await clock.pass(6_000);
    assert.ok(other.isResting);
    isCutOff = false;
    await clock.pass(1_000);
    assert.ok(!other.isResting);
    assert.equal(other.reopened.length, 3);
    await clock.pass(60_000);
    assert.equal(other.reopened.length, 3);
  });

  it('that is still on its way when it is first watched gets the time that a slow line takes', async () => {
    const other = new FakeSession(clock);
    other.isLost = true;
    const { signal } = new AbortController();
    new LineWatch({ session: other, isCutOff: () => isCutOff, clock, signal, random: () => 0 });
    await clock.pass(3_000);
    assert.deepEqual(other.reopened, []);
    await clock.pass(1_000);
    assert.equal(other.reopened.length, 1);
  });

  it('that was lost is opened anew at once when the system has a network again', () => {
    watch.onOnline();
    assert.deepEqual(reopened(), []);
    session.lose();
    watch.onOnline();
    assert.equal(reopened().length, 1);
  });

  it('is left to its own pace while media flows: then the server is away, and everybody would come at once', async () => {
    isCutOff = false;
    session.lose();
    await clock.pass(9_000);
    assert.deepEqual(reopened(), []);
  });

  it('over which the server answers stays, when nothing comes from anybody', async () => {
    for (let second = 0; second < 60; second++) {
      void watch.onSilence();
      await clock.pass(1_000);
    }
    assert.deepEqual(reopened(), []);
  });

  it('over which it does not is opened anew', async () => {
    session.answer = never;
    void watch.onSilence();
    await clock.pass(10_000);
    assert.deepEqual(reopened(), [1, 5]);
  });

  it('over which it answers late stays where somebody is heard by then', async () => {
    session.answer = never;
    void watch.onSilence();
    isCutOff = false;
    await clock.pass(10_000);
    assert.deepEqual(reopened(), []);
  });

  it('is doubted less and less often where sockets come and do not answer', async () => {
    session.answer = never;
    for (let second = 0; second < 120; second++) {
      void watch.onSilence();
      await clock.pass(1_000);
      if (session.isLost) session.resume();
    }
    assert.ok(reopened().length >= 3 && reopened().length <= 6, reopened().join());
  });

  it('is doubted at once in a silence that follows upon sound, whatever was found out in the one before', async () => {
    session.answer = never;
    for (let silence = 0; silence < 3; silence++) {
      void watch.onSilence();
      await clock.pass(1_000);
      session.resume();
      watch.onWhole();
    }
    assert.deepEqual(reopened(), [1, 2, 3]);
  });

  it('is not asked about while somebody is heard', async () => {
    isCutOff = false;
    session.answer = never;
    void watch.onSilence();
    await clock.pass(5_000);
    assert.deepEqual(reopened(), []);
  });
});
