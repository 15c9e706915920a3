import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { IceServer } from '../../protocol/events.ts';
import { Emitter } from '../session/emitter.ts';
import { Refused } from '../session/refused.ts';
import type { SessionEvents } from '../session/session.ts';
import { LineWatch } from './line-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';

class FakeSession extends Emitter<SessionEvents> {
  reopened = 0;
  answer: Promise<IceServer[]> = Promise.resolve([]);
  say<Name extends keyof SessionEvents>(name: Name, detail: SessionEvents[Name]): void {
    this.emit(name, detail);
  }
  reopen(): void {
    this.reopened += 1;
  }
  iceServers(): Promise<IceServer[]> {
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

  beforeEach(() => {
    clock = new FakeClock();
    lifetime = new AbortController();
    session = new FakeSession();
    answers = false;
    knocks = 0;
    isCutOff = true;
    watch = new LineWatch({
      session,
      knock: () => {
        knocks += 1;
        return Promise.resolve(answers);
      },
      isCutOff: () => isCutOff,
      clock,
      signal: lifetime.signal,
    });
  });
  afterEach(() => lifetime.abort());

  it('that was lost is knocked at, and the socket opened anew once there is an answer', async () => {
    session.say('lost', undefined);
    await clock.pass(9_000);
    assert.ok(knocks >= 4);
    assert.equal(session.reopened, 0);
    answers = true;
    await clock.pass(2_000);
    assert.equal(session.reopened, 1);
    session.say('resumed', undefined as never);
    const before = knocks;
    await clock.pass(9_000);
    assert.equal(knocks, before);
  });

  it('that was lost is opened anew at once when the system has a network again', () => {
    watch.onOnline();
    assert.equal(session.reopened, 0);
    session.say('lost', undefined);
    watch.onOnline();
    assert.equal(session.reopened, 1);
  });

  it('is left to its own pace while media flows: then the server is away, and everybody would come at once', async () => {
    isCutOff = false;
    answers = true;
    session.say('lost', undefined);
    await clock.pass(9_000);
    assert.equal(knocks, 0);
    assert.equal(session.reopened, 0);
  });

  it('over which the server answers stays, when nothing comes from anybody', async () => {
    await watch.onSilence();
    await clock.pass(10_000);
    session.answer = Promise.reject(new Refused('rate-limited'));
    await watch.onSilence();
    await clock.pass(20_000);
    assert.equal(session.reopened, 0);
  });

  it('over which it does not is opened anew, less and less often as long as that does not help', async () => {
    session.answer = never;
    const reopened: number[] = [];
    for (let second = 0; second < 30; second++) {
      void watch.onSilence();
      await clock.pass(1_000);
      reopened.push(session.reopened);
    }
    assert.deepEqual(
      [reopened[0], reopened[4], reopened[5], reopened[13], reopened[14], reopened[29]],
      [1, 1, 2, 2, 3, 3],
    );
  });

  it('is not asked about while somebody is heard', async () => {
    isCutOff = false;
    session.answer = never;
    void watch.onSilence();
    await clock.pass(5_000);
    assert.equal(session.reopened, 0);
  });
});
