import { expect } from '@open-wc/testing';
import type { Signal } from '../../protocol/events.ts';
import { Mesh } from './mesh.ts';

/** Two meshes in one page, joined by a wire that carries signals as JSON. */
class Pair {
  readonly connections: RTCPeerConnection[] = [];
  readonly errors: unknown[] = [];
  readonly meshes: Record<string, Mesh> = {};
  readonly cleanUp: (() => void)[] = [];
  cut = false;

  constructor() {
    for (const [self, other] of [
      ['ada', 'bo'],
      ['bo', 'ada'],
    ] as const) {
      this.meshes[self] = new Mesh({
        selfId: self,
        iceServers: [],
        iceTransportPolicy: 'all',
        tracks: this.tracks(),
        createConnection: configuration => {
          const connection = new RTCPeerConnection(configuration);
          this.connections.push(connection);
          return connection;
        },
        send: async (_to, signal) => {
          if (this.cut) return false;
          const copy = JSON.parse(JSON.stringify(signal)) as Signal;
          await Promise.resolve();
          void this.meshes[other]!.receive(self, copy);
          return true;
        },
        freshIceServers: () => Promise.resolve([]),
        onChange: () => undefined,
        onStalled: () => undefined,
        onError: error => this.errors.push(error),
      });
    }
  }

  get ada(): Mesh {
    return this.meshes.ada!;
  }
  get bo(): Mesh {
    return this.meshes.bo!;
  }
  get live(): RTCPeerConnection[] {
    return this.connections.filter(({ connectionState }) => connectionState !== 'closed');
  }

  /** A tone and a moving picture. */
  tracks(): { audio: MediaStreamTrack; video: MediaStreamTrack } {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const sink = context.createMediaStreamDestination();
    tone.connect(sink);
    tone.start();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 32;
    const painter = canvas.getContext('2d')!;
    let hue = 0;
    const timer = setInterval(() => {
      painter.fillStyle = `hsl(${(hue += 20)} 90% 50%)`;
      painter.fillRect(0, 0, 32, 32);
    }, 50);
    const [video] = canvas.captureStream(20).getVideoTracks();
    const [audio] = sink.stream.getAudioTracks();
    this.cleanUp.push(() => {
      clearInterval(timer);
      video!.stop();
      audio!.stop();
      void context.close();
    });
    return { audio: audio!, video: video! };
  }

