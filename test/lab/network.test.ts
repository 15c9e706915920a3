// The lab cleans up after itself, also when it never gets to.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Network } from './network.ts';

const spacesOf = (pid: number | undefined) =>
  execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.startsWith(`vck-${pid}-`));

/** A process of its own that made a network, runs something in it, and waits for its end. */
async function runThatWaits() {
  const source = `
    import { spawn } from 'node:child_process';
    import { inHost, Network } from '${join(import.meta.dirname, 'network.ts')}';
    const [command, ...rest] = [...inHost(new Network().privateHost('caller', 'cone')), 'sleep', '600'];
    spawn(command, rest);
    setTimeout(() => console.log('made'), 200);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source]);
  await once(child.stdout, 'data');
  assert.ok(spacesOf(child.pid).length >= 3);
  return child;
}

describe('a network of the lab', () => {
  it('is gone after it was closed', () => {
    const network = new Network();
    network.publicHost('server');
    network.privateHost('caller', 'symmetric');
    assert.equal(spacesOf(process.pid).length, 4);
    network.close();
    assert.deepEqual(spacesOf(process.pid), []);
  });

  it('is gone after an interrupted run', async () => {
    const child = await runThatWaits();
    child.kill('SIGINT');
    await once(child, 'exit');
    assert.deepEqual(spacesOf(child.pid), []);
  });

  it('of a run that was killed is removed by the next one', async () => {
    const child = await runThatWaits();
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.notDeepEqual(spacesOf(child.pid), []);
    new Network().close();
    assert.deepEqual(spacesOf(child.pid), []);
  });
});
