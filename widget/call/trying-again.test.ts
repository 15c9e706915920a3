// Who a visitor is to the server from one try to the next, and under which name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SignalingSocket } from '../session/connect.ts';
import type { ResumeSecret } from '../session/resume-secret.ts';
import { FakeSocket } from '../session/testing/fake-socket.ts';
import { Call } from './call.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));

function makeCall(change: { displayName?: string; secret?: ResumeSecret | undefined } = {}) {
  const sockets: FakeSocket[] = [];
  const call = new Call({
    serverUrl: 'http://server.invalid/',
    room: 'support',
    displayName: 'Ada',
    microphone: false,
    camera: false,
    ...change,
    environment: {
      connect: () => {
        const socket = new FakeSocket();
        socket.answers.set('join', { ok: false, error: { code: 'room-full', capacity: 2 } });
        sockets.push(socket);
        return socket as unknown as SignalingSocket;
      },
      greet: () => Promise.resolve(undefined),
      unusable: () => undefined,
      getUserMedia: () => assert.fail('no device is wanted'),
      createConnection: () => assert.fail('there is nobody to connect to'),
    },
  });
  const join = async (): Promise<Record<string, string>> => {
    const joining = call.join();
    sockets.at(-1)?.fire('connect');
    await joining;
    await settled();
    return sockets.at(-1)?.requests.find(({ event }) => event === 'join')?.payload as Record<string, string>;
  };
  return { call, join };
}

describe('a call that is tried again', () => {
  it('shows the same secret, so that its own seat does not lock it out', async () => {
    const { call, join } = makeCall();
    const { secret } = await join();
    assert.equal((await join()).secret, secret);
    assert.equal((await makeCall({ secret: call.secret }).join()).secret, secret);
    assert.notEqual((await makeCall().join()).secret, secret);
  });

  it('takes the secret from storage again when its page went away', async () => {
    const { call, join } = makeCall();
    await join();
    call.leaving();
    assert.equal(call.secret, undefined);
  });
});

describe('a display name', () => {
  it('fits also when it grows by being normalized', async () => {
    const { join } = makeCall({ displayName: '\u0958'.repeat(64) });
    const { displayName } = await join();
    assert.equal(Array.from(displayName!.normalize('NFC')).length, 64);
  });
});
