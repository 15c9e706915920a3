// In every page of this bench, whatever library it tries: the same clock, from the start of a join to the first picture
// of another caller on the screen. Knows no library.

export interface Client {
  /** What a page has done before anybody presses anything: script loaded; with `warm`, the preview too. */
  prepare?: (room: string, options: ClientOptions) => Promise<void>;
  /** The clock runs from here. */
  join: (room: string, options: ClientOptions) => void;
  /** Whether it is in the room, ready for others. */
  isSeated: () => boolean;
}

export interface ClientOptions {
  /** The first of its room: others come to it. */
  isFirst?: boolean;
  /** The preview is open, and has been for a while, when the clock starts. */
  warm?: boolean;
  relayOnly?: boolean;
}

export interface Stopwatch {
  sit: (room: string, options: ClientOptions) => Promise<void>;
  /** Milliseconds from the join until pictures of that many others are on the screen. */
  measure: (room: string, others: number, options: ClientOptions) => Promise<number>;
}

declare global {
  var stopwatch: Stopwatch;
}

/** How long a warm page has shown its preview, and how long the others have sat, when a newcomer comes. */
const settledMs = 1_000;

const shownAt: number[] = [];
const watched = new WeakSet<HTMLVideoElement>();

/** Only a connection makes tracks of others. */
const remoteTracks = new WeakSet<MediaStreamTrack>();
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    this.addEventListener('track', ({ track }) => remoteTracks.add(track));
  }
};

const isRemote = ({ srcObject }: HTMLVideoElement): boolean =>
  srcObject instanceof MediaStream && srcObject.getVideoTracks().some(track => remoteTracks.has(track));

function isBlack(video: HTMLVideoElement): boolean {
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const context = canvas.getContext('2d')!;
  context.drawImage(video, 0, 0, 8, 8);
  return context.getImageData(0, 0, 8, 8).data.every((value, index) => index % 4 === 3 || value < 12);
}

function watch(video: HTMLVideoElement): void {
  video.requestVideoFrameCallback(() => {
    const now = performance.now();
    if (isRemote(video) && !isBlack(video)) shownAt.push(now);
    else watch(video);
  });
}

/** Every client gives its pictures to a `<video>` by this property, in whatever shadow root. */
const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')!;
Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...property,
  set(this: HTMLMediaElement, stream: MediaStream | null) {
    property.set!.call(this, stream);
    if (!(this instanceof HTMLVideoElement) || stream === null || watched.has(this)) return;
    watched.add(this);
    watch(this);
  },
});

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

export async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

/** A picture of one stream on the page, as a tutorial puts it there. */
export function show(stream: MediaStream, muted = false): void {
  const video = Object.assign(document.createElement('video'), {
    autoplay: true,
    playsInline: true,
    muted,
    width: 320,
  });
  video.srcObject = stream;
  document.body.append(video);
}

export function expose(client: Client): void {
  globalThis.stopwatch = {
    sit: async (room, options) => {
      await client.prepare?.(room, options);
      client.join(room, options);
      await untilTrue(client.isSeated);
      await pause(settledMs);
    },
    measure: async (room, others, options) => {
      await client.prepare?.(room, options);
      if (options.warm) await pause(settledMs);
      const startedAt = performance.now();
      client.join(room, options);
      await untilTrue(() => shownAt.length >= others);
      return shownAt[others - 1]! - startedAt;
    },
  };
}
