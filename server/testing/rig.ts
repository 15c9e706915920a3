// A real server on a free port with a clock in the test's hand, and real clients for it. For tests only.
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  Joined,
  JoinRequest,
  Refusal,
  ServerToClientEvents,
} from '../../protocol/events.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { buildApp } from '../app.ts';
import type { AppDependencies } from '../app.ts';
import { readConfig } from '../config.ts';
import { serverLimits } from '../limits.ts';
import type { ServerLimits } from '../limits.ts';
import { MemoryRoomStore } from '../room-store.ts';
import type { Config } from '../settings.ts';

export type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

type Environment = Record<string, string>;

/** The configuration that an environment gives. */
export function configOf(environment: Environment = {}): Config {
  const outcome = readConfig(environment, []);
  if (outcome.type !== 'config') throw new Error(JSON.stringify(outcome));
  return outcome.config;
}

const boundless = { burst: 1e9, perSec: 1e9 };

/** Tests open hundreds of sockets from one address. */
export const crowdLimits: ServerLimits = {
  ...serverLimits,
  handshakes: { burst: 100_000, perSec: 100_000 },
  connectionsPerAddress: 100_000,
  guesses: boundless,
  credentials: boundless,
};

/** Nobody is rate-limited, so that every payload gets the answer that it deserves by itself. */
export const noLimits: ServerLimits = {
  ...crowdLimits,
  offers: boundless,
  bytes: boundless,
  violations: boundless,
  credentialsPerConnection: boundless,
  requests: Object.fromEntries(Object.keys(serverLimits.requests).map(event => [event, boundless])),
};

export interface Rig {
  readonly url: string;
  readonly store: MemoryRoomStore;
  readonly logLines: string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Moves the clock, then does what a second's timer does. */
  advance: (ms: number) => void;
  /** A connected client. */
  connect: (options?: ConnectOptions) => Promise<Client>;
  /** A client that does not wait to be connected. */
  open: (options?: ConnectOptions) => Client;
  close: () => Promise<void>;
}

export interface ConnectOptions {
  headers?: Record<string, string>;
  origin?: string;
  protocol?: unknown;
  /** A join that comes with the connection. */
  join?: unknown;
  path?: string;
}

/** Starts a server that ends with the test. */
export async function startRig(
  test: { after: (task: () => Promise<void>) => void },
  environment: Environment = {},
  dependencies: AppDependencies = {},
): Promise<Rig> {
  let now = 1_800_000_000_000;
  let sweep = (): void => undefined;
  const store = new MemoryRoomStore();
  const logLines: string[] = [];
  const app = await buildApp(configOf(environment), {
    store,
    limits: crowdLimits,
    logStream: { write: line => logLines.push(line) },
    now: () => now,
    wait: () => Promise.resolve(),
    everySecond: task => {
      sweep = task;
      return () => undefined;
    },
    ...dependencies,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const clients: Client[] = [];

  const open = (options: ConnectOptions = {}): Client => {
    const { origin, protocol = PROTOCOL_VERSION, path = '/socket.io', headers, join } = options;
    const client: Client = io(url, {
      path,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol, ...(join !== undefined && { join }) },
      extraHeaders: { ...headers, ...(origin !== undefined && { origin }) },
    });
    clients.push(client);
    return client;
  };
  const connect = async (options?: ConnectOptions): Promise<Client> => {
    const client = open(options);
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject));
    return client;
  };
  const advance = (ms: number): void => {
    now += ms;
    sweep();
  };
  const close = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    await app.close();
  };
  test.after(close);
  return { url, store, logLines, now: () => now, advance, connect, open, close };
}

export const newSecret = (): string => randomBytes(32).toString('base64url');

export const joinRequest = (change: Partial<JoinRequest> = {}): JoinRequest => ({
  room: 'support',
  secret: newSecret(),
  displayName: 'Ada',
  microphone: true,
  camera: true,
  screen: false,
  ...change,
});

/** Joins, or throws the code of the refusal. */
export async function join(client: Client, change: Partial<JoinRequest> = {}): Promise<Joined> {
  const answer = await client.emitWithAck('join', joinRequest(change));
  if (!answer.ok) throw new Error(codeOf(answer));
  if ('waiting' in answer) throw new Error('waiting');
  return answer;
}

/** Sends what the types forbid; resolves to the answer. */
export const ask = (client: Client, event: string, ...payload: unknown[]): Promise<Answer> =>
  (client as Socket).timeout(20_000).emitWithAck(event, ...payload) as Promise<Answer>;

export type Answer = ({ ok: true } & Record<string, unknown>) | Refusal;

export const codeOf = (answer: { ok: true } | Refusal): string => (answer.ok ? 'ok' : answer.error.code);

/** The next message of one name. */
export function next<Name extends keyof ServerToClientEvents>(
  client: Client,
  name: Name,
): Promise<Parameters<ServerToClientEvents[Name]>[0]> {
  const event: string = name;
  return new Promise(resolve => (client as Socket).once(event, resolve));
}

/** Everything that the server says from now on. */
export function listen(client: Client): { name: string; message: Record<string, unknown> }[] {
  const heard: { name: string; message: Record<string, unknown> }[] = [];
  client.onAny((name: string, message: Record<string, unknown>) => heard.push({ name, message }));
  return heard;
}

/** Waits for what was sent before to have been answered: the server answers one client in order. */
export async function settle(...clients: Client[]): Promise<void> {
  await Promise.all(clients.map(client => ask(client, 'sync', {})));
}
