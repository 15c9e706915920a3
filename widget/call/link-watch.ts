// Looks at every connection of a call every other second: how good it is, what its picture may cost, which certificates
// its two ends use. The deciding is done in pure files; here are the clock and the browser. Never touches the microphone.
import { adapt, captureOf, encodingOf, insist, screenEncodingOf, startLink } from './adaptation.ts';
import type { Encoding, LinkState } from './adaptation.ts';
import { statsOf } from './call-stats.ts';
import type { CallStats } from './call-stats.ts';
import type { Learned, Participant } from './call-state.ts';
import type { Clock } from './clock.ts';
import { healthOf } from './link-health.ts';
import { sampleOf } from './link-sample.ts';
import type { LinkSample } from './link-sample.ts';
import { trackKinds } from './peer.ts';
import type { LocalTracks } from './peer.ts';
import { ownQuality, qualityOf, settle, unknownQuality } from './quality.ts';
import type { QualityState } from './quality.ts';
import { verificationCodeOf } from './verification-code.ts';

export interface LinkWatchOptions {
  /** By participant: the connections that are connected. */
  connections: () => ReadonlyMap<string, RTCPeerConnection>;
  /** The others, as the page sees them. */
  participants: () => readonly Participant[];
  tracks: () => LocalTracks;
  clock: Clock;
  signal: AbortSignal;
  onLearned: (id: string | undefined, about: Learned) => void;
  /** Everyone to whom the picture is paused, whenever that is another list than before. */
  onPaused: (ids: string[]) => void;
}

/** Often enough to act within 4 s, rarely enough to cost nothing. */
const intervalMs = 2_000;
/** Rates over less than this would jump. */
const minRateMs = 500;

interface Watched {
  connection: RTCPeerConnection;
  samples: LinkSample[];
  state: LinkState;
  quality: QualityState;
  path?: LinkSample['path'];
  freezes: number;
  frozen: boolean;
  applied: Map<number, string>;
}

export class LinkWatch {
  readonly #options: LinkWatchOptions;
  readonly #links = new Map<string, Watched>();
  #paused: string[] = [];
  #ownQuality: Participant['quality'] = 'unknown';
  #capture = '';
  #looking = false;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
    options.clock.every(intervalMs, () => void this.#look(), options.signal);
    for (const id of options.connections().keys()) this.onConnected(id);
  }

  /** A connection has come to be, or come back. */
  onConnected(id: string): void {
    const connection = this.#options.connections().get(id);
    if (!connection) return;
    // While it was away nothing was known of it, so everything is told anew.
    const link = this.#watch(id, connection);
    link.quality = unknownQuality;
    link.path = undefined;
    void this.#sample(connection).then(
      sample => this.#learnPath(id, link, sample),
      () => undefined,
    );
    void verificationCodeOf(connection).then(verificationCode => {
      if (this.#isCurrent(id, connection) && verificationCode) this.#options.onLearned(id, { verificationCode });
    });
  }

