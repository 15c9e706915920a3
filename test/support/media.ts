// What a person would see and hear in a page, as numbers: pictures drawn, light in them, packets of sound.
// Works on any page opened by `openPage`, whose probe knows the connections inside the element.
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { Held } from './probe.ts';

/** One `<video>` of the page, in whatever shadow root it is. */
export interface Picture {
  /** Whether it shows the page's own camera. */
  isSelf: boolean;
  width: number;
  height: number;
  /** Seconds played; it grows while pictures arrive. */
  currentTime: number;
  /** Put on the screen since `pictures` saw the video first. */
  frames: number;
  /** Mean of red, green and blue, 0 (black) to 255. */
  brightness: number;
}

/** What arrived over one connection that is still open. */
export interface Inbound {
  /** Which connection of the page it is, by the order of their making. */
  made: number;
  state: RTCPeerConnectionState;
  audioPackets: number;
  /** Sum of squared samples: grows with sound, hardly with silence. */
  audioEnergy: number;
  framesDecoded: number;
  /** The way that media takes, as `host srflx prflx relay`; absent until a pair is chosen. */
  localCandidateType?: string;
  remoteCandidateType?: string;
}

/** All videos that are on the page, in the order of the document, seen through every open shadow root. */
export function pictures(page: Page): Promise<Picture[]> {
  return page.evaluate(() => {
    const found: HTMLVideoElement[] = [];
    const search = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element instanceof HTMLVideoElement) found.push(element);
        if (element.shadowRoot) search(element.shadowRoot);
      }
    };
    search(document);

    const brightnessOf = (video: HTMLVideoElement): number => {
      if (video.videoWidth === 0) return 0;
      const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
      const context = canvas.getContext('2d');
      if (!context) return 0;
      context.drawImage(video, 0, 0, 16, 16);
      const colours = context.getImageData(0, 0, 16, 16).data.filter((_value, index) => index % 4 !== 3);
      return colours.reduce((sum, value) => sum + value, 0) / colours.length;
    };
    const isSelf = ({ srcObject }: HTMLVideoElement): boolean =>
      srcObject instanceof MediaStream && srcObject.getTracks().some(globalThis.probe.isCaptured);
    return found.map(video => ({
      isSelf: isSelf(video),
      width: video.videoWidth,
      height: video.videoHeight,
      currentTime: video.currentTime,
      frames: globalThis.probe.framesOf(video),
      brightness: brightnessOf(video),
    }));
  });
}

/** What every open connection of the page has received so far. */
export function inbound(page: Page): Promise<Inbound[]> {
  return page.evaluate(async () => {
    const { connections } = globalThis.probe;
    const open = connections.filter(connection => connection.signalingState !== 'closed');
    return Promise.all(
      open.map(async connection => {
        const stats = new Map<string, Record<string, unknown>>();
        (await connection.getStats()).forEach((value: { id: string }) => stats.set(value.id, { ...value }));
        const all = [...stats.values()];
        const sum = (kind: string, key: string) =>
          all
            .filter(one => one.type === 'inbound-rtp' && one.kind === kind)
            .reduce((total, one) => total + Number(one[key] ?? 0), 0);
        const chosen = all.find(one => one.selectedCandidatePairId)?.selectedCandidatePairId;
        const pair = all.find(one => one.type === 'candidate-pair' && (chosen ? one.id === chosen : one.selected));
        const types = pair && {
          localCandidateType: String(stats.get(String(pair.localCandidateId))?.candidateType),
          remoteCandidateType: String(stats.get(String(pair.remoteCandidateId))?.candidateType),
        };
        return {
          made: connections.indexOf(connection),
          state: connection.connectionState,
          audioPackets: sum('audio', 'packetsReceived'),
          audioEnergy: sum('audio', 'totalAudioEnergy'),
          framesDecoded: sum('video', 'framesDecoded'),
          ...types,
        };
      }),
    );
  });
}

export interface MediaExpectation {
  /** From how many others pictures and sound arrive. */
  from: number;
  /** New pictures of each on the screen. */
  frames?: number;
  timeoutMs?: number;
}

const minBrightness = 12;

/**
 * Resolves when the page shows moving, not black pictures of `from` others and receives sound from each of them.
 * Rejects with what it saw instead.
 */
export async function waitForMedia(
  page: Page,
  { from, frames = 10, timeoutMs = 20_000 }: MediaExpectation,
): Promise<void> {
  let before: Map<number, Inbound> | undefined;
  let seen: { inbound: Inbound[]; pictures: Picture[] } | undefined;
  await until(
    async () => {
      before ??= new Map((await inbound(page)).map(one => [one.made, one]));
      seen = { inbound: await inbound(page), pictures: await pictures(page) };
      const flowing = seen.inbound.filter(({ made, framesDecoded, audioPackets, state }) => {
        const start = before?.get(made);
        const moved = framesDecoded - (start?.framesDecoded ?? 0) >= frames;
        return state === 'connected' && moved && audioPackets > (start?.audioPackets ?? 0);
      });
      const visible = seen.pictures.filter(
        picture => !picture.isSelf && picture.frames >= frames && picture.brightness > minBrightness,
      );
      return flowing.length >= from && visible.length >= from;
    },
    { timeoutMs, what: () => `media from ${from}: ${JSON.stringify(seen, null, 2)}` },
  );
}

/** What the scripts of the page still hold; see `probe.ts`. */
export function held(page: Page): Promise<Held> {
  return page.evaluate(() => globalThis.probe.held());
}

export interface UntilOptions {
  timeoutMs?: number;
  /** Said when the time is up. */
  what: () => string;
}

/** Firefox forgets what a page was asked while it went: the answer never comes, and 60 s later the driver gives up. */
const answerMs = 8_000;

/** Asks `condition` again and again until it holds; it only looks, and may be asked again before it has answered. */
export async function until(
  condition: () => Promise<boolean>,
  { timeoutMs = 20_000, what }: UntilOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const holds = async (): Promise<boolean> => {
    const answer = condition();
    const answered = new AbortController();
    const late = setTimeout(answerMs, false, { signal: answered.signal });
    void answer.catch(() => undefined).finally(() => answered.abort());
    return Promise.race([answer, late.catch(() => answer)]);
  };
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what()}`);
    await setTimeout(50);
  }
}
