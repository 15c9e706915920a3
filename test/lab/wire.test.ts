// The wire itself: what it says that it does to frames, measured by hosts that know nothing of it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../support/media.ts';
import type { Echoes } from './datagrams.ts';
import { inHost, Network } from './network.ts';
import type { Host, WiredHost } from './network.ts';
import { perfectWire } from './wire.ts';

const program = ['--import', 'tsx', join(import.meta.dirname, 'datagrams.ts')];

/** Runs `datagrams.ts` in a host and reads its line of JSON. */
async function ask<Answer>(host: Host, role: string, to: Host, port: number, ...rest: number[]): Promise<Answer> {
  const [command, ...args] = [
    ...inHost(host),
    process.execPath,
    ...program,
    role,
    to.address,
    `${port}`,
    ...rest.map(String),
  ];
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout) as Answer;
}

/** The share of `of` that a fair coin of chance `rate` gives, five standard deviations to either side. */
function assertShare(count: number, of: number, rate: number): void {
  const spread = 5 * Math.sqrt((rate * (1 - rate)) / of);
  assert.ok(Math.abs(count / of - rate) <= spread, `${count} of ${of} is not ${rate} ± ${spread.toFixed(3)}`);
}

/** Other work on the machine makes a round trip longer and never shorter, so the shortest is the wire's own. */
const shortest = ({ roundTrips }: Echoes): number => Math.min(...roundTrips);

function assertLate(echoes: Echoes, ms: number): void {
  const late = shortest(echoes) - ms;
  assert.ok(late >= 0 && late < 20, `${ms} ms took ${shortest(echoes)} ms at the least`);
}

