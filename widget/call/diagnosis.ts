// What works from here and what does not: the server, every STUN and TURN address that it hands out, camera, microphone.
// Each is really tried, with all that touches the world given from outside. It shows nothing and keeps nothing open.
import type { IceServer } from '../../protocol/events.ts';
import { randomId } from '../session/random-id.ts';
import { Refused } from '../session/refused.ts';
import { ResumeSecret } from '../session/resume-secret.ts';
import { Session } from '../session/session.ts';
import type { SessionOptions } from '../session/session.ts';
import type { CallErrorCode } from './call-error.ts';
import type { LocalState } from './call-state.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { CallEnvironment } from './environment.ts';
import { deviceError } from './local-media.ts';
import type { GetUserMedia } from './local-media.ts';

export interface Check {
  name: 'signalling' | 'stun' | 'relay' | 'camera' | 'microphone';
  /** Of a STUN or TURN server. */
  url?: string;
  result: 'ok' | 'failed' | 'skipped';
  /** One plain sentence; empty when it works. */
  reason: string;
  /** How long it took. */
  ms: number;
}

export interface DiagnosisOptions {
  /** Asks the server; what it refuses with says what is wrong. */
  iceServers: () => Promise<IceServer[]>;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  getUserMedia: GetUserMedia;
  /** Devices that run: they need no test, and on a phone could not stand one. */
  running: { microphone: boolean; camera: boolean };
  clock: Clock;
}

/** As a call does it: what runs is not tested, and the server is asked over the connection that there is. */
export async function diagnoseCall(call: {
  environment: CallEnvironment;
  local: LocalState;
  session: Pick<Session, 'iceServers'> | undefined;
  serverUrl: string | undefined;
}): Promise<Check[]> {
  const { environment, local, session, serverUrl } = call;
  return diagnose({
    ...environment,
    clock: environment.clock ?? systemClock,
    running: { microphone: local.microphone === 'on', camera: local.camera === 'on' },
    iceServers: () => session?.iceServers() ?? iceServersOf(serverUrl, environment),
  });
}

const limitMs = { signalling: 20_000, ice: 10_000, device: 30_000 };

export async function diagnose(options: DiagnosisOptions): Promise<Check[]> {
  let servers: IceServer[] | undefined;
  const signalling = await check({ name: 'signalling' }, options.clock, limitMs.signalling, async () => {
    servers = await options.iceServers();
  });
  // All servers at once, and meanwhile one prompt after the other.
  const [ice, devices] = await Promise.all([checkServers(servers, options), checkDevices(options)]);
  return [signalling, ...ice, ...devices];
}

async function checkDevices(options: DiagnosisOptions): Promise<Check[]> {
  return [await checkDevice('camera', options), await checkDevice('microphone', options)];
}

async function checkServers(servers: IceServer[] | undefined, options: DiagnosisOptions): Promise<Check[]> {
  if (!servers) return [skipped('relay', 'The server did not say which relays there are.')];
  const all = servers.flatMap(({ urls, ...credentials }) => urls.map(url => ({ ...credentials, url })));
  const checks = await Promise.all(
    all.map(({ url, ...credentials }) => {
      const name = /^turns?:/i.test(url) ? ('relay' as const) : ('stun' as const);
      return check({ name, url }, options.clock, limitMs.ice, signal =>
        gather(options.createConnection, { ...credentials, urls: [url] }, name, signal),
      );
    }),
  );
  const hasRelay = checks.some(({ name }) => name === 'relay');
  return hasRelay ? checks : [...checks, skipped('relay', 'The server hands out no relay.')];
}

/** What a visitor would be handed out, asked for in a room of nobody's: servers go to members of a room only. */
export async function iceServersOf(
  serverUrl: string | undefined,
  environment: Pick<SessionOptions, 'connect'>,
): Promise<IceServer[]> {
  if (!serverUrl) throw new Refused('server-unreachable');
  const { connect } = environment;
  const secret = new ResumeSecret('diagnosis', undefined);
  const session = new Session({ serverUrl, room: `diagnosis-${randomId(16)}`, secret, ...(connect && { connect }) });
  try {
    return (await session.join({ displayName: '', microphone: false, camera: false, screen: false })).iceServers;
  } finally {
    await session.leave();
  }
}

