import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../testing/random.ts';
import { DueQueue } from './due-queue.ts';
import type { Due } from './due-queue.ts';

const start = 1_700_000_000_000;

interface Thing extends Due {
  readonly name: string;
}

const thing = (name: string): Thing => ({ name, dueAt: undefined });

const names = (things: readonly Thing[]): string[] => things.map(({ name }) => name).sort();

test('what is due is taken once, not before its time and within a second of it', () => {
  const queue = new DueQueue<Thing>();
  queue.put(thing('a'), start + 1500);
  queue.put(thing('b'), start + 2000);
  queue.put(thing('c'), start + 2001);
  assert.deepEqual(names(queue.take(start + 1499)), []);
  assert.deepEqual(names(queue.take(start + 1999)), []);
  assert.deepEqual(names(queue.take(start + 2000)), ['a', 'b']);
  assert.deepEqual(names(queue.take(start + 2000)), []);
  assert.deepEqual(names(queue.take(start + 3000)), ['c']);
  assert.equal(queue.size, 0);
});

test('what is put elsewhere or deleted is not found where it was', () => {
  const queue = new DueQueue<Thing>();
  const [moved, deleted] = [thing('moved'), thing('deleted')];
  for (const one of [moved, deleted]) queue.put(one, start + 1000);
  queue.put(moved, start + 5000);
  queue.delete(deleted);
  queue.delete(deleted);
  assert.deepEqual(names(queue.take(start + 4000)), []);
  queue.put(moved, start + 4500);
  assert.deepEqual(names(queue.take(start + 5000)), ['moved']);
  queue.put(moved, start + 1000);
  assert.deepEqual(names(queue.take(start + 5000)), ['moved'], 'due in the past');
});

test('a clock that jumps, either way, loses nothing: against a plain list, over 20,000 seeded steps', () => {
  const random = seededRandom(17);
  const queue = new DueQueue<Thing>();
  const list = new Map<Thing, number>();
  let now = start;
  for (let step = 0; step < 20_000; step++) {
    const one = [...list.keys()][random(Math.max(list.size, 1))];
    const dueAt = now + random(4_000_000) - 1000;
    switch (random(5)) {
      case 0:
        if (one) queue.delete(one);
        if (one) list.delete(one);
        break;
      case 1:
        if (one) queue.put(one, dueAt);
        if (one) list.set(one, dueAt);
        break;
      case 2: {
        const added = thing(String(step));
        queue.put(added, dueAt);
        list.set(added, dueAt);
        break;
      }
      case 3:
        now += [0, 1, 999, 1000, 30_000, 4_000_000, -5000, -3_600_000][random(8)] ?? 0;
        break;
      default: {
        const due = [...list].filter(([, at]) => Math.ceil(at / 1000) * 1000 <= now).map(([found]) => found);
        assert.deepEqual(names(queue.take(now)), names(due), `step ${step}`);
        for (const found of due) list.delete(found);
      }
    }
    if (step % 100 === 0) assert.equal(queue.size, list.size);
  }
});

test('taking costs what is due, not what is held', () => {
  // Counted by what an empty second costs: the seconds between are asked for, the things in them are not.
  for (const held of [10, 500, 5000]) {
    const queue = new DueQueue<Thing>();
    let touched = 0;
    const watched = (name: string): Thing => {
      let dueAt: number | undefined;
      return {
        name,
        get dueAt() {
          touched++;
          return dueAt;
        },
        set dueAt(value) {
          touched++;
          dueAt = value;
        },
      };
    };
    for (let index = 0; index < held; index++)
      queue.put(watched(String(index)), start + 600_000 + (index % 300) * 1000);
    queue.put(watched('due'), start + 1000);
    touched = 0;
    for (let second = 1; second <= 100; second++) queue.take(start + second * 1000);
    assert.equal(touched, 1, `${held} held`);
  }
});
