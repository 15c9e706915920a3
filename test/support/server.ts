// The built server as a process of its own, on free ports: what `npm start` runs, without the build.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const builtMain = join(import.meta.dirname, '../../dist/server/main.js');
const startDeadlineMs = 15_000;
const closeDeadlineMs = 10_000;

export interface TestServer {
  /** `http://localhost:…`, without a slash at its end. */
  url: string;
  /** Everything it has written so far. */
  logs: () => string;
  /** SIGTERM, as an operator would; resolves with the exit code. */
  close: () => Promise<number | null>;
  /** SIGKILL: a crash. */
  kill: () => Promise<number | null>;
}

/** Starts the server with these settings beside free ports, and waits until its banner names its address. */
export async function startServer(
  environment: Record<string, string> = {},
  /** Goes before the command, such as `ip netns exec NAME`. */
  enter: readonly string[] = [],
  /** The program of another build than this clone's. */
  main = builtMain,
): Promise<TestServer> {
  if (!existsSync(main)) throw new Error('There is no build to test: run `npm run build` first.');
  const scheme = environment.TLS_CERT ? 'https' : 'http';
  const address = new RegExp(`${scheme}://[^\\s/]+:(\\d+)`);
  const settings = { PORT: '0', TURN_PORT: '0', ...environment };
  const { banner, ...program } = await startProgram([...enter, process.execPath, main], settings, address);
  return { url: `${scheme}://localhost:${banner[1]}`, ...program };
}

/** The relay alone, `video-call turn`, as a process of its own; it needs TURN_SECRET. */
export async function startRelay(
  environment: Record<string, string>,
  enter: readonly string[] = [],
): Promise<Omit<TestServer, 'url'>> {
  const command = [...enter, process.execPath, builtMain, 'turn'];
  const { logs, close, kill } = await startProgram(command, { TURN_PORT: '0', ...environment }, /STUN, TURN/);
  return { logs, close, kill };
}

/** Resolves once it has written what `banner` matches. */
async function startProgram(
  [command = '', ...rest]: readonly string[],
  environment: Record<string, string>,
  banner: RegExp,
): Promise<Omit<TestServer, 'url'> & { banner: RegExpExecArray }> {
  const child = spawn(command, rest, {
    env: { ...process.env, LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // A test that dies without its clean-up takes its server with it.
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void exited.then(() => process.off('exit', killWithUs));
  let written = '';

  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), closeDeadlineMs);
    const [code] = await exited;
    clearTimeout(late);
    return code;
  };
  const matched = await new Promise<RegExpExecArray>((resolve, reject) => {
    const late = setTimeout(() => void end('SIGKILL').then(() => failed('No banner')), startDeadlineMs);
    const failed = (why: string) => {
      clearTimeout(late);
      reject(new Error(`${why} from the server:\n${written}`));
    };
    const read = (text: string) => {
      written += text;
      const match = banner.exec(written);
      if (!match) return;
      clearTimeout(late);
      resolve(match);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    void exited.then(([code]) => failed(`Exit code ${code ?? 'none'}`));
  });
  return { banner: matched, logs: () => written, close: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
