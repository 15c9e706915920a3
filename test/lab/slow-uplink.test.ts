// More is to be relayed than the relay's own network carries. All clients share a socket: what one gets too much of must
// not keep the others waiting, nor fill the memory.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { TransportCounts } from '../../turn/index.ts';
import { inHost, Network } from './network.ts';
import type { Host } from './network.ts';
import type { FloodOutcome } from './relay-load.ts';

const script = join(import.meta.dirname, 'relay-load.ts');

/** Half of what may wait is media, and the system holds some more; without a bound it would be the whole flood. */
const waitingMax = 1_000;

const commandIn = (host: Host, ...args: string[]): [string, string[]] => {
  const [command, ...rest] = [...inHost(host), process.execPath, '--import', 'tsx', script, ...args];
  return [command, rest];
};

/** The next thing that it says; rejects when it ends instead. */
async function said(child: ChildProcess & { stdout: Readable }): Promise<string> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('It has ended')));
  const [chunk] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  return chunk.toString();
}

describe('a relay whose network is slower than what comes', () => {
  it('loses what is too much and answers another client, who waits behind no more than may wait', async t => {
    const network = new Network();
    t.after(() => network.close());
    const [host, caller] = [network.publicHost('relay'), network.publicHost('caller')];
    // The system lets a socket wait before the wire does: a limit above its send buffer.
    const tbf = 'tc qdisc add dev wan root tbf rate 4mbit burst 20kb limit 4mb'.split(' ');
    execFileSync('ip', [...inHost(host).slice(1), ...tbf]);

    const relay = spawn(...commandIn(host, 'relay', host.address), { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => relay.kill());
    await said(relay);
    const flood = spawn(...commandIn(caller, 'flood', host.address, caller.address), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => flood.kill());
    const { beforeAnswer } = JSON.parse(await said(flood)) as FloodOutcome;
    relay.stdin.write('\n');
    const { slowNetworkDrops } = JSON.parse(await said(relay)) as TransportCounts;
    t.diagnostic(`${beforeAnswer} before the answer, ${slowNetworkDrops} lost`);
    assert.ok(beforeAnswer < waitingMax, `${beforeAnswer} datagrams before the answer`);
    assert.ok(slowNetworkDrops > 1_000, `${slowNetworkDrops} lost`);
  });
});
