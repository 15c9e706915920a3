// Runs in a page before any of its scripts: remembers what they open, so that a test can ask what is still alive.
// It changes no behaviour, and knows nothing of the element.

/** What is still held at the moment of asking. Every list is empty once a call has let go of everything. */
export interface Held {
  /** `audio camera`: kind and label of each track that still captures. */
  tracks: string[];
  connections: string[];
  sockets: string[];
  audioContexts: string[];
  /** Timeouts and intervals that have yet to fire, with the place that set them. */
  timers: string[];
  /** `Window resize`: listeners on whatever outlives an element. Those on elements go with the element. */
  listeners: string[];
}

export interface Probe {
  connections: RTCPeerConnection[];
  sockets: WebSocket[];
  /** Whether this page captured the track itself. */
  isCaptured: (track: MediaStreamTrack) => boolean;
  /** Pictures that a video has put on the screen since it was first asked for. */
  framesOf: (video: HTMLVideoElement) => number;
  /** The label of the device that captures now; empty when none does. */
  live: (source: Source) => string;
  /** Ends it as a device that goes away does; `stop()` alone fires no event. */
  end: (source: Source) => void;
  held: () => Held;
}

/** What a track was captured from. */
export type Source = 'audio' | 'video' | 'screen';

declare global {
  var probe: Probe;
}

interface Listener {
  target: EventTarget;
  type: string;
  callback: EventListenerOrEventListenerObject;
  capture: boolean;
}

const connections: RTCPeerConnection[] = [];
const sockets: WebSocket[] = [];
const audioContexts: AudioContext[] = [];
const tracks = new Set<MediaStreamTrack>();
const screens = new WeakSet<MediaStreamTrack>();
const frames = new WeakMap<HTMLVideoElement, number>();
const timers = new Map<number, string>();
const listeners = new Set<Listener>();

/** Puts `after` behind every construction of a global class; the class stays itself to `instanceof` and to statics. */
function onConstruct(name: string, after: (instance: object) => void): void {
  const original = Reflect.get(globalThis, name) as (new () => object) | undefined;
  if (!original) return;
  const wrapped = new Proxy(original, {
    construct(target, args, newTarget) {
      const instance = Reflect.construct(target, args, newTarget) as object;
      after(instance);
      return instance;
    },
  });
  Reflect.set(globalThis, name, wrapped);
}

/** A page that is not secure lacks some classes. */
function prototypeOf(name: string): object | undefined {
  return (Reflect.get(globalThis, name) as { prototype: object } | undefined)?.prototype;
}

/** Replaces a method of a prototype (or of the window) by what `wrap` makes of it. */
function wrapMethod<Args extends unknown[], Result>(
  owner: object | undefined,
  name: string,
  wrap: (call: (self: unknown, ...args: Args) => Result) => (self: unknown, ...args: Args) => Result,
): void {
  if (!owner) return;
  const original = Reflect.get(owner, name) as (...args: Args) => Result;
  const wrapped = wrap((self, ...args) => Reflect.apply(original, self, args));
  Reflect.set(owner, name, function (this: unknown, ...args: Args) {
    return wrapped(this, ...args);
  });
}

function keepTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) tracks.add(track);
}

onConstruct('RTCPeerConnection', connection => connections.push(connection as RTCPeerConnection));
onConstruct('WebSocket', socket => sockets.push(socket as WebSocket));
onConstruct('AudioContext', context => audioContexts.push(context as AudioContext));

for (const name of ['getUserMedia', 'getDisplayMedia']) {
  wrapMethod<[unknown], Promise<MediaStream>>(prototypeOf('MediaDevices'), name, call => async (self, options) => {
    const stream = await call(self, options);
    keepTracks(stream);
    if (name === 'getDisplayMedia') for (const track of stream.getTracks()) screens.add(track);
    return stream;
  });
}
wrapMethod<[], MediaStreamTrack>(prototypeOf('MediaStreamTrack'), 'clone', call => self => {
  const track = call(self);
  tracks.add(track);
  return track;
});
const copies = [
  ['MediaStream', 'clone'],
  ['HTMLCanvasElement', 'captureStream'],
] as const;
for (const [owner, name] of copies) {
  wrapMethod<unknown[], MediaStream>(prototypeOf(owner), name, call => (self, ...args) => {
    const stream = call(self, ...args);
    keepTracks(stream);
    return stream;
  });
}

/** The place outside this script that led here; `probe.js` is this script's name in the page. */
function caller(): string {
  const lines = (new Error().stack ?? '')
    .split('\n')
    .filter(line => /:\d+:\d+/.test(line) && !line.includes('probe.js'));
  return lines[0]?.trim() ?? 'unknown';
}

