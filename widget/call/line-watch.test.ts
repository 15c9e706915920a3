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
  reopen(): void {
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
  let answers: boolean;
  let knocks: number;
  let isCutOff: boolean;
  let startedAt: number;

  beforeEach(() => {
    clock = new FakeClock();
    lifetime = new AbortController();
    session = new FakeSession(clock);
    answers = false;
    knocks = 0;
    isCutOff = true;
    startedAt = clock.now() / 1000;
    watch = new LineWatch({
      session,
      knock: () => {
        knocks += 1;
        return Promise.resolve(answers);
      },
      isCutOff: () => isCutOff,
      clock,
      signal: lifetime.signal,
      random: () => 0,
    });
  });
  afterEach(() => lifetime.abort());

  const reopened = () => session.reopened.map(at => at - startedAt);

  it('that was lost is knocked at, and the socket opened anew once there is an answer', async () => {
    session.lose();
    await clock.pass(9_000);
    assert.ok(knocks >= 4);
    assert.deepEqual(reopened(), []);
    answers = true;
    await clock.pass(2_000);
    assert.equal(reopened().length, 1);
    session.resume();
    const before = knocks;
    await clock.pass(60_000);
    assert.equal(knocks, before);
    assert.equal(reopened().length, 1);
  });

  it('leaves a socket that was opened on an answer the time that it may take, and the next one twice that', async () => {
    answers = true;
    session.lose();
    await clock.pass(120_000);
    assert.deepEqual(reopened(), [1, 14, 40, 92]);
  });

  it('that was lost before anybody watched it is knocked at, too, after the first socket had its time', async () => {
    session.isLost = true;
    answers = true;
    await clock.pass(2_000);
    assert.deepEqual(reopened(), []);
    await clock.pass(2_000);
    assert.equal(reopened().length, 1);
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
    answers = true;
    session.lose();
    await clock.pass(9_000);
    assert.equal(knocks, 0);
    assert.deepEqual(reopened(), []);
  });

  it('over which the server answers stays, when nothing comes from anybody', async () => {
    for (let second = 0; second < 60; second++) {
      void watch.onSilence();
      await clock.pass(1_000);
    }
    assert.deepEqual(reopened(), []);
    assert.equal(knocks, 0);
  });

  it('over which it does not is opened anew, and again sooner than one that is known to get through', async () => {
    session.answer = never;
    answers = true;
    void watch.onSilence();
    await clock.pass(20_000);
    assert.deepEqual(reopened(), [1, 2, 15]);
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

  it('is not asked about while somebody is heard', async () => {
    isCutOff = false;
    session.answer = never;
    void watch.onSilence();
    await clock.pass(5_000);
    assert.deepEqual(reopened(), []);
  });
});
