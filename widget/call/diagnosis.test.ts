import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { IceServer } from '../../protocol/events.ts';
import { Refused } from '../session/refused.ts';
import { diagnose, diagnoseCall } from './diagnosis.ts';
import type { Check, DiagnosisOptions } from './diagnosis.ts';
import { FakeClock, settled } from './testing/fake-clock.ts';
import { FakeConnection } from './testing/fake-connection.ts';
import { FakeMachine } from './testing/fake-machine.ts';

/** What the network says to one address: candidates in order, and an error before the end of them. */
interface Answer {
  candidates?: string[];
  errorCode?: number;
  /** Nothing ever comes, not even the end. */
  silent?: boolean;
}

const relayed = 'candidate:1 1 udp 1 203.0.113.1 50000 typ relay raddr 0.0.0.0 rport 0';
const reflexive = 'candidate:1 1 udp 1 203.0.113.2 50000 typ srflx raddr 0.0.0.0 rport 0';
const local = 'candidate:1 1 udp 1 192.168.1.2 50000 typ host';

/** Gathers what the answer for its address says, as soon as it is offered. */
class Gathering extends FakeConnection {
  readonly #answer: Answer;

  constructor(configuration: RTCConfiguration, answer: Answer) {
    super(configuration);
    this.#answer = answer;
  }
  override async setLocalDescription(): Promise<void> {
    await super.setLocalDescription();
    const { candidates = [], errorCode, silent } = this.#answer;
    if (silent) return;
    const gathered = (candidate: object | null) => Object.assign(new Event('icecandidate'), { candidate });
    for (const candidate of candidates) this.dispatchEvent(gathered({ candidate }));
    if (errorCode !== undefined) this.dispatchEvent(Object.assign(new Event('icecandidateerror'), { errorCode }));
    this.dispatchEvent(gathered(null));
  }
}

