// `npm run bench:first-frame`: how long a newcomer waits for the first picture of another caller. Ours beside PeerJS,
// simple-peer and a naive page, on the same wires, in the same browsers, in one run. Linux and root, as the lab.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { inHost, Network, publicRange } from '../../test/lab/network.ts';
import type { Host } from '../../test/lab/network.ts';
import { startServer } from '../../test/support/server.ts';
import type { TestServer } from '../../test/support/server.ts';
import { BenchBrowser, openFirefox } from './bench-browser.ts';
import type { BenchPage } from './bench-browser.ts';
import { baselines, callerToServerMs, floorOf, ourFlows, reference } from './flows.ts';
import type { Flow } from './flows.ts';
import { table } from './table.ts';
import type { Row } from './table.ts';

const root = join(import.meta.dirname, '../..');
const sitePort = 4000;
const peerPort = 4001;
const firstOurPort = 3000;
const firstTurnPort = 3478;
const patienceMs = 30_000;

interface Case extends Flow {
  url: string;
  times: number[];
}

const { values: settings } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    dist: { type: 'string', multiple: true, default: [join(root, 'dist')] },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(settings.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1');

const network = new Network();
const servers: TestServer[] = [];
const browsers: BenchBrowser[] = [];
try {
  await run();
} finally {
  await Promise.all(browsers.map(browser => browser.close()));
  await Promise.all(servers.map(server => server.close()));
  network.close();
}

async function run(): Promise<void> {
  const host = network.publicHost('server');
  const origin = `http://${host.address}:${sitePort}`;
  const ourUrls = await Promise.all(settings.dist.map((folder, index) => startOurs(host, folder, index)));
  const peerjs = join(root, 'node_modules/peer/dist/bin/peerjs.js');
  await startIn(host, /Started/, [peerjs, '--port', `${peerPort}`, '--path', '/', '--host', '0.0.0.0']);
  await startIn(host, /listening/, [
    ...['--import', 'tsx', join(import.meta.dirname, 'site.ts')],
    ...[`${sitePort}`, `${peerPort}`, ...ourUrls],
  ]);

  const hosts: Host[] = [];
  for (const label of ['first', 'second', 'newcomer']) {
    const caller = await network.wiredHost(label, { delayMs: callerToServerMs });
    hosts.push(caller);
    browsers.push(await BenchBrowser.launch(caller, origin));
  }

  const cases: Case[] = [
    ...baselines.map(flow => ({ ...flow, url: `${origin}/${flow.page}?port=${peerPort}`, times: [] })),
    ...settings.dist.flatMap((folder, index) =>
      ourFlows.map(flow => ({
        ...flow,
        name: settings.dist.length > 1 ? `${flow.name} [${folder}]` : flow.name,
        url: `${origin}/ours-${index}`,
        times: [],
      })),
    ),
  ].filter(({ name }) => name.includes(settings.only) || name === reference);

  // The first round warms caches of every kind and is not counted; who goes first changes from round to round.
  for (let round = 0; round <= rounds; round++) {
    const order = cases.map((_, index) => cases[(index + round) % cases.length]!);
    for (const one of order) {
      const ms = await measure(one, hosts[2]!, `round${round}-${performance.now().toFixed(0)}`);
      console.error(`${round === 0 ? 'not counted' : `round ${round}`}  ${one.name}  ${ms.toFixed(0)} ms`);
      if (round > 0) one.times.push(ms);
    }
  }
  const rows: Row[] = cases.map(one => ({ name: one.name, floorMs: floorOf(one), times: one.times }));
  console.log(`\n${2 * callerToServerMs} ms to the server and back, ${4 * callerToServerMs} ms between callers.\n`);
  console.log(table(rows, reference));
}

async function startOurs(host: Host, folder: string, index: number): Promise<string> {
  const [port, turnPort] = [firstOurPort + index, firstTurnPort + 10 * index];
  const environment = { HOST: '0.0.0.0', PORT: `${port}`, TURN_PORT: `${turnPort}`, TURN_PEER_ALLOW: publicRange };
  servers.push(await startServer(environment, inHost(host), join(folder, 'server/main.js')));
  return `http://${host.address}:${port}`;
}

/** A Node program on that host. It ends with its namespace. */
async function startIn(host: Host, ready: RegExp, args: string[]): Promise<void> {
  const [command, ...rest] = [...inHost(host), process.execPath, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${args.join(' ')} has ended`)));
  ended.catch(() => undefined);
  let written = '';
  while (!ready.test(written)) written += String((await Promise.race([once(child.stdout, 'data'), ended]))[0]);
  child.stdout.resume();
}

/** One newcomer to a room of its own, in pages that no other round has used. */
async function measure({ url, options, others, browser, name }: Case, home: Host, room: string): Promise<number> {
  const [first, second, newcomer] = browsers as [BenchBrowser, BenchBrowser, BenchBrowser];
  const pages: BenchPage[] = [];
  const open = async (opening: Promise<BenchPage>): Promise<BenchPage> => {
    const page = await opening;
    pages.push(page);
    return page;
  };
  const ask = (page: BenchPage, expression: string) =>
    Promise.race([
      page.evaluate<number>(`stopwatch.${expression}`),
      new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`${name}: nothing came of ${expression}`)), patienceMs).unref();
      }),
    ]);
  const roomText = JSON.stringify(room);
  const resident = { ...options, warm: false };
  try {
    const there = await open(first.open(url));
    await ask(there, `sit(${roomText}, ${JSON.stringify({ ...resident, isFirst: true })})`);
    if (others > 1) {
      const also = await open(second.open(url));
      await ask(also, `measure(${roomText}, 1, ${JSON.stringify(resident)})`);
    }
    const coming = await open(browser === 'firefox' ? openFirefox(home, url) : newcomer.open(url));
    return await ask(coming, `measure(${roomText}, ${others}, ${JSON.stringify(options)})`);
  } finally {
    await Promise.all(pages.map(page => page.close()));
  }
}
