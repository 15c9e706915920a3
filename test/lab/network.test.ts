// The lab cleans up after itself, also when it never gets to.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inHost, Network } from './network.ts';
import type { Host } from './network.ts';

const datagrams = join(import.meta.dirname, 'datagrams.ts');

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

/** Whether a host, from whatever addresses it has, reaches another one. */
const reaches = (from: Host, to: Host): boolean => {
  const [command, ...rest] = [...inHost(from), process.execPath, '--import', 'tsx', datagrams];
  const answers = execFileSync(command, [...rest, 'tcp', to.address, '4000', '3000'], { encoding: 'utf8' });
  return JSON.parse(answers) as boolean;
};

const addressesOf = (host: Host) => {
  const [command, ...rest] = [...inHost(host), 'ip', '-4', '-o', 'addr', 'show', 'dev', 'wan'];
  const lines = execFileSync(command, rest, { encoding: 'utf8' });
  return Array.from(lines.matchAll(/inet ([\d.]+)/g), ([, address]) => address);
};

describe('a network of the lab', () => {
  for (const place of ['public', 'private', 'wired'] as const) {
    it(`gives a ${place} host another address, after the old one has gone or before`, async t => {
      const network = new Network();
      t.after(() => network.close());
      const server = network.publicHost('server');
      const [command, ...rest] = [
        ...inHost(server),
        process.execPath,
        '--import',
        'tsx',
        datagrams,
        'echo',
        '',
        '4000',
      ];
      const echo = spawn(command, rest);
      await once(echo.stdout, 'data');
      const first =
        place === 'public'
          ? network.publicHost('caller')
          : place === 'private'
            ? network.privateHost('caller', 'symmetric')
            : await network.wiredHost('caller', {});
      assert.ok(reaches(first, server));

      network.removeAddress(first);
      assert.deepEqual(addressesOf(first), []);
      assert.ok(!reaches(first, server));
      const second = network.addAddress(first);
      assert.notEqual(second.address, first.address);
      assert.ok(reaches(second, server));

      const third = network.addAddress(second);
      assert.deepEqual(addressesOf(third), [second.address, third.address]);
      network.removeAddress(second);
      assert.deepEqual(addressesOf(third), [third.address]);
      assert.ok(reaches(third, server));
    });
  }

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
