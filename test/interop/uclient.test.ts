// coturn's own client against our relay: transport × ChannelData or indications × peer or other client × IP version. Knows
// nothing of the relay's insides: it starts one and reads the client's report.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createTurnServer } from '../../turn/index.ts';
import { makeCertificate } from '../support/certificate.ts';

const run = promisify(execFile);

const secret = 'interop';
const certificate = makeCertificate('localhost');

/** The client picks EVEN-PORT, channel numbers and its own ports at random, so one pass proves little. */
const repeats = Number(process.env.INTEROP_REPEATS ?? 5);

/** 4 clients, 500 messages of 1000 bytes each, 4 ms apart: over TLS it hears one message of a record only. */
const load = ['-m', '4', '-n', '500', '-l', '1000', '-z', '4'];

/** A run takes the client some seconds and its processor next to nothing. */
const atATime = 3;

const isFree = async (port: number, host: string): Promise<boolean> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
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

let nextPort = 21_000 + (process.pid % 1000) * 2;

/** `turnutils_peer -p P` takes P and P + 1. Below the range of relayed addresses and of the system's own choice. */
const freePeerPort = async (host: string): Promise<number> => {
  for (let port = nextPort; port < 30_000; port += 2) {
    nextPort = port + 2;
    if ((await isFree(port, host)) && (await isFree(port + 1, host))) return port;
  }
  throw new Error('No two free ports in a row for turnutils_peer.');
};

const answers = async (port: number, host: string): Promise<void> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
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

const transports = [
  { transport: 'udp', transportFlags: [] },
  { transport: 'tcp', transportFlags: ['-t'] },
  { transport: 'tls', transportFlags: ['-t', '-S'] },
] as const;
const kinds = [
  { kind: 'ChannelData', kindFlags: [] },
  { kind: 'Send and Data indications', kindFlags: ['-s'] },
] as const;
const partners = ['a peer', 'another client'] as const;
const hosts = [
  { host: '127.0.0.1', hostFlags: [] },
  { host: '::1', hostFlags: ['-x'] },
] as const;

const cells = transports.flatMap(transport =>
  kinds.flatMap(kind => partners.flatMap(partner => hosts.map(host => ({ ...transport, ...kind, partner, ...host })))),
);

describe('I1: turnutils_uclient', { concurrency: atATime }, () => {
  for (const { transport, transportFlags, kind, kindFlags, partner, host, hostFlags } of cells) {
    for (let round = 1; round <= repeats; round++) {
      const title = `${kind} with ${partner} over ${transport} at ${host}: nothing is lost (${round} of ${repeats})`;
      test(title, { timeout: 90_000 }, async t => {
        const server = await createTurnServer({
          port: 0,
          tls: { port: 0, certificate },
          listen: [host],
          secrets: [secret],
          peerAllow: [host],
        });
        t.after(() => server.close());
        const listening = server.addresses.find(each => each.transport === transport);
        assert.ok(listening);

        const flags: string[] = [...transportFlags, ...kindFlags, ...hostFlags];
        if (partner === 'a peer') {
          const peerPort = await freePeerPort(host);
          const peer = spawn('turnutils_peer', ['-L', host, '-p', String(peerPort)], { stdio: 'ignore' });
          const ended = once(peer, 'exit');
          t.after(async () => {
            peer.kill();
            await ended;
          });
          await answers(peerPort, host);
          flags.push('-e', host, '-r', String(peerPort));
        } else {
          flags.push('-y');
        }

        const target = ['-W', secret, '-u', 'u', ...load, '-p', String(listening.port), host];
        const { stdout } = await run('turnutils_uclient', [...flags, ...target], { signal: t.signal });
        assert.match(stdout, /Total lost packets 0 /, stdout);
        assert.match(stdout, /tot_recv_msgs=2000\b/, stdout);
        assert.equal(server.transports().slowReaderDrops, 0);
      });
    }
  }
});
