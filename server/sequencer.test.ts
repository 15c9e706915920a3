import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Sequencer } from './sequencer.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

describe('a sequencer', () => {
  it('runs tasks of one key in order, however long each takes', async () => {
    const sequencer = new Sequencer();
    const log: string[] = [];
    const task = (name: string, length: number) => async () => {
      log.push(`${name} begins`);
      await turns(length);
      log.push(`${name} ends`);
    };
    await Promise.all([sequencer.run('a', task('slow', 20)), sequencer.run('a', task('quick', 1))]);
    assert.deepEqual(log, ['slow begins', 'slow ends', 'quick begins', 'quick ends']);
  });

  it('does not make other keys wait', async () => {
    const sequencer = new Sequencer();
    let release = (): void => undefined;
    const stuck = sequencer.run('a', () => new Promise<void>(resolve => (release = resolve)));
    assert.equal(await sequencer.run('b', () => Promise.resolve(7)), 7);
    release();
    await stuck;
  });

  it('goes on after a task that fails, and forgets keys without work', async () => {
    const sequencer = new Sequencer();
    const failing = sequencer.run('a', () => Promise.reject(new Error('no')));
    const next = sequencer.run('a', () => Promise.resolve('next'));
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'next');
    await turns(3);
    assert.equal(sequencer.size, 0);
  });
});
