import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countUdpSockets } from '../testing/process.ts';
import { openEchoPeer } from '../testing/echo-peer.ts';
import { RelaySockets } from './relay-sockets.ts';

const outcomes = () => {
  const seen: string[] = [];
  return {
    seen,
    options: {
      onBound: () => void seen.push('bound'),
      onFailed: (_relay: unknown, errorCode: string | undefined) => void seen.push(errorCode ?? 'failed'),
      onDatagram: () => void seen.push('datagram'),
      onSlow: () => undefined,
      logger: undefined,
    },
  };
};

const relay = { address: '127.0.0.1', port: 0, family: 'IPv4' } as const;

test('D9: closing while a socket is being opened leaves no handle, and tells nobody of it', async () => {
  const before = await countUdpSockets();
  const { seen, options } = outcomes();
  const relays = new RelaySockets(options);
  for (let count = 0; count < 3; count++) relays.open({ ...relay });
  await relays.closeAll();
  relays.open({ ...relay });
  assert.equal(await countUdpSockets(), before);
  assert.deepEqual(seen, []);
});

test('L10: a port that is taken comes back as the code that the system gave', async t => {
  const other = await openEchoPeer('127.0.0.1');
  t.after(() => other.close());
  const { seen, options } = outcomes();
  const failed = new Promise<void>(resolve => {
    const onFailed: typeof options.onFailed = (...given) => {
      options.onFailed(...given);
      resolve();
    };
    new RelaySockets({ ...options, onFailed }).open({ ...other.address });
  });
  await failed;
  assert.deepEqual(seen, ['EADDRINUSE']);
});

test('D8: sending from and closing a relay that is not there does nothing', async () => {
  const relays = new RelaySockets(outcomes().options);
  relays.send(relay, Buffer.from('x'), { ...relay, port: 9 });
  await relays.close(relay);
  await relays.closeAll();
});
