import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { io } from 'socket.io-client';
import { openUdpTurnClient } from '../turn/testing/udp-turn-client.ts';
import { packageRoot } from './package-root.ts';

/** The command with nothing in its environment but `settings`. */
function command(t: TestContext, settings: Record<string, string>, nodeArgs: string[] = [], args: string[] = []) {
  const main = join(packageRoot, 'server', 'main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', ...nodeArgs, main, ...args], {
    cwd: packageRoot,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', TURN_LISTEN: '127.0.0.1', TURN_PORT: '0', ...settings },
  });
  t.after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const banner = new Promise<string>(resolve =>
    child.stdout.on('data', () => {
      const url = /Listening +(\S+)/.exec(output.stdout)?.[1];
      if (url !== undefined && output.stdout.includes('video-call.js')) resolve(url);
    }),
  );
  return { child, output, ended, banner };
}

/** Until this text stands in its output. */
const said = ({ child, output }: ReturnType<typeof command>, text: string): Promise<void> =>
  new Promise(resolve => {
    const look = () => {
      if (output.stdout.includes(text)) resolve();
    };
    child.stdout.on('data', look);
    look();
  });

describe('the command', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`says where it listens and ends cleanly on ${signal}, callers or not`, async t => {
      const { child, output, ended, banner } = command(t, { PORT: '0' });
      const url = await banner;
      assert.deepEqual(await (await fetch(new URL('healthz', url))).json(), { ok: true });
      const caller = io(url, { transports: ['websocket'], reconnection: false, auth: { protocol: 1 } });
      await new Promise<void>(resolve => caller.once('connect', resolve));
      const began = Date.now();
      child.kill(signal);
      assert.equal(await ended, 0);
      assert.ok(Date.now() - began < 10_000);
      assert.match(output.stdout, new RegExp(`src="${url}video-call\\.js"`));
    });
  }

  it('says in one sentence that its port is in use', async t => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    const { output, ended } = command(t, { PORT: String(port), LOG_LEVEL: 'error' });
    assert.equal(await ended, 1);
    assert.equal(output.stderr, `Port ${port} is in use, so HTTP cannot start: set PORT to another one.\n`);
    assert.equal(output.stdout, '');
  });

  it('says everything that is wrong with its settings, and starts nothing', async t => {
    const { output, ended } = command(t, { PORT: 'x', REDIS_URL: 'redis://localhost' });
    assert.equal(await ended, 1);
    assert.match(output.stderr, /^video-call cannot start:\n {2}PORT: .+\n {2}REDIS_URL: .+\n$/);
  });

  it('prints its help and its version', async t => {
    const help = command(t, {}, [], ['--help']);
    const version = command(t, {}, [], ['--version']);
    assert.deepEqual(await Promise.all([help.ended, version.ended]), [0, 0]);
    assert.match(help.output.stdout, /--turn-port {2}TURN_PORT/);
    assert.match(version.output.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it('runs the relay alone: with its own help, never without a secret, and ends on SIGTERM when no call is left', async t => {
    const help = command(t, {}, [], ['turn', '--help']);
    const secretless = command(t, {}, [], ['turn']);
    const alone = command(t, { TURN_SECRET: 's', TURN_TOTAL_QUOTA: '10' }, [], ['turn', '--drain', '1']);
    assert.deepEqual(await Promise.all([help.ended, secretless.ended]), [0, 1]);
    assert.match(
      help.output.stdout,
      /^video-call turn .+--turn-port {2}TURN_PORT.+--turn-workers {2}.+--drain {2}DRAIN/s,
    );
    assert.doesNotMatch(help.output.stdout, /ALLOWED_ORIGINS/);
    assert.match(secretless.output.stderr, /^TURN_SECRET is missing: [^\n]+\.\n$/);
    await said(alone, 'and works');
    assert.match(alone.output.stderr, /^Warning: TURN_TOTAL_QUOTA: a room of 8 takes up to 224 [^\n]+ 10\.\n/);
    assert.match(alone.output.stdout, /STUN, TURN +port \d+, UDP and TCP\n/);
    alone.child.kill('SIGTERM');
    assert.equal(await alone.ended, 0);
  });

  it('alone lets a call go on after SIGTERM, and ends at once on a second', async t => {
    const running = command(t, { TURN_SECRET: 's' }, [], ['turn']);
    const { child, output, ended } = running;
    await said(running, 'and works');
    const port = Number(/STUN, TURN +port (\d+)/.exec(output.stdout)?.[1]);
    const client = await openUdpTurnClient({ family: 'IPv4', address: '127.0.0.1', port }, 's');
    t.after(() => client.close());
    child.kill('SIGTERM');
    await said(running, 'Ending when 1 allocations have ended');
    assert.equal(child.exitCode, null);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('dies of a fault that nobody caught, with a log line', async t => {
    const fault = 'data:text/javascript,process.once("SIGUSR2",()=>{throw new Error("boom")})';
    const { child, output, ended, banner } = command(t, { PORT: '0' }, ['--import', fault]);
    await banner;
    child.kill('SIGUSR2');
    assert.equal(await ended, 1);
    assert.match(output.stderr, /"level":60.*boom/);
  });
});
