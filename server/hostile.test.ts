import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Signal } from '../protocol/events.ts';
import { hostileFrames } from './testing/hostile-frames.ts';
import { fateOf } from './testing/raw.ts';
import { hostileRequest, oddJoins } from './testing/hostile-payloads.ts';
import { goodSignals } from './testing/hostile-values.ts';
import { seededRandom } from './testing/random.ts';
import { ask, codeOf, join, listen, noLimits, settle, startRig } from './testing/rig.ts';
import type { Rig } from './testing/rig.ts';

const seed = 20_261_121;
const requestCount = 9_400;
const framesRounds = 12;
const attackers = 8;

/** Two ordinary participants who keep signalling. `stop` resolves to what they heard and what they should have. */
async function startCalmRoom(rig: Rig) {
  const [ada, bo] = [await rig.connect(), await rig.connect()];
  await join(ada, { room: 'calm', displayName: 'Ada' });
  const { self: boId } = await join(bo, { room: 'calm', displayName: 'Bo' });
  await settle(ada, bo);
  const heard = [listen(ada), listen(bo)];
  const stopping = new AbortController();
  let count = 0;
  const talking = (async () => {
    for (; !stopping.signal.aborted; count++) {
      const answer = await ask(ada, 'signal', { to: boId, signal: calmSignal(count) });
      assert.equal(codeOf(answer), 'ok');
      await setImmediate();
    }
  })();
  const stop = async () => {
    stopping.abort();
    await talking;
    await settle(ada, bo);
    return { ada: heard[0], bo: heard[1]?.map(({ message }) => message.signal), count };
  };
  return { stop, boSocketId: bo.id ?? '' };
}

const calmSignal = (count: number): Signal => ({
  connectionId: 'calm-room',
  generation: 1,
  description: { type: 'offer', sdp: `v=0\r\ns=${count}\r\n` },
});

/** An attacker in a room with somebody, next to a room with somebody else. */
async function startAttacker(rig: Rig, number: number, victimSocketId: string) {
  const room = `attacked-${number}`;
  const [attacker, mate, elsewhere, gone] = await Promise.all([
    rig.connect(),
    rig.connect(),
    rig.connect(),
    rig.connect(),
  ]);
  const { self } = await join(attacker, { room });
  const around = {
    self,
    mate: (await join(mate, { room })).self,
    elsewhere: (await join(elsewhere, { room: `${room}-elsewhere` })).self,
    gone: (await join(gone, { room })).self,
    victimSocketId,
  };
  await ask(gone, 'leave', {});
  return { attacker, mate, elsewhere, around };
}

function collectGarbage(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('10,000 hostile payloads', () => {
  it('are each answered by a code or a disconnect, and another room notices nothing', async t => {
    const rig = await startRig(t, {}, { limits: noLimits });
    const random = seededRandom(seed);
    const calm = await startCalmRoom(rig);
    const crew = await Promise.all(
      Array.from({ length: attackers }, (_, number) => startAttacker(rig, number, calm.boSocketId)),
    );
    const mates = crew.map(({ mate }) => listen(mate));

    const attack = async (count: number) => {
      let turn = 0;
      await Promise.all(
        crew.map(async ({ attacker, around }) => {
          while (turn < count) {
            const { what, event, args, answer } = hostileRequest(turn++, random, around);
            assert.equal(codeOf(await ask(attacker, event, ...args)), answer, `${what}: ${describeArgs(args)}`);
          }
        }),
      );
    };
    await attack(requestCount / 4);
    const heapBefore = collectGarbage();
    await attack((requestCount * 3) / 4);

    let frameCount = 0;
    for (let round = 0; round < framesRounds; round++) {
      const fates = await Promise.all(hostileFrames.map(frames => fateOf(rig, frames)));
      hostileFrames.forEach(({ what, then }, index) => assert.equal(fates[index], then, what));
      frameCount += hostileFrames.length;
    }
    assert.ok(requestCount + frameCount >= 10_000, `${requestCount + frameCount}`);

    // What got through is whole, plain and known: nothing else was ever relayed.
    await settle(...crew.map(({ mate }) => mate));
    const known = new Set(goodSignals.map(signal => JSON.stringify(signal)));
    for (const [index, heard] of mates.entries()) {
      for (const { name, message } of heard) {
        if (name === 'participant-left') {
          assert.equal(message.reason, 'removed');
          assert.ok(crew[index]?.around.mate !== message.id && crew[index]?.around.self !== message.id);
        } else if (name !== 'signal') assert.equal(name, 'participant-updated');
        else {
          assert.equal(message.from, crew[index]?.around.self);
          assert.ok(known.has(JSON.stringify(message.signal)), JSON.stringify(message));
        }
      }
    }

    const { ada, bo, count } = await calm.stop();
    assert.deepEqual(ada, []);
    // A removal reaches no other room.
    for (const { elsewhere } of crew) assert.equal(codeOf(await ask(elsewhere, 'sync', {})), 'ok');
    assert.ok(count > 100, `${count} calm signals`);
    assert.deepEqual(
      bo,
      Array.from({ length: count }, (_, each) => calmSignal(each)),
    );
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.deepEqual(
      rig.logLines.filter(line => (JSON.parse(line) as { level: number }).level >= 50),
      [],
    );
    const growth = collectGarbage() - heapBefore;
    assert.ok(growth < 8_000_000, `the heap grew by ${growth} bytes`);
  });

  it('of names that mean something elsewhere are only names here', async t => {
    const rig = await startRig(t, {}, { limits: noLimits });
    const [victim, friend, attacker] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const { self } = await join(victim);
    await join(friend);
    const heard = listen(attacker);
    for (const request of oddJoins(victim.id ?? '')) {
      assert.equal(codeOf(await ask(attacker, 'join', request)), 'ok', JSON.stringify(request));
      assert.equal(codeOf(await ask(friend, 'signal', { to: self, signal: calmSignal(1) })), 'ok');
    }
    await settle(attacker);
    assert.deepEqual(
      heard.filter(({ name }) => name === 'signal'),
      [],
    );
  });
});

const describeArgs = (args: readonly unknown[]): string => JSON.stringify(args).slice(0, 200);