  /** Sends a picture to everyone again, weak network or not. */
  insist(): void {
    const now = this.#options.clock.now();
    for (const link of this.#links.values()) link.state = insist(link.state, now);
    void this.#settleAll();
  }

  async stats(): Promise<CallStats> {
    const { connections, participants } = this.#options;
    const all = [...connections()].map(async ([id, connection]) => {
      const link = this.#watch(id, connection);
      const now = await this.#sample(connection);
      const before = link.samples.findLast(({ at }) => now.at - at >= minRateMs) ?? link.samples[0];
      const { quality = 'unknown' } = participants().find(one => one.id === id) ?? {};
      return statsOf({ id, quality }, before, now, link.freezes);
    });
    return { participants: await Promise.all(all) };
  }

  #watch(id: string, connection: RTCPeerConnection): Watched {
    const known = this.#links.get(id);
    if (known?.connection === connection) return known;
    const { clock, participants } = this.#options;
    // What is known of the way to them outlives the connection; what it was told does not.
    const state = known?.state ?? startLink(participants().length, clock.now());
    const fresh = { samples: [], quality: unknownQuality, freezes: 0, frozen: false, applied: new Map() };
    const link: Watched = { ...fresh, connection, state };
    this.#links.set(id, link);
    void setEncoding(connection.getTransceivers()[0], { priority: 'high' });
    void this.#apply(link);
    return link;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const connections = this.#options.connections();
      for (const id of this.#links.keys()) {
        if (!this.#options.participants().some(one => one.id === id)) this.#links.delete(id);
      }
      await Promise.all([...connections].map(([id, connection]) => this.#lookAt(id, connection)));
      if (!this.#options.signal.aborted) await this.#settleAll();
    } finally {
      this.#looking = false;
    }
  }

  async #lookAt(id: string, connection: RTCPeerConnection): Promise<void> {
    const link = this.#watch(id, connection);
    const sample = await this.#sample(connection).catch(() => undefined);
    if (!sample || !this.#isCurrent(id, connection)) return;
    this.#learnPath(id, link, sample);
    const before = link.samples.at(-1);
    link.samples = [...link.samples.slice(-1), sample];
    if (!before) return;
    const health = healthOf(before, sample);
    const them = this.#options.participants().find(one => one.id === id);
    const hasVideo = this.#options.tracks().video !== undefined;
    const peers = this.#options.participants().length;
    link.state = adapt(link.state, { ...health, peers, hasVideo }, sample.at);

    const isDue = them?.camera === true && them.videoPaused === undefined;
    const isFrozen = isDue && health.framesPerSecond === 0;
    if (isFrozen && !link.frozen) link.freezes += 1;
    link.frozen = isFrozen;
    const paused = them?.videoPaused !== undefined || (hasVideo && link.state.mode !== 'sending');
    const quality = settle(link.quality, qualityOf(health, isFrozen ? 'frozen' : paused ? 'paused' : 'fine'));
    if (quality.shown !== link.quality.shown) this.#options.onLearned(id, { quality: quality.shown });
    link.quality = quality;
  }

  /** ICE may find a better way while media flows, and says nothing of it. */
  #learnPath(id: string, link: Watched, { path }: LinkSample): void {
    if (!path || path === link.path || !this.#isCurrent(id, link.connection)) return;
    this.#options.onLearned(id, { path: (link.path = path) });
  }

  /** What follows from all links together, and telling the browser. */
  async #settleAll(): Promise<void> {
    const { onPaused, onLearned, tracks } = this.#options;
    const present = [...this.#links].filter(([id, { connection }]) => this.#isCurrent(id, connection));
    const paused = present.filter(([, { state }]) => state.mode !== 'sending').map(([id]) => id);
    if (paused.join() !== this.#paused.join()) onPaused((this.#paused = paused));
    const own = ownQuality(present.map(([, { quality }]) => quality.shown));
    if (own !== this.#ownQuality) onLearned(undefined, { quality: (this.#ownQuality = own) });
    await this.#fitCapture(
      tracks().video,
      present.map(([, { state }]) => state),
    );
    await Promise.all(present.map(([, link]) => this.#apply(link)));
  }

  /** A camera that cannot goes on as it is. */
  async #fitCapture(camera: MediaStreamTrack | undefined, links: readonly LinkState[]): Promise<void> {
    if (!camera || links.length === 0) return;
    const { width, height } = captureOf(links);
    const wanted = `${camera.id} ${height}`;
    // A camera starts small by itself.
    const isFirst = !this.#capture.startsWith(camera.id);
    if (wanted === this.#capture || (isFirst && height === 360)) return;
    this.#capture = wanted;
    const size = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } };
    await camera.applyConstraints({ ...camera.getConstraints(), ...size }).catch(() => undefined);
  }

  async #apply({ connection, state, applied }: Watched): Promise<void> {
    const { video } = this.#options.tracks();
    const { width = 640, height = 360 } = video?.getSettings() ?? {};
    const wanted = [
      [trackKinds.indexOf('video'), encodingOf(state, Math.min(width, height))],
      [trackKinds.indexOf('screen'), screenEncodingOf(state, this.#options.participants().length)],
    ] as const;
    for (const [section, encoding] of wanted) {
      const key = JSON.stringify(encoding);
      if (applied.get(section) === key) continue;
      if (await setEncoding(connection.getTransceivers()[section], encoding)) applied.set(section, key);
    }
  }

  async #sample(connection: RTCPeerConnection): Promise<LinkSample> {
    const report = await connection.getStats();
    const mids = connection.getTransceivers().map(({ mid }) => mid);
    return sampleOf(report, mids, this.#options.clock.now());
  }

  #isCurrent(id: string, connection: RTCPeerConnection): boolean {
    return !this.#options.signal.aborted && this.#options.connections().get(id) === connection;
  }
}

/** Whether the browser took it: one that is negotiating just then is asked again at the next look. */
async function setEncoding(
  transceiver: RTCRtpTransceiver | undefined,
  change: Partial<Encoding> & Pick<RTCRtpEncodingParameters, 'priority'>,
): Promise<boolean> {
  if (!transceiver) return false;
  try {
    const parameters = transceiver.sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding) return false;
    Object.assign(encoding, change);
    await transceiver.sender.setParameters(parameters);
    return true;
  } catch {
    return false;
  }
}
