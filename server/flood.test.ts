import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { EngineSocket } from './connection.ts';
import { serverLimits } from './limits.ts';
import { openRaw } from './testing/raw.ts';
import { ask, codeOf, join, joinRequest, newSecret, noLimits, startRig } from './testing/rig.ts';
import type { Client } from './testing/rig.ts';

describe('a flood', () => {
  const floods: Record<string, (client: Client) => void> = {
    'of requests': client => client.emit('sync', {}, () => undefined),
    'of requests without acknowledgement': client =>
      (client.emit as (event: string, payload: object) => void)('sync', {}),
    'of unknown events': client => (client.emit as (event: string) => void)('nonsense'),
    'of bytes': client => (client.emit as (event: string, payload: string) => void)('sync', 'x'.repeat(60_000)),
  };
  for (const [what, send] of Object.entries(floods)) {
    it(`${what} ends in a disconnect`, async t => {
      const rig = await startRig(t);
      const client = await rig.connect();
      const gone = new Promise(resolve => client.once('disconnect', resolve));
      for (let count = 0; count < 200; count++) send(client);
      await gone;
    });
  }

  it('of small packets that are no requests ends in a disconnect', async t => {
    const rig = await startRig(t);
    const socket = await openRaw(rig);
    const closed = new Promise(resolve => socket.once('close', resolve));
    for (let count = 0; count < 5_000; count++) socket.send('3');
    await closed;
  });
});

describe('offers that make another build a connection', () => {
  const offer = (connectionId: string, more: object = {}) => ({
    connectionId,
    generation: 1,
    description: { type: 'offer', sdp: 'v=0\r\n' },
    ...more,
  });
  const numbered = (count: number) => `connection-${count}`;

  it('are eight at once to each, then one in two seconds, over whatever sockets they come', async t => {
    const rig = await startRig(t);
    const [ada, bo, eve] = [await rig.connect(), await rig.connect(), await rig.connect()];
    const [{ self: to }, { self: other }] = [await join(ada), await join(bo)];
    const secret = newSecret();
    await join(eve, { secret });
    const say = async (client: Client, signal: object, id = to) =>
      codeOf(await ask(client, 'signal', { to: id, signal }));
    for (let count = 1; count <= 8; count++) assert.equal(await say(eve, offer(numbered(count))), 'ok', `${count}`);
    assert.equal(await say(eve, offer(numbered(9))), 'rate-limited');
    assert.equal(await say(eve, offer(numbered(9), { remoteConnectionId: 'of-ada-0001' })), 'rate-limited');
    // What no connection is built for.
    assert.equal(await say(eve, offer(numbered(8))), 'ok');
    assert.equal(await say(eve, offer(numbered(8), { remoteConnectionId: 'of-ada-0001', generation: 2 })), 'ok');
    assert.equal(await say(eve, { connectionId: numbered(9), candidates: [null] }), 'ok');
    assert.equal(await say(eve, offer(numbered(9)), other), 'ok');

    const again = await rig.connect();
    const spare = { connectionId: numbered(10), generation: 1, sdp: 'v=0\r\n' };
    assert.equal((await join(again, { secret, offer: spare })).offeredTo, other);
    assert.equal(await say(again, offer(numbered(11))), 'rate-limited');
    rig.advance(1_999);
    assert.equal(await say(again, offer(numbered(11))), 'rate-limited');
    rig.advance(1);
    assert.equal(await say(again, offer(numbered(11))), 'ok');
    assert.equal(await say(again, offer(numbered(12))), 'rate-limited');
  });

  it('are never too many from who comes into a full room, and loads the page again and again', async t => {
    const rig = await startRig(t);
    const others: string[] = [];
    for (let count = 1; count < 8; count++) others.push((await join(await rig.connect())).self);
    const secret = newSecret();
    for (let load = 1; load <= 8; load++) {
      const client = await rig.connect();
      const spare = { connectionId: `spare-of-load-${load}`, generation: 1, sdp: 'v=0\r\n' };
      const { offeredTo } = await join(client, { secret, offer: spare });
      assert.equal(offeredTo, others[0]);
      const signals = others.slice(1).map((to, index) => ({ to, signal: offer(`load-${load}-to-${index}`) }));
      const answers = await Promise.all(signals.map(signal => ask(client, 'signal', signal)));
      assert.deepEqual(new Set(answers.map(codeOf)), new Set(['ok']), `load ${load}`);
      client.emit('leaving');
    }
  });
});

describe('a client that does not read', () => {
  it('is cut off, and its backlog is freed', async t => {
    const rig = await startRig(t, {}, { limits: noLimits });
    const sender = await rig.connect();
    const slow = await openRaw(rig);
    await join(sender);
    const joined = new Promise<string>(resolve => slow.once('message', (bytes: Buffer) => resolve(bytes.toString())));
    slow.send(`420["join",${JSON.stringify(joinRequest({ secret: newSecret() }))}]`);
    const [{ self: to }] = JSON.parse((await joined).slice('430'.length)) as [{ self: string }];
    slow.pause();
    const signal = {
      connectionId: 'connection-1',
      generation: 1,
      description: { type: 'offer', sdp: `v=0\r\n${'x'.repeat(30_000)}` },
    };
    let codes = 'ok';
    for (let count = 0; codes === 'ok'; count++) {
      assert.ok(count < 2_000, 'still served');
      codes = codeOf(await ask(sender, 'signal', { to, signal }));
      if (count % 100 === 99) {
        rig.advance(1_000);
        await setImmediate();
      }
    }
    assert.equal(codes, 'participant-unknown');
    assert.ok(rig.logLines.some(line => line.includes('does not read')));
    slow.terminate();
  });

  it('is cut off by bytes long before by packets, when those are large', () => {
    const [tcp, packets] = [
      { writableLength: 0, destroyed: false },
      Array.from({ length: 32 }, () => 'x'.repeat(32_000)),
    ];
    const engineSocket = {
      id: 'a',
      request: null,
      writeBuffer: packets.map(data => ({ data })),
      transport: { socket: new EventEmitter() },
      on: () => undefined,
    };
    const request = { socket: { ...tcp, once: () => undefined, destroy: () => (tcp.destroyed = true) } };
    const connection = new Connection(
      engineSocket as unknown as EngineSocket,
      request as unknown as IncomingMessage,
      { address: '192.0.2.1', host: undefined },
      { limits: serverLimits, now: () => 0 },
    );
    assert.equal(connection.sweep(0), undefined);
    engineSocket.writeBuffer.push({ data: 'x'.repeat(32_000) });
    assert.equal(connection.sweep(0), 'slow');
    assert.equal(tcp.destroyed, true);
  });
});
