import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { MemoryRoomStore } from './room-store.ts';
import { ask, codeOf, join, joinRequest, listen, settle, startRig } from './testing/rig.ts';
import type { Client } from './testing/rig.ts';

const broken = 'the store is broken';

/** Fails at once, as no interface promises. */
class ThrowingStore extends MemoryRoomStore {
  override update(): never {
    throw new Error(broken);
  }
}

class RejectingStore extends MemoryRoomStore {
  override update(): ReturnType<MemoryRoomStore['update']> {
    return Promise.reject(new Error(broken));
  }
  override hold(): ReturnType<MemoryRoomStore['hold']> {
    return Promise.reject(new Error(broken));
  }
}

/** Answers what JSON cannot hold. */
class UnspeakableStore extends MemoryRoomStore {
  override async update(...args: Parameters<MemoryRoomStore['update']>): ReturnType<MemoryRoomStore['update']> {
    const answer = await super.update(...args);
    return { ...answer, version: { generation: 'g', version: 1n as unknown as number } };
  }
}

const emit = (client: Client, ...event: unknown[]) => (client.emit as (...event: unknown[]) => void)(...event);

async function startWith(t: TestContext, store: MemoryRoomStore) {
  const failures: string[] = [];
  const rig = await startRig(t, {}, { store, failed: kind => failures.push(kind) });
  const client = await rig.connect();
  await join(client);
  const errors = () => rig.logLines.filter(line => (JSON.parse(line) as { level: number }).level >= 50);
  return { rig, client, errors, failures };
}

describe('a handler that fails', () => {
  for (const store of [new ThrowingStore(), new RejectingStore()]) {
    it(`costs one request, one log line and one count (${store.constructor.name})`, async t => {
      const { client, errors, failures } = await startWith(t, store);
      assert.equal(codeOf(await ask(client, 'update', { camera: false })), 'internal');
      assert.equal(errors().length, 1);
      assert.deepEqual(failures, ['request']);
      assert.equal(codeOf(await ask(client, 'sync', {})), 'ok');
    });
  }

  it('by an answer that cannot be sent costs one request, one log line and one count', async t => {
    const { client, errors, failures } = await startWith(t, new UnspeakableStore());
    assert.equal(codeOf(await ask(client, 'update', { camera: false })), 'internal');
    assert.equal(errors().length, 1);
    assert.deepEqual(failures, ['answer']);
    assert.equal(codeOf(await ask(client, 'sync', {})), 'ok');
  });

  it('fails in silence when nobody waits for an answer', async t => {
    const { client, errors } = await startWith(t, new RejectingStore());
    emit(client, 'update', { camera: false });
    await settle(client);
    assert.equal(errors().length, 1);
  });

  it('does not harm the process when the connection is gone', async t => {
    const { rig, client, errors } = await startWith(t, new RejectingStore());
    client.disconnect();
    const other = await rig.connect();
    while (errors().length === 0) await settle(other);
    assert.equal(codeOf(await ask(other, 'join', joinRequest())), 'ok');
  });
});

describe('requests', () => {
  it('of one client are handled in order, whether or not it waits for answers', async t => {
    const rig = await startRig(t);
    const [ada, bo] = [await rig.connect(), await rig.connect()];
    await join(ada);
    const heard = listen(ada);
    emit(bo, 'join', joinRequest({ displayName: 'Bo' }));
    emit(bo, 'update', { handRaised: true });
    emit(bo, 'leave', {});
    emit(bo, 'join', joinRequest({ displayName: 'Bo' }));
    await settle(bo);
    await settle(ada);
    assert.deepEqual(
      heard.map(({ name }) => name),
      ['participant-joined', 'participant-updated', 'participant-left', 'participant-joined'],
    );
    const versions = heard.map(({ message }) => message.version);
    assert.deepEqual(versions, [2, 3, 4, 5]);
  });

  it('are counted by kind: too many of one leave room for another', async t => {
    const rig = await startRig(t);
    const client = await rig.connect();
    const codes = [];
    for (let count = 0; count < 6; count++) codes.push(codeOf(await ask(client, 'join', joinRequest())));
    assert.deepEqual(codes, ['ok', 'ok', 'ok', 'ok', 'ok', 'rate-limited']);
    assert.equal(codeOf(await ask(client, 'sync', {})), 'ok');
    rig.advance(2_000);
    assert.equal(codeOf(await ask(client, 'join', joinRequest())), 'ok');
  });

  it('of more bytes than agreed are refused for a while', async t => {
    const rig = await startRig(t);
    const client = await rig.connect();
    const codes = [];
    for (let count = 0; count < 10; count++) codes.push(codeOf(await ask(client, 'signal', 'x'.repeat(60_000))));
    assert.deepEqual(new Set(codes), new Set(['payload-invalid', 'rate-limited']));
    rig.advance(1_000);
    assert.equal(codeOf(await ask(client, 'join', joinRequest())), 'ok');
  });
});
