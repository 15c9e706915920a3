// Whether packets still arrive from everyone, once a second: browsers take 5 s and more to say that a path is gone. It
// mends nothing.
import type { Participant } from './call-state.ts';
import type { Clock } from './clock.ts';
import { trackKinds } from './peer.ts';

export interface SilenceWatchOptions {
  /** By participant: the connections that are connected. */
  connections: () => ReadonlyMap<string, RTCPeerConnection>;
  /** The others, as the page sees them. */
  participants: () => readonly Participant[];
  clock: Clock;
  signal: AbortSignal;
  /** After each look, and at once when a browser says that a path is gone: who is heard, or has nothing to send. */
  onHeard: (ids: string[]) => void;
  /** Again at each look, for as long as it lasts: nothing has come from them for `silentMs`, though it did and should. */
  onSilent: (id: string, silentMs: number) => void;
}

const intervalMs = 1_000;
/** Sound alone is 50 packets a second; what comes more seldom may as well pause. */
const flowPerSec = 10;

interface Watched {
  connection: RTCPeerConnection;
  at: number;
  /** Since when nothing has come but a straggler; undefined while something does, or nothing ever did. */
  silentSince?: number | undefined;
  /** A few packets have come where there were many, or none: the first time in a row that says nothing. */
  isStray?: boolean;
  /** They come as media does. */
  flows: boolean;
  isHeard: boolean;
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  /** Packets that had come by the last look, also of who is disconnected meanwhile. */
  readonly #received = new WeakMap<RTCPeerConnection, number>();
  #links = new Map<string, Watched>();
  #looking = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
    options.clock.every(intervalMs, () => void this.#look(), options.signal);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const connections = [...this.#options.connections()];
    const looks = connections.map(async ([id, connection]) => [id, await this.#lookAt(id, connection)] as const);
    try {
      this.#links = new Map(await Promise.all(looks));
    } finally {
      this.#looking = false;
    }
    this.#tell();
  }

  readonly #tell = (): void => {
    const open = this.#options.connections();
    const heard = [...this.#links].filter(([id, { isHeard, connection }]) => isHeard && open.get(id) === connection);
    this.#options.onHeard(heard.map(([id]) => id));
  };

  async #lookAt(id: string, connection: RTCPeerConnection): Promise<Watched> {
    const { clock, participants, onSilent, signal } = this.#options;
    const packets = await packetsReceived(connection).catch(() => 0);
    const at = clock.now();
    const known = this.#links.get(id);
    const before = known?.connection === connection ? known : undefined;
    if (!before) connection.addEventListener('connectionstatechange', this.#tell, { signal });
    const come = packets - (this.#received.get(connection) ?? 0);
    this.#received.set(connection, packets);
    const them = participants().find(one => one.id === id);
    const isDue = them?.microphone === true || (them?.camera === true && them.videoPaused === undefined);
    // The first look at one that has come to be, or come back, is within a second of that.
    const flows = (come * 1000) / (before ? at - before.at : intervalMs) >= flowPerSec;
    if (!before || flows || !isDue) return { connection, at, flows, isHeard: flows || !isDue };
    const isStray = come > 0;
    const silentSince = before.silentSince ?? (before.flows ? (isStray ? at : before.at) : undefined);
    if (isStray && before.isStray) return { connection, at, flows, isHeard: true, isStray };
    if (silentSince !== undefined && !isStray && !signal.aborted) onSilent(id, at - silentSince);
    return { connection, at, flows, isHeard: false, silentSince, isStray };
  }
}

/** Of sound and picture together; a receiver's own statistics are the smallest that browsers give. */
async function packetsReceived(connection: RTCPeerConnection): Promise<number> {
  const receivers = connection.getTransceivers().slice(0, trackKinds.length);
  const reports = await Promise.all(receivers.map(({ receiver }) => receiver.getStats()));
  return reports
    .flatMap(report => [...(report.values() as Iterable<{ type: string; packetsReceived?: number }>)])
    .reduce((sum, { type, packetsReceived = 0 }) => (type === 'inbound-rtp' ? sum + packetsReceived : sum), 0);
}