  close(): void {
    for (const mesh of Object.values(this.meshes)) mesh.close();
    for (const step of this.cleanUp.splice(0)) step();
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function received(connection: RTCPeerConnection): Promise<{ audio: number; video: number }> {
  const counts = { audio: 0, video: 0 };
  for (const report of (await connection.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (report.type !== 'inbound-rtp') continue;
    if (report.kind === 'audio') counts.audio += report.packetsReceived ?? 0;
    if (report.kind === 'video') counts.video += report.framesDecoded ?? 0;
  }
  return counts;
}

async function packetsOf(receiver: RTCRtpReceiver): Promise<number> {
  const stats = [...((await receiver.getStats()).values() as Iterable<RTCInboundRtpStreamStats>)];
  return stats.find(({ type }) => type === 'inbound-rtp')?.packetsReceived ?? 0;
}

/** Both sides receive more of both kinds than they have now. */
async function mediaFlows(pair: Pair): Promise<void> {
  for (const connection of pair.live) {
    const before = await received(connection);
    await until('audio and video grow', async () => {
      const now = await received(connection);
      return now.audio > before.audio && now.video > before.video;
    });
  }
}

const connected = (pair: Pair) =>
  until('both are connected', () =>
    [pair.ada.connectionOf('bo'), pair.bo.connectionOf('ada')].every(state => state === 'connected'),
  );

describe('a mesh', () => {
  let pair: Pair;
  beforeEach(() => (pair = new Pair()));
  afterEach(() => pair.close());

  it('carries sound and picture both ways on one connection each', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    await mediaFlows(pair);
    expect(pair.live).to.have.length(2);
    expect(pair.errors).to.deep.equal([]);
  });

  it('connects when both offer first at the same moment', async () => {
    pair.ada.offer('bo');
    pair.bo.offer('ada');
    await connected(pair);
    await mediaFlows(pair);
    expect(pair.live).to.have.length(2);
    for (const connection of pair.live) expect(connection.getTransceivers()).to.have.length(4);
  });

  it('goes on after both renegotiate at once, 50 times in a row', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    for (let round = 0; round < 50; round++) {
      const [a, b] = pair.live as [RTCPeerConnection, RTCPeerConnection];
      const fragments = () => pair.live.map(({ currentLocalDescription }) => currentLocalDescription?.sdp);
      const before = fragments();
      a.restartIce();
      b.restartIce();
      await until(`round ${round} is over`, () =>
        [a, b].every(
          (connection, side) =>
            connection.signalingState === 'stable' && connection.currentLocalDescription?.sdp !== before[side],
        ),
      );
    }
    await connected(pair);
    await mediaFlows(pair);
    expect(pair.live).to.have.length(2);
    expect(pair.errors).to.deep.equal([]);
  }).timeout(60_000);

  it('is stable within 2 s of the last of 1,000 renegotiations at random, and media flows', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    const [a, b] = pair.live as [RTCPeerConnection, RTCPeerConnection];
    for (let count = 0; count < 1_000; count++) {
      const chance = Math.random();
      if (chance < 0.6) a.restartIce();
      if (chance > 0.4) b.restartIce();
      await new Promise(resolve => setTimeout(resolve, Math.random() * 12));
    }
    await until('both are stable', () => pair.live.every(({ signalingState }) => signalingState === 'stable'), 2_000);
    expect(pair.live).to.have.members([a, b]);
    await connected(pair);
    await mediaFlows(pair);
    expect(pair.errors).to.deep.equal([]);
  }).timeout(90_000);

  it('sends what starts later without a new negotiation', async () => {
    const { audio, video } = pair.ada.tracks;
    await pair.ada.setTracks({});
    pair.ada.offer('bo');
    await connected(pair);
    const descriptions = pair.live.map(({ currentLocalDescription }) => currentLocalDescription?.sdp);
    await pair.ada.setTracks({ audio: audio!, video: video! });
    await mediaFlows(pair);
    expect(pair.live.map(({ currentLocalDescription }) => currentLocalDescription?.sdp)).to.deep.equal(descriptions);
  });

  it('carries a screen and its sound beside camera and microphone, each told apart, without a new negotiation', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    const descriptions = pair.live.map(({ currentLocalDescription }) => currentLocalDescription?.sdp);
    const camera = pair.ada.tracks;
    const screen = pair.tracks();
    await pair.ada.setTracks({ ...camera, screen: screen.video, screenAudio: screen.audio });
    const [, bo] = pair.live as [RTCPeerConnection, RTCPeerConnection];
    const flows = bo.getTransceivers().map(({ receiver }) => receiver);
    await until('four tracks flow', async () => {
      const counts = await Promise.all(flows.map(packetsOf));
      return counts.length === 4 && counts.every(count => count > 5);
    });
    const media = pair.bo.mediaOf('ada')!;
    expect(
      (['audio', 'video', 'screen', 'screenAudio'] as const).map(kind => media[kind]?.getTracks()[0]),
    ).to.deep.equal(flows.map(({ track }) => track));
    expect(pair.live.map(({ currentLocalDescription }) => currentLocalDescription?.sdp)).to.deep.equal(descriptions);
  });

  it('starts over when the other side has lost the connection', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    pair.bo.delete('ada');
    pair.ada.offer('bo');
    await connected(pair);
    await mediaFlows(pair);
    expect(pair.live).to.have.length(2);
  });

  it('offers again when an offer did not arrive', async () => {
    pair.cut = true;
    pair.ada.offer('bo');
    await new Promise(resolve => setTimeout(resolve, 200));
    pair.cut = false;
    await connected(pair);
    expect(pair.live).to.have.length(2);
  });

  it('ignores late, repeated and foreign signals', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    const candidate = {
      candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: 'old',
    };
    await pair.bo.receive('ada', { connectionId: 'somewhere-else', candidates: [candidate] });
    await pair.bo.receive('ada', {
      connectionId: 'somewhere-else',
      generation: 1,
      description: { type: 'answer', sdp: 'v=0\r\n' },
    });
    await pair.bo.receive('mallory', { connectionId: 'somewhere-else', candidates: [null] });
    await mediaFlows(pair);
    expect(pair.errors).to.deep.equal([]);
    expect(pair.bo.ids).to.deep.equal(['ada']);
  });

  it('leaves no open connection behind', async () => {
    pair.ada.offer('bo');
    await connected(pair);
    pair.close();
    expect(pair.live).to.deep.equal([]);
  });
});
