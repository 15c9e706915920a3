// coturn's own client against our relay. Knows nothing of the relay's insides: it starts one and reads the client's report.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTurnServer } from '../../turn/index.ts';

const run = promisify(execFile);

const host = '127.0.0.1';
const secret = 'interop';

/** The client picks EVEN-PORT, channel numbers and its own ports at random, so one pass proves little. */
const repeats = Number(process.env.INTEROP_REPEATS ?? 10);

/** 4 clients, 1000 messages of 1000 bytes each, 1 ms apart. */
const load = ['-m', '4', '-n', '1000', '-l', '1000', '-z', '1'];

const isFree = async (port: number): Promise<boolean> => {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  const outcome = once(socket, 'listening').then(
    () => true,
    () => false,
  );
  socket.bind({ address: host, port, exclusive: true });
  const free = await outcome;
  await new Promise<void>(resolve => socket.close(() => resolve()));
  return free;
};

/** `turnutils_peer -p P` takes P and P + 1. Below the range of relayed addresses and of the system's own choice. */
const freePeerPort = async (): Promise<number> => {
  for (let port = 21_000 + (process.pid % 1000) * 2; port < 30_000; port += 2) {
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error('No two free ports in a row for turnutils_peer.');
};

const answers = async (port: number): Promise<void> => {
  const socket = createSocket('udp4');
  const echo = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  // It says nothing when it is ready, and what is sent before is lost.
  const knock = setInterval(() => socket.send('knock', port, host), 20);
  try {
    await echo;
  } finally {
    clearInterval(knock);
    socket.close();
  }
};

const cases = [
  { name: 'ChannelData through a peer', flags: [], needsPeer: true },
  { name: 'Send and Data indications through a peer', flags: ['-s'], needsPeer: true },
  { name: 'client to client', flags: ['-y'], needsPeer: false },
] as const;

for (const { name, flags, needsPeer } of cases) {
  for (let round = 1; round <= repeats; round++) {
    test(`I1: turnutils_uclient, ${name}: nothing is lost (${round} of ${repeats})`, { timeout: 60_000 }, async t => {
      const server = await createTurnServer({
        port: 0,
        listen: [host],
        secrets: [secret],
        peerAllow: [`${host}/32`],
      });
      t.after(() => server.close());
      const [listening] = server.addresses;
      assert.ok(listening);

      const peerPort = await freePeerPort();
      if (needsPeer) {
        const peer = spawn('turnutils_peer', ['-L', host, '-p', String(peerPort)], { stdio: 'ignore' });
        const ended = once(peer, 'exit');
        t.after(async () => {
          peer.kill();
          await ended;
        });
        await answers(peerPort);
      }

      const credential = ['-W', secret, '-u', 'u'];
      const target = [...(needsPeer ? ['-e', host, '-r', String(peerPort)] : []), '-p', String(listening.port), host];
      const { stdout } = await run('turnutils_uclient', [...flags, ...credential, ...load, ...target], {
        signal: t.signal,
      });
      assert.match(stdout, /Total lost packets 0 /, stdout);
      assert.match(stdout, /tot_recv_msgs=4000\b/, stdout);
    });
  }
}