/** Asks for candidates through this one address. A STUN answer that only repeats our own address gives none, and no error. */
async function gather(
  createConnection: DiagnosisOptions['createConnection'],
  server: IceServer,
  name: 'stun' | 'relay',
  signal: AbortSignal,
): Promise<void> {
  const connection = createConnection({
    iceServers: [server],
    iceTransportPolicy: name === 'relay' ? 'relay' : 'all',
    bundlePolicy: 'max-bundle',
  });
  try {
    await new Promise<void>((resolve, reject) => {
      let trouble: RTCPeerConnectionIceErrorEvent | undefined;
      const wanted = name === 'relay' ? 'relay' : 'srflx';
      // Nobody waits any longer, but the connection is still to be closed.
      signal.addEventListener('abort', reject);
      connection.addEventListener('icecandidateerror', event => (trouble = event), { signal });
      connection.addEventListener(
        'icecandidate',
        ({ candidate }) => {
          if (candidate?.candidate.includes(` typ ${wanted}`)) resolve();
          else if (candidate === null && name === 'stun' && !trouble) resolve();
          else if (candidate === null) reject(new Failure(iceReason(trouble?.errorCode)));
        },
        { signal },
      );
      connection.addTransceiver('audio');
      connection.setLocalDescription().catch(reject);
    });
  } finally {
    connection.close();
  }
}

function iceReason(code: number | undefined): string {
  if (code === 401 || code === 403 || code === 438) return 'The relay refused our credentials.';
  if (code === 486 || code === 508) return 'The relay has no room left for us.';
  return 'No answer came from there. The network may block it.';
}

async function checkDevice(name: 'camera' | 'microphone', options: DiagnosisOptions): Promise<Check> {
  if (options.running[name]) return { name, result: 'ok', reason: '', ms: 0 };
  return check({ name }, options.clock, limitMs.device, async signal => {
    const stream = await options.getUserMedia(name === 'camera' ? { video: true } : { audio: true });
    const tracks = stream.getTracks();
    const works = tracks.some(({ readyState, muted }) => readyState === 'live' && !muted);
    for (const track of tracks) track.stop();
    if (!works && !signal.aborted) throw new Failure('It started, but nothing comes from it. Another app may hold it.');
  });
}

/** A reason that is a sentence already. */
class Failure extends Error {}

async function check(
  about: Pick<Check, 'name' | 'url'>,
  clock: Clock,
  limit: number,
  attempt: (signal: AbortSignal) => Promise<void>,
): Promise<Check> {
  const began = clock.now();
  const over = new AbortController();
  const late = new Promise<never>((_resolve, reject) => {
    const onLate = (): void => reject(new Failure(`No result within ${limit / 1000} seconds.`));
    clock.after(limit, onLate, over.signal);
  });
  const outcome = await Promise.race([attempt(over.signal), late]).then(
    () => ({ result: 'ok' as const, reason: '' }),
    (error: unknown) => ({ result: 'failed' as const, reason: reasonOf(error) }),
  );
  over.abort();
  return { ...about, ...outcome, ms: Math.round(clock.now() - began) };
}

const skipped = (name: Check['name'], reason: string): Check => ({ name, result: 'skipped', reason, ms: 0 });

const sentences: Partial<Record<CallErrorCode | Refused['code'], string>> = {
  'permission-denied': 'The browser does not allow it on this page.',
  'device-not-found': 'There is none.',
  'device-in-use': 'Another app is using it.',
  'server-unreachable': 'The server does not answer.',
  'origin-not-allowed': 'The server does not serve this site.',
  'version-unsupported': 'The server speaks another version: reload the page.',
  'rate-limited': 'The server was asked too often: wait a minute.',
};

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const code = error instanceof Refused ? error.code : deviceError(error).code;
  return sentences[code] ?? `It failed: ${code}.`;
}