describe('a wire of the lab', () => {
  let network: Network;
  let server: Host;
  let caller: WiredHost;
  let port = 0;

  const ping = (count: number, everyMs = 2, bytes = 200) =>
    ask<Echoes>(caller, 'ping', server, port, count, everyMs, bytes);
  const tcp = (patienceMs: number) => ask<boolean>(caller, 'tcp', server, port, patienceMs);

  before(async () => {
    network = new Network();
    server = network.publicHost('server');
    caller = await network.wiredHost('caller', {});
    const [command, ...args] = [...inHost(server), process.execPath, ...program, 'echo'];
    const echo = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(echo.stdout, 'data')) as [Buffer];
    port = Number(line.toString());
  });
  after(() => network.close());
  afterEach(() => caller.wire.change(perfectWire));

  it('that is perfect hands on what it gets at once', async () => {
    const echoes = await ping(50);
    assert.equal(echoes.roundTrips.length, 50);
    assertLate(echoes, 0);
  });

  it('is as late as it is told, each way apart', async () => {
    for (const [up, down] of [
      [50, 50],
      [0, 80],
      [120, 0],
    ] as const) {
      await caller.wire.change({ delayMs: up }, 'up');
      await caller.wire.change({ delayMs: down }, 'down');
      const echoes = await ping(100, 5);
      assert.equal(echoes.roundTrips.length, 100);
      assertLate(echoes, up + down);
    }
  });

  it('between two wired hosts is as late as both', async () => {
    const other = await network.wiredHost('other', { delayMs: 30 });
    await caller.wire.change({ delayMs: 20 });
    const echoes = await ask<Echoes>(other, 'ping', server, port, 100, 5, 200);
    assertLate(echoes, 60);
    await other.wire.close();
  });

  it('with jitter spreads the round trips over that much', async () => {
    await caller.wire.change({ delayMs: 20, jitterMs: 60 }, 'up');
    const { roundTrips } = await ping(300);
    const sorted = roundTrips.toSorted((a, b) => a - b);
    assert.ok(sorted[0]! >= 20 && sorted[0]! < 35, `the shortest took ${sorted[0]} ms`);
    const middle = sorted[150]! - 20;
    assert.ok(middle > 15 && sorted[270]! > sorted[0]! + 40, `half took ${middle} ms more than the delay`);
    assert.notDeepEqual(roundTrips, sorted);
  });

  it('loses the share that it is told, each way apart', async () => {
    await caller.wire.change({ lossRate: 0.2 }, 'up');
    await caller.wire.change({ lossRate: 0.5 }, 'down');
    const before = await caller.wire.counts();
    const { roundTrips } = await ping(2000, 0.5, 100);
    const { up, down } = await caller.wire.counts();
    assertShare(up.dropped - before.up.dropped, 2000, 0.2);
    assertShare(roundTrips.length, 2000, 0.8 * 0.5);
    assert.ok(down.dropped > before.down.dropped);
  });

  it('loses in bursts at the same rate', async () => {
    await caller.wire.change({ lossRate: 0.3, lossBurst: 10 }, 'up');
    const count = 3000;
    const { numbers } = await ping(count, 0.5, 100);
    const arrived = new Set(numbers);
    const lost = Array.from({ length: count }, (_, number) => number).filter(number => !arrived.has(number));
    const bursts = lost.filter((number, index) => lost[index - 1] !== number - 1).length;
    assert.ok(lost.length > 450 && lost.length < 1500, `${lost.length} of ${count}`);
    // Lost one by one, the mean run would be 1 / 0.7.
    const meanRun = lost.length / bursts;
    assert.ok(meanRun > 5 && meanRun < 20, `a burst is ${meanRun} frames long`);
  });

  it('of a limited rate passes on no more than that, and drops what would wait too long', async () => {
    const [count, bytes, kbps] = [100, 1000, 1000];
    // Ethernet, IPv4 and UDP.
    const frameMs = ((bytes + 14 + 20 + 8) * 8) / kbps;
    await caller.wire.change({ kbps, queueMs: 10_000 }, 'up');
    const all = await ping(count, 0, bytes);
    assert.equal(all.numbers.length, count);
    // Those that leave the wire within one turn of the other end's loop differ by less than they were apart.
    assert.ok(all.spanMs > (count - 3) * frameMs, `${count} frames passed in ${all.spanMs} ms`);
    assert.ok(all.spanMs < 2 * count * frameMs, `${count} frames took ${all.spanMs} ms`);

    await caller.wire.change({ queueMs: 200 });
    const before = await caller.wire.counts();
    const { numbers } = await ping(count, 0, bytes);
    const { up } = await caller.wire.counts();
    assert.equal(up.dropped - before.up.dropped, count - numbers.length);
    assert.ok(numbers.length >= 200 / frameMs && numbers.length < count * 0.75, `${numbers.length} of ${count} passed`);
  });

  it('can be cut one way or both, and heals', async () => {
    await caller.wire.change({ cut: 'everything' }, 'down');
    const before = await caller.wire.counts();
    assert.deepEqual((await ping(10)).numbers, []);
    const cut = await caller.wire.counts();
    assert.ok(cut.down.dropped - before.down.dropped >= 10, 'they went up and did not come down');
    await caller.wire.change({ cut: 'everything' });
    assert.deepEqual((await ping(10)).numbers, []);
    assert.equal(await tcp(500), false);
    await caller.wire.change({ cut: 'nothing' });
    assert.equal((await ping(10)).numbers.length, 10);
  });

  it('can be cut for UDP while TCP passes, and the other way round', async () => {
    await caller.wire.change({ cut: 'udp' });
    assert.deepEqual((await ping(10)).numbers, []);
    assert.equal(await tcp(10_000), true);
    await caller.wire.change({ cut: 'tcp' });
    assert.equal((await ping(10)).numbers.length, 10);
    assert.equal(await tcp(500), false);
  });

  it('changes while datagrams are on their way', async () => {
    const under = ping(400, 5);
    const { up } = await caller.wire.counts();
    const passed = async (more: number) => {
      while ((await caller.wire.counts()).up.taken < up.taken + more) await new Promise(setImmediate);
    };
    await passed(50);
    await caller.wire.change({ cut: 'udp' }, 'up');
    await passed(150);
    await caller.wire.change({ cut: 'nothing' });
    const { up: healed } = await caller.wire.counts();
    const { numbers } = await under;
    assert.equal(numbers.length, 400 - (healed.dropped - up.dropped));
    assert.ok(numbers.includes(0) && numbers.includes(399));
  });

  it('lies before a NAT as well', async () => {
    const home = await network.wiredHost('home', { delayMs: 25 }, 'symmetric');
    const echoes = await ask<Echoes>(home, 'ping', server, port, 100, 5, 200);
    assert.match(home.address, /^192\.168\./);
    assertLate(echoes, 50);
  });

  it('carries 8 Mbit/s both ways with little of a core', async () => {
    const { pid } = caller.wire;
    const cpuMs = async () => {
      const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
      // Fields 14 and 15, in hundredths of a second.
      return (Number(stat[11]) + Number(stat[12])) * 10;
    };
    const before = await cpuMs();
    const count = 2000;
    const echoes = await ping(count, 1, 1000);
    assert.ok(echoes.numbers.length > 0.99 * count, `${echoes.numbers.length} of ${count} came back`);
    const perFrameUs = (((await cpuMs()) - before) * 1000) / (2 * count);
    assert.ok(perFrameUs < 250, `a frame costs ${perFrameUs} µs`);
  });
});

describe('the process that holds a wire', () => {
  it('ends with the namespaces', async () => {
    const network = new Network();
    const { wire } = await network.wiredHost('caller', {});
    network.close();
    await assert.rejects(wire.counts(), /has ended/);
  });

  it('ends alone, and leaves the host without its way', async t => {
    const network = new Network();
    t.after(() => network.close());
    const host = await network.wiredHost('caller', {});
    await host.wire.close();
    const [command, ...args] = [...inHost(host), 'ip', 'link', 'show'];
    const { stdout } = await promisify(execFile)(command, args);
    assert.doesNotMatch(stdout, /wan/);
  });

  it('ends with a run that was killed', async () => {
    const source = `
      import { Network } from '${join(import.meta.dirname, 'network.ts')}';
      const { wire } = await new Network().wiredHost('caller', {});
      console.log(wire.pid);`;
    const run = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source]);
    const [line] = (await once(run.stdout, 'data')) as [Buffer];
    const isAlive = () => existsSync(`/proc/${line.toString().trim()}/fd`);
    assert.ok(isAlive());
    run.kill('SIGKILL');
    await until(() => Promise.resolve(!isAlive()), { what: () => 'the end of the wire' });
    // What is left of the namespaces goes with the next network.
    new Network().close();
  });
});
