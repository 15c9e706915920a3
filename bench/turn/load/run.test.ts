import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow } from './flows.ts';
import { run } from './run.ts';

const work = { topology: 'client', framing: 'channel', payloadBytes: 100, datagrams: 40, perSecond: Infinity } as const;

/** Puts out what `change` makes of each datagram that is put in. */
const flow = (change: (payload: Buffer, index: number) => readonly Buffer[]): Flow => {
  let index = 0;
  const made: Flow = {
    write: payload => setImmediate(() => change(payload, index++).forEach(each => made.hear(each))),
    hear: () => undefined,
    renew: () => Promise.resolve(),
  };
  return made;
};

const result = async (change: Parameters<typeof flow>[0], flows = 1) => {
  const all = Array.from({ length: flows }, () => flow(change));
  const { sent, delivered, wrong } = await run(all, work, () => 0);
  return { sent, delivered, wrong };
};

test('all that comes out as it was put in is delivered, over one flow and over some', async () => {
  const expected = { sent: 40, delivered: 40, wrong: 0 };
  assert.deepEqual(await result(payload => [payload]), expected);
  assert.deepEqual(await result(payload => [payload], 3), expected);
});

test('what is lost is missed', async () => {
  assert.deepEqual(await result((payload, index) => (index % 10 === 0 ? [] : [payload])), {
    sent: 40,
    delivered: 36,
    wrong: 0,
  });
});

for (const [what, change] of [
  ['shorter', (payload: Buffer) => [payload.subarray(0, 99)]],
  ['longer', (payload: Buffer) => [Buffer.concat([payload, Buffer.alloc(1)])]],
  ['empty', () => [Buffer.alloc(0)]],
  ['another flow’s', (payload: Buffer) => [Buffer.from(payload).fill(1, 8, 12)]],
] as const) {
  test(`a datagram that is ${what} is wrong`, async () => {
    const { delivered, wrong } = await result(change);
    assert.deepEqual([delivered, wrong], [0, 40]);
  });
}

test('a datagram that comes twice is delivered once and wrong once', async () => {
  const { delivered, wrong } = await result((payload, index) => (index === 0 ? [payload, payload] : [payload]));
  assert.equal(wrong, 1);
  assert.ok(delivered >= 39);
});