for (const name of ['setTimeout', 'setInterval']) {
  wrapMethod<[TimerHandler, number?, ...unknown[]], number>(
    globalThis,
    name,
    call =>
      (self, handler, delayMs, ...rest) => {
        const id: number = call(
          self,
          (...args: unknown[]) => {
            if (name === 'setTimeout') timers.delete(id);
            if (typeof handler === 'function') Reflect.apply(handler, globalThis, args);
          },
          delayMs,
          ...rest,
        );
        timers.set(id, `${name} ${delayMs ?? 0} ms ${caller()}`);
        return id;
      },
  );
}
for (const name of ['clearTimeout', 'clearInterval']) {
  wrapMethod<[number?], unknown>(globalThis, name, call => (self, id) => {
    if (id !== undefined) timers.delete(id);
    return call(self, id);
  });
}

const captureOf = (options: boolean | AddEventListenerOptions | undefined): boolean =>
  typeof options === 'object' ? options.capture === true : options === true;

function forget(target: EventTarget, type: string, callback: unknown, capture: boolean): void {
  for (const one of listeners) {
    if (one.target === target && one.type === type && one.callback === callback && one.capture === capture) {
      listeners.delete(one);
    }
  }
}

type AddArguments = [string, EventListenerOrEventListenerObject | null, (boolean | AddEventListenerOptions)?];

wrapMethod<AddArguments, unknown>(
  EventTarget.prototype,
  'addEventListener',
  call => (self, type, callback, options) => {
    const result = call(self, type, callback, options);
    const settings = typeof options === 'object' ? options : {};
    if (!callback || settings.signal?.aborted) return result;
    const target = (self ?? globalThis) as EventTarget;
    const capture = captureOf(options);
    forget(target, type, callback, capture);
    const listener = { target, type, callback, capture };
    listeners.add(listener);
    const end = (): void => void listeners.delete(listener);
    if (settings.once) call(target, type, end, { once: true, capture });
    if (settings.signal) call(settings.signal, 'abort', end, { once: true });
    return result;
  },
);
wrapMethod<AddArguments, unknown>(
  EventTarget.prototype,
  'removeEventListener',
  call => (self, type, callback, options) => {
    forget((self ?? globalThis) as EventTarget, type, callback, captureOf(options));
    return call(self, type, callback, options);
  },
);

/** An element, an abort signal, and a track or connection that has ended, keep nothing alive but themselves. */
function outlives(target: EventTarget): boolean {
  if (target instanceof Node) return target === document || target === document.body || target === document.head;
  if (target instanceof RTCPeerConnection) return target.signalingState !== 'closed';
  if (target instanceof MediaStreamTrack) return target.readyState === 'live';
  if (target instanceof WebSocket) return target.readyState !== WebSocket.CLOSED;
  if (target instanceof AbortSignal) return false;
  return true;
}

/** `window.onresize = …` leaves no trace in `addEventListener`. */
function handlerProperties(): string[] {
  const targets: object[] = [window, document, navigator.mediaDevices].filter(Boolean);
  return targets.flatMap(target => {
    const names = Array.from(new Set(propertyNames(target))).filter(name => name.startsWith('on'));
    return names
      .filter(name => typeof Reflect.get(target, name) === 'function')
      .map(name => `${nameOf(target)} ${name}`);
  });
}

function propertyNames(target: object): string[] {
  const parent = Object.getPrototypeOf(target) as object | null;
  return [...Object.getOwnPropertyNames(target), ...(parent ? propertyNames(parent) : [])];
}

/** Firefox counts no frames of a stream in `getVideoPlaybackQuality`, so they are counted one by one. */
function framesOf(video: HTMLVideoElement): number {
  const count = frames.get(video);
  if (count === undefined) countFrames(video);
  return count ?? 0;
}

function countFrames(video: HTMLVideoElement, count = 0): void {
  frames.set(video, count);
  video.requestVideoFrameCallback(() => countFrames(video, count + 1));
}

function capturing(source: Source): MediaStreamTrack | undefined {
  return [...tracks].find(track => {
    const from = screens.has(track) ? (track.kind === 'video' ? 'screen' : 'its sound') : track.kind;
    return track.readyState === 'live' && from === source;
  });
}

const nameOf = (value: object): string => value.constructor.name;

globalThis.probe = {
  connections,
  sockets,
  isCaptured: track => tracks.has(track),
  framesOf,
  live: source => capturing(source)?.label ?? '',
  end: source => {
    const track = capturing(source);
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  },
  held: () => ({
    tracks: [...tracks].filter(track => track.readyState === 'live').map(track => `${track.kind} ${track.label}`),
    connections: connections.filter(one => one.signalingState !== 'closed').map(one => one.connectionState),
    sockets: sockets.filter(one => one.readyState !== WebSocket.CLOSED).map(one => one.url),
    audioContexts: audioContexts.filter(one => one.state !== 'closed').map(one => one.state),
    timers: [...timers.values()],
    listeners: [
      ...[...listeners].filter(one => outlives(one.target)).map(one => `${nameOf(one.target)} ${one.type}`),
      ...handlerProperties(),
    ],
  }),
};

// tsx names functions by a helper of its own, which functions that a test sends into a page would miss there.
Reflect.set(globalThis, '__name', (value: unknown) => value);