describe('a diagnosis', () => {
  afterEach(() => {
    assert.equal(FakeConnection.open, 0, 'every connection is closed');
  });

  const stun = 'stun:relay.test:3478';
  const turn = 'turn:relay.test:3478';
  const servers: IceServer[] = [{ urls: [stun] }, { urls: [turn], username: 'u', credential: 'c' }];

  function begin(answers: Record<string, Answer>, more: Partial<DiagnosisOptions> = {}) {
    const machine = new FakeMachine();
    const clock = new FakeClock();
    const made: Gathering[] = [];
    const checks = diagnose({
      iceServers: () => Promise.resolve(servers),
      createConnection: configuration => {
        const [url] = configuration.iceServers?.[0]?.urls ?? [];
        made.push(new Gathering(configuration, answers[url ?? ''] ?? {}));
        return made.at(-1) as unknown as RTCPeerConnection;
      },
      getUserMedia: machine.getUserMedia,
      running: { microphone: false, camera: false },
      clock,
      ...more,
    });
    return { checks, machine, clock, made };
  }
  const told = (checks: Check[]) => checks.map(({ name, result, reason }) => [name, result, reason]);
  const works = { [stun]: { candidates: [local, reflexive] }, [turn]: { candidates: [relayed] } };
  const of = (checks: Check[], name: Check['name']) => checks.find(one => one.name === name);

  it('of all that works says so once for each, and lets go of the devices', async () => {
    const { checks, machine } = begin(works);
    assert.deepEqual(told(await checks), [
      ['signalling', 'ok', ''],
      ['stun', 'ok', ''],
      ['relay', 'ok', ''],
      ['camera', 'ok', ''],
      ['microphone', 'ok', ''],
    ]);
    assert.equal(machine.tracks.length, 2);
    assert.deepEqual(machine.live, []);
  });

  it('tries each address alone, a relay by nothing but a relay, with the credentials of its server', async () => {
    const { checks, made } = begin(works);
    const urls = (await checks).map(({ url }) => url).filter(Boolean);
    assert.deepEqual(urls, [stun, turn]);
    assert.deepEqual(
      made.map(({ configuration: { iceServers, iceTransportPolicy } }) => [iceServers, iceTransportPolicy]),
      [
        [[{ urls: [stun] }], 'all'],
        [[{ urls: [turn], username: 'u', credential: 'c' }], 'relay'],
      ],
    );
  });

  it('of a relay that gives anything but a relayed address says that it failed', async () => {
    const { checks } = begin({ ...works, [turn]: { candidates: [local, reflexive] } });
    assert.equal(of(await checks, 'relay')?.result, 'failed');
  });

  for (const [errorCode, reason] of [
    [401, /refused our credentials/],
    [438, /refused our credentials/],
    [486, /no room left/],
    [701, /No answer came/],
  ] as const) {
    it(`of a relay that answers ${errorCode} says why in a sentence`, async () => {
      const { checks } = begin({ ...works, [turn]: { errorCode } });
      const relay = of(await checks, 'relay');
      assert.equal(relay?.result, 'failed');
      assert.match(relay.reason, reason);
    });
  }

  it('of a STUN server that repeats our own address says that it works, and of one that does not answer that it failed', async () => {
    assert.equal(of(await begin({ ...works, [stun]: { candidates: [local] } }).checks, 'stun')?.result, 'ok');
    const mute = begin({ ...works, [stun]: { candidates: [local], errorCode: 701 } });
    assert.equal(of(await mute.checks, 'stun')?.result, 'failed');
  });

  it('gives up an address of which nothing is ever heard after 10 s, and closes its connection', async () => {
    const { checks, clock } = begin({ ...works, [turn]: { silent: true } });
    await settled();
    await clock.pass(9_999);
    assert.equal(FakeConnection.open, 1);
    await clock.pass(1);
    const relay = of(await checks, 'relay');
    assert.deepEqual([relay?.result, relay?.reason, relay?.ms], ['failed', 'No result within 10 seconds.', 10_000]);
  });

  it('without a server says why, skips the relays and still tries the devices', async () => {
    const { checks } = begin({}, { iceServers: () => Promise.reject(new Refused('origin-not-allowed')) });
    assert.deepEqual(
      (await checks).map(({ name, result }) => [name, result]),
      [
        ['signalling', 'failed'],
        ['relay', 'skipped'],
        ['camera', 'ok'],
        ['microphone', 'ok'],
      ],
    );
    assert.equal(of(await checks, 'signalling')?.reason, 'The server does not serve this site.');
  });

  it('of a server that hands out no relay says that there is none to try', async () => {
    const { checks } = begin(works, { iceServers: () => Promise.resolve([{ urls: [stun] }]) });
    assert.deepEqual(
      [of(await checks, 'relay')?.result, of(await checks, 'relay')?.reason],
      ['skipped', 'The server hands out no relay.'],
    );
  });

  for (const [name, reason] of [
    ['NotAllowedError', /does not allow/],
    ['NotFoundError', /There is none/],
    ['NotReadableError', /Another app/],
  ] as const) {
    it(`of a camera that gives ${name} says why, and tries the microphone after it`, async () => {
      const machine = new FakeMachine();
      machine.refuse.set('video', name);
      const checks = await begin(works, { getUserMedia: machine.getUserMedia }).checks;
      assert.match(of(checks, 'camera')?.reason ?? '', reason);
      assert.equal(of(checks, 'microphone')?.result, 'ok');
    });
  }

  it('of a device that starts and gives nothing says so', async () => {
    const machine = new FakeMachine();
    const { checks } = begin(works, {
      getUserMedia: async constraints => {
        const stream = await machine.getUserMedia(constraints);
        machine.live.forEach(track => (track.muted = true));
        return stream;
      },
    });
    assert.equal(of(await checks, 'microphone')?.result, 'failed');
    assert.match(of(await checks, 'microphone')?.reason ?? '', /nothing comes from it/);
    assert.deepEqual(machine.live, []);
  });

  it('leaves alone what runs in a call', async () => {
    const { checks, machine } = begin(works, { running: { microphone: true, camera: true } });
    assert.equal(of(await checks, 'camera')?.result, 'ok');
    assert.deepEqual(machine.asked, []);
  });

  it('in a call asks the server over the connection that there is', async () => {
    const machine = new FakeMachine();
    let asked = 0;
    const checks = await diagnoseCall({
      environment: {
        clock: new FakeClock(),
        getUserMedia: machine.getUserMedia,
        createConnection: (configuration: RTCConfiguration) => new Gathering(configuration, works[turn]),
        connect: () => assert.fail('no connection is opened'),
      } as never,
      local: { microphone: 'on', camera: 'on' },
      session: { iceServers: () => Promise.resolve((asked++, servers.slice(1))) },
      serverUrl: undefined,
    });
    assert.equal(asked, 1);
    assert.deepEqual(told(checks).slice(0, 2), [
      ['signalling', 'ok', ''],
      ['relay', 'ok', ''],
    ]);
  });
});
