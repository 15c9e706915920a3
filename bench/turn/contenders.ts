// The servers that are compared, each a process with a load generator of its own. Knows no figure and no table.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TransportAddress } from '../../turn/wire/address.ts';
import { converse } from './conversation.ts';
import type { Conversation } from './conversation.ts';
import type { FlowEnds, Kind, RelayTarget, Run, RunResult } from './load/messages.ts';
import { cpuNs } from './process-cost.ts';

export interface Contender {
  readonly name: string;
  readonly pid: number;
  /** Opens more flows of a kind. @throws Error if the server refuses or is silent */
  open(kind: Kind, count: number): Promise<void>;
  renew(): Promise<void>;
  run(run: Run): Promise<Measured>;
  /** Bytes of heap and buffers after a collection; only Node can say. */
  heapBytes(): Promise<number | undefined>;
  end(): Promise<void>;
}

export interface Measured extends RunResult {
  readonly cpuNs: number;
}

const here = import.meta.dirname;
const address = '127.0.0.1';
const realm = 'bench';

/** More than the largest number of allocations that is opened; each counts for a user of its own. */
const quota = 12_000;

/** So that the heap can be read without what is only waiting to be collected. */
const nodeFlags = ['--expose-gc'];

export const startServer = (file: string, argv: readonly string[] = []): Conversation =>
  converse(join(here, 'servers', file), { argv, execArgv: nodeFlags });

export const startLoad = (): Conversation => converse(join(here, 'load/process.ts'), { execArgv: ['--import', 'tsx'] });

export const at = (port: number): TransportAddress => ({ address, port, family: 'IPv4' });

/** Options of our relay that allow the bench's peers and nothing else of this machine. */
export const relayOptions = (secret: string) => ({
  port: 0,
  listen: [address],
  secrets: [secret],
  realm,
  peerAllow: ['127.0.0.2/32'],
  userQuota: quota,
  totalQuota: quota,
});

export const startOurs = async (): Promise<Contender> => {
  const secret = randomBytes(16).toString('hex');
  const server = startServer('ours.mjs');
  const [port = 0] = await server.ask<number[]>('start', { options: relayOptions(secret) });
  return contender('ours', server, { server: at(port), login: { secret } });
};

export const startNodeTurn = async (): Promise<Contender> => {
  const login = { username: 'load', credential: randomBytes(16).toString('hex') };
  const server = startServer('node-turn.mjs');
  const [port = 0] = await server.ask<number[]>('start', { address, realm, ...login });
  return contender('node-turn', server, { server: at(port), login });
};

/** `-m 1`: one thread relays, as in ours. Its listener and its timers have threads of their own. */
export const startCoturn = async (): Promise<Contender> => {
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const child = spawn(
    'turnserver',
    [
      ...['-n', '-L', address, '-E', address, '-p', String(port), '-m', '1', '--realm', realm],
      ...['--use-auth-secret', '--static-auth-secret', secret, '--allow-loopback-peers', '--no-cli', '--no-tls'],
      ...['--no-dtls', '--no-tcp', '--no-stdout-log', '--log-file', '/dev/null', '--pidfile', '/dev/null'],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const server = {
    pid: child.pid ?? 0,
    ask: () => Promise.resolve(undefined),
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  return contender('coturn', server, { server: at(port), login: { secret } });
};

export const startForwarder = (kind: 'bare' | 'tuned'): Contender => {
  const server = startServer('forwarder.mjs', [kind]);
  const load = startLoad();
  const open: Contender['open'] = async (flow, count) => {
    const flows = await load.ask<FlowEnds[]>('prepare', { kind: flow, count });
    const ports = await server.ask<number[]>('join', { address, flows });
    await load.ask('join', { kind: flow, forwarders: ports.map(at) });
  };
  return { ...measuring(`${kind} forwarder`, server, load), open };
};

const contender = (name: string, server: Server, target: RelayTarget): Contender => {
  const load = startLoad();
  return { ...measuring(name, server, load), open: (kind, count) => load.ask('open', { target, kind, count }) };
};

interface Server extends Omit<Conversation, 'ask'> {
  ask(question: 'memory'): Promise<number | undefined>;
}

const measuring = (name: string, server: Server, load: Conversation): Omit<Contender, 'open'> => ({
  name,
  pid: server.pid,
  renew: () => load.ask('renew'),
  run: async run => {
    const before = cpuNs(server.pid);
    const result = await load.ask<RunResult>('run', { run });
    return { ...result, cpuNs: cpuNs(server.pid) - before };
  },
  heapBytes: () => server.ask('memory'),
  end: async () => {
    await Promise.all([server.end(), load.end()]);
  },
});

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
};
