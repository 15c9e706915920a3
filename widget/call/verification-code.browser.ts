// The code on both screens of a real connection, with and without somebody in between.
import { expect } from '@open-wc/testing';
import type { Signal } from '../../protocol/events.ts';
import { Mesh } from './mesh.ts';
import { verificationCodeOf } from './verification-code.ts';

type Name = 'ada' | 'bo';
type Wire = (from: Name, signal: Signal) => Signal;

const meshes: Mesh[] = [];

/** Two meshes joined by a wire that may change what it carries. */
function pairOf(wire: Wire = (_from, signal) => signal): Record<Name, Mesh> {
  const pair = {} as Record<Name, Mesh>;
  for (const [self, other] of [
    ['ada', 'bo'],
    ['bo', 'ada'],
  ] as const) {
    pair[self] = new Mesh({
      selfId: self,
      iceServers: [],
      iceTransportPolicy: 'all',
      tracks: {},
      createConnection: configuration => new RTCPeerConnection(configuration),
      send: async (_to, signal) => {
        const carried = wire(self, JSON.parse(JSON.stringify(signal)) as Signal);
        await Promise.resolve();
        void pair[other].receive(self, carried);
        return true;
      },
      freshIceServers: () => Promise.resolve([]),
      onChange: () => undefined,
      onStalled: () => undefined,
      onError: () => undefined,
    });
    meshes.push(pair[self]);
  }
  return pair;
}

async function until(what: string, holds: () => boolean, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** The code as `self` sees it, once connected. */
async function codeOf(mesh: Mesh, of: Name): Promise<string | undefined> {
  await until('it is connected', () => mesh.connected.has(of));
  return verificationCodeOf(mesh.connected.get(of)!);
}

const swapFingerprint: Wire = (_from, signal) => {
  if (!('description' in signal)) return signal;
  const { type, sdp } = signal.description;
  const swapped = sdp.replace(/^(a=fingerprint:sha-256 )([0-9A-F]{2})/gim, (_whole, name: string, byte: string) => {
    return `${name}${byte === '00' ? 'FF' : '00'}`;
  });
  return { ...signal, description: { type, sdp: swapped } };
};

describe('the verification code of a connection', () => {
  afterEach(() => meshes.splice(0).forEach(mesh => mesh.close()));

  it('is the same thirty digits on both screens', async () => {
    const { ada, bo } = pairOf();
    ada.offer('bo');
    const codes = await Promise.all([codeOf(ada, 'bo'), codeOf(bo, 'ada')]);
    expect(codes[0]).to.match(/^\d{30}$/);
    expect(codes[1]).to.equal(codes[0]);
  });

  it('is not the same when somebody sits in between, with a connection of their own to each', async () => {
    // Mallory answers Ada as Bo, and calls Bo as Ada: all that signalling could do.
    const toAda = pairOf();
    const toBo = pairOf();
    toAda.ada.offer('bo');
    toBo.ada.offer('bo');
    const [adas, bos] = await Promise.all([codeOf(toAda.ada, 'bo'), codeOf(toBo.bo, 'ada')]);
    expect(adas).to.match(/^\d{30}$/);
    expect(bos).to.match(/^\d{30}$/);
    expect(bos).not.to.equal(adas);
  });

  it('does not come to be when signalling only swaps fingerprints: the browsers refuse each other', async () => {
    const { ada, bo } = pairOf(swapFingerprint);
    ada.offer('bo');
    await new Promise(resolve => setTimeout(resolve, 3_000));
    expect([...ada.connected.keys(), ...bo.connected.keys()]).to.deep.equal([]);
  });
});
