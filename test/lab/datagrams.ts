// Runs inside a host of the lab: `echo` sends back what it gets by UDP and TCP (port 0: any free one, printed), `ping` sends to an echo and says what
// came back, as one line of JSON. Plain Node without imports of ours, so that it starts at once.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What a host heard of its datagrams. */
export interface Echoes {
  /** Which of them came back, in the order of arrival. */
  numbers: number[];
  /** Round trips in ms, in the same order. */
  roundTrips: number[];
  /** From the first echo to the last one. */
  spanMs: number;
}

const lateMs = 1_000;
const [role, address = '', portText = '0', ...rest] = process.argv.slice(2);
const port = Number(portText);

if (role === 'echo') await echo();
else if (role === 'ping') console.log(JSON.stringify(await ping(...(rest.map(Number) as [number, number, number]))));
else if (role === 'tcp') console.log(JSON.stringify(await tcp(Number(rest[0]))));

async function echo(): Promise<void> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 20 });
  socket.on('message', (message, { address: from, port: of }) => socket.send(message, of, from));
  socket.bind(port, '0.0.0.0');
  await once(socket, 'listening');
  const server = createServer(stream => stream.on('error', () => undefined).pipe(stream));
  server.listen(socket.address().port, '0.0.0.0');
  await once(server, 'listening');
  console.log(socket.address().port);
}

async function ping(count: number, everyMs: number, bytes: number): Promise<Echoes> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 20 });
  const sentAt = new Map<number, number>();
  const arrivals: { at: number; number: number; roundTrip: number }[] = [];
  socket.on('message', message => {
    const at = performance.now();
    const number = message.readUInt32BE();
    const sent = sentAt.get(number);
    if (sent !== undefined) arrivals.push({ at, number, roundTrip: at - sent });
  });
  for (let number = 0; number < count; number++) {
    const message = Buffer.alloc(bytes);
    message.writeUInt32BE(number);
    sentAt.set(number, performance.now());
    socket.send(message, port, address, () => undefined);
    if (everyMs > 0) await delay(everyMs);
  }
  for (let seen = -1; seen !== arrivals.length && arrivals.length < count;) {
    seen = arrivals.length;
    await delay(lateMs);
  }
  socket.close();
  const spanMs = (arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0);
  return {
    numbers: arrivals.map(({ number }) => number),
    roundTrips: arrivals.map(({ roundTrip }) => roundTrip),
    spanMs,
  };
}

/** Whether a byte goes there and back within `patienceMs`. */
async function tcp(patienceMs: number): Promise<boolean> {
  const stream = connect(port, address);
  stream.write('a');
  const echoed = once(stream, 'data').then(
    () => true,
    () => false,
  );
  const outcome = await Promise.race([echoed, delay(patienceMs, false, { ref: false })]);
  stream.destroy();
  return outcome;
}
