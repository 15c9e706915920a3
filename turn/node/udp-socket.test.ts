import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import type { Socket, SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openUdpSocket } from './udp-socket.ts';

const quiet = {
  receiveBufferBytes: 1024 * 1024,
  sendQueueMaxBytes: 1024 * 1024,
  onDatagram: () => undefined,
  onSlow: () => undefined,
  onError: () => undefined,
};
const local = { address: '127.0.0.1', port: 0 };

/** The sockets that Node makes while the test runs. */
const spyOnSockets = (t: TestContext): Socket[] => {
  const made: Socket[] = [];
  const { createSocket } = dgram;
  t.mock.method(dgram, 'createSocket', (options: SocketOptions) => {
    const socket = createSocket(options);
    made.push(socket);
    return socket;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return made;
};

test('D8: an error of the socket is heard from its creation on, and it lives on', async t => {
  const made = spyOnSockets(t);
  const errors: string[] = [];
  const opening = openUdpSocket({ ...local, ...quiet, onError: error => errors.push(error.message) });
  // Before the bind is through already: an 'error' that nobody hears would end the process.
  made[0]!.emit('error', new Error('early'));
  await opening.then(
    socket => socket.close(),
    () => undefined,
  );
  assert.deepEqual(errors, ['early']);

  const socket = await openUdpSocket({ ...local, ...quiet, onError: error => errors.push(error.message) });
  t.after(() => socket.close());
  for (const message of ['ECONNREFUSED', 'EHOSTUNREACH']) made[1]!.emit('error', new Error(message));
  assert.deepEqual(errors, ['early', 'ECONNREFUSED', 'EHOSTUNREACH']);
  socket.send(Buffer.from('x'), socket.local);
  await once(made[1]!, 'message');
});

test('D8: what the system refuses to send is lost without a word, also in parts, and the next is sent', async t => {
  const errors: Error[] = [];
  const heard: string[] = [];
  let wake = (): void => undefined;
  const socket = await openUdpSocket({
    ...local,
    ...quiet,
    onError: error => errors.push(error),
    onDatagram: bytes => {
      heard.push(bytes.toString());
      wake();
    },
  });
  t.after(() => socket.close());
  const arrival = new Promise<void>(resolve => (wake = resolve));
  socket.send(Buffer.alloc(65_508), socket.local); // EMSGSIZE
  socket.send([Buffer.alloc(4), Buffer.alloc(65_507)], socket.local); // EMSGSIZE
  socket.send(Buffer.from('x'), { address: '255.255.255.255', port: 9, family: 'IPv4' }); // EACCES
  socket.send(Buffer.from('x'), { address: '8.8.8.8', port: 9, family: 'IPv4' }); // EINVAL or ENETUNREACH
  socket.send([Buffer.from('a'), Buffer.from('b')], socket.local);
  await arrival;
  assert.deepEqual([heard, errors], [['ab'], []]);
});

test('a send does not wait for a look-up: it is with the system when it returns', async t => {
  const made = spyOnSockets(t);
  const socket = await openUdpSocket({ ...local, ...quiet });
  t.after(() => socket.close());
  const before = made[0]!.getSendQueueCount();
  socket.send(Buffer.from('x'), socket.local);
  assert.equal(made[0]!.getSendQueueCount(), before);
  const [bytes] = (await once(made[0]!, 'message')) as [Buffer];
  assert.equal(bytes.toString(), 'x');
});

test('what waits for the network is bounded: media up to half of the queue, answers up to all of it, the rest is lost', async t => {
  const made = spyOnSockets(t);
  let lost = 0;
  const heard: string[] = [];
  const socket = await openUdpSocket({
    ...local,
    ...quiet,
    sendQueueMaxBytes: 1000,
    onDatagram: bytes => heard.push(bytes.toString()),
    onSlow: () => lost++,
  });
  t.after(() => socket.close());
  // Loopback takes whatever it is given: test/lab has a network that does not.
  for (const [waiting, lostMedia, lostAnswers] of [
    [0, 0, 0],
    [500, 0, 0],
    [501, 1, 0],
    [1000, 1, 0],
    [1001, 1, 1],
  ] as const) {
    t.mock.method(made[0]!, 'getSendQueueSize', () => waiting);
    lost = 0;
    socket.deliver(Buffer.from('media'), socket.local);
    assert.equal(lost, lostMedia, `media behind ${waiting} bytes`);
    socket.send(Buffer.from('answer'), socket.local);
    assert.equal(lost, lostMedia + lostAnswers, `an answer behind ${waiting} bytes`);
  }
  t.mock.method(made[0]!, 'getSendQueueSize', () => 0);
  socket.send(Buffer.from('last'), socket.local);
  while (heard.at(-1) !== 'last') await once(made[0]!, 'message');
  assert.deepEqual(heard, ['media', 'answer', 'media', 'answer', 'answer', 'answer', 'last']);
});

test('the binding is exclusive: a second socket on the port is refused', async t => {
  const first = await openUdpSocket({ ...local, ...quiet });
  t.after(() => first.close());
  await assert.rejects(openUdpSocket({ ...first.local, ...quiet }), { code: 'EADDRINUSE' });
});

test('a socket that was closed sends nothing and throws nothing, and can be closed again', async () => {
  const socket = await openUdpSocket({ ...local, ...quiet });
  const { address, port, family } = socket.local;
  await Promise.all([socket.close(), socket.close()]);
  socket.send(Buffer.from('x'), { address, port, family });
});
