// What the picture on the way to one participant may cost, as the network takes it. Pure: reports and a clock go in, the
// next step comes out. Sound is never touched. How it decides: docs/quality.md.

/** What a picture may take. */
export interface Rung {
  maxBitrate: number;
  /** Of the shorter side, pixels. */
  height: number;
  maxFramerate: number;
}

const leastRung: Rung = { maxBitrate: 64_000, height: 90, maxFramerate: 15 };

/** From the best to the least; below the last there is no picture. */
export const ladder: readonly Rung[] = [
  { maxBitrate: 1_500_000, height: 720, maxFramerate: 30 },
  { maxBitrate: 800_000, height: 360, maxFramerate: 30 },
  { maxBitrate: 384_000, height: 360, maxFramerate: 30 },
  { maxBitrate: 256_000, height: 240, maxFramerate: 24 },
  { maxBitrate: 192_000, height: 180, maxFramerate: 20 },
  { maxBitrate: 128_000, height: 120, maxFramerate: 15 },
  leastRung,
];
const lowest = ladder.length - 1;

/** The best rung that a mesh allows, by the number of other participants: each of them costs an encoder and a share. */
const bestRungs = [0, 0, 2, 3, 4, 5, 5];

export function bestRungOf(peers: number): number {
  return bestRungs[peers] ?? lowest;
}

/** `probing`: a picture is sent so that the network can be judged, while everyone is still told that it is paused. */
export type LinkMode = 'sending' | 'paused' | 'probing';

/** Where one link stands. */
export interface LinkState {
  readonly mode: LinkMode;
  /** Index in the ladder. */
  readonly rung: number;
  /** ms; of the last change that somebody could see, and of the last change of mode. */
  readonly changedAt: number;
  readonly modeAt: number;
  /** Since when reports have been without fault; undefined while they are not. */
  readonly clearSince: number | undefined;
  readonly congestedReports: number;
  readonly goodReports: number;
  /** How long the network must be clear before the next rung is tried: doubles when a try fails. */
  readonly raiseAfterMs: number;
  readonly raisedAt: number | undefined;
  readonly probeAfterMs: number;
  readonly minRoundTripTimeMs: number | undefined;
}

/** What was seen since the last step. */
export interface LinkReport {
  /** Other participants in the call. */
  peers: number;
  /** Whether there is a picture to send at all. */
  hasVideo: boolean;
  /** 0 to 1; undefined: nothing new is known. */
  sentLoss: number | undefined;
  roundTripTimeMs: number | undefined;
  sentBps: number;
}

/** Between two changes that somebody can see. */
export const minChangeIntervalMs = 10_000;
const congestedLoss = 0.1;
const clearLoss = 0.03;
/** No picture is worth sending any more. */
const hopelessLoss = 0.3;
/** A queue that grows on the way: the round trip is so much longer than it can be. */
const congestedDelayMs = 700;
const clearDelayMs = 300;
/** So many reports in a row make a fault, or a probe that went well. */
const reportsThatCount = 2;
const raiseMs = { first: minChangeIntervalMs, most: 120_000 };
/** Clear for so long, a call of two is stable: then it may have the top rung. */
const stableMs = 20_000;
/** A try that fails within this time was one too many. */
const raiseRegretMs = 30_000;
/** At most 10 s, so that the picture is back within 20 s of the network. */
const probeMs = { first: 8_000, factor: 1.25, most: 10_000 };
/** What sound takes with its headers. */
const audioBps = 40_000;
/** Of what came through, so much is planned for. */
const headroom = 0.8;

/** A call starts small, also where two may have more once it is stable. */
export function startLink(peers: number, now: number): LinkState {
  return {
    mode: 'sending',
    rung: Math.max(1, bestRungOf(peers)),
    changedAt: now,
    modeAt: now,
    clearSince: undefined,
    congestedReports: 0,
    goodReports: 0,
    raiseAfterMs: raiseMs.first,
    raisedAt: undefined,
    probeAfterMs: probeMs.first,
    minRoundTripTimeMs: undefined,
  };
}

/** The step after `report`. At most one change that can be seen in `minChangeIntervalMs`, but for people who come. */
export function adapt(before: LinkState, report: LinkReport, now: number): LinkState {
  const link = judge(fitToPeers(before, report.peers), report, now);
  if (!report.hasVideo) return link.mode === 'sending' ? link : { ...link, mode: 'sending', rung: lowest, modeAt: now };
  switch (link.mode) {
    case 'sending':
      return adaptSending(link, report, now);
    case 'paused':
      return adaptPaused(link, now);
    case 'probing':
      return adaptProbing(link, now);
  }
}

/** More people: less for each, at once. Fewer: the way up is the usual one. */
function fitToPeers(link: LinkState, peers: number): LinkState {
  return link.rung < bestRungOf(peers) ? { ...link, rung: bestRungOf(peers) } : link;
}

/** What the report says about the network, apart from what to do about it. */
function judge(link: LinkState, { sentLoss, roundTripTimeMs }: LinkReport, now: number): LinkState {
  const known = [link.minRoundTripTimeMs, roundTripTimeMs].filter(time => time !== undefined);
  const minRoundTripTimeMs = known.length > 0 ? Math.min(...known) : undefined;
  const delayMs = roundTripTimeMs === undefined ? 0 : roundTripTimeMs - (minRoundTripTimeMs ?? 0);
  if (sentLoss === undefined && delayMs < clearDelayMs) return { ...link, minRoundTripTimeMs };
  const loss = sentLoss ?? 0;
  const isCongested = loss >= congestedLoss || delayMs >= congestedDelayMs;
  const isClear = loss < clearLoss && delayMs < clearDelayMs;
  return {
    ...link,
    minRoundTripTimeMs,
    clearSince: isClear ? (link.clearSince ?? now) : undefined,
    congestedReports: isCongested ? link.congestedReports + 1 : 0,
    goodReports: isCongested ? 0 : link.goodReports + 1,
  };
}

function adaptSending(link: LinkState, { sentLoss = 0, sentBps, peers }: LinkReport, now: number): LinkState {
  if (now - link.changedAt < minChangeIntervalMs) return link;
  if (link.congestedReports >= reportsThatCount) {
    const regret = link.raisedAt !== undefined && now - link.raisedAt < raiseRegretMs;
    const raiseAfterMs = regret ? Math.min(link.raiseAfterMs * 2, raiseMs.most) : link.raiseAfterMs;
    const lower = { ...link, raiseAfterMs, raisedAt: undefined, changedAt: now, ...nothingSeen };
    const throughBps = Math.max(0, sentBps * (1 - sentLoss) - audioBps) * headroom;
    const fits = ladder.findIndex(({ maxBitrate }, index) => index > link.rung && maxBitrate <= throughBps);
    if (fits !== -1) return { ...lower, rung: fits };
    // A dull picture takes little, so little came through: then the least is tried before there is none.
    if (link.rung < lowest && sentLoss < hopelessLoss) return { ...lower, rung: lowest };
    return { ...lower, mode: 'paused', modeAt: now, rung: lowest };
  }
  const best = bestRungOf(peers);
  const patienceMs = link.rung === 1 ? Math.max(stableMs, link.raiseAfterMs) : link.raiseAfterMs;
  const isClear = link.clearSince !== undefined && now - link.clearSince >= patienceMs;
  if (!isClear || link.rung <= best) return link;
  // Where no try has failed yet, the way up is taken by twos; the top one is for a call that has proved stable.
  const step = link.raiseAfterMs === raiseMs.first && link.rung > 2 ? 2 : 1;
  return { ...link, rung: Math.max(best, link.rung - step), changedAt: now, raisedAt: now, clearSince: now };
}

const nothingSeen = { congestedReports: 0, goodReports: 0, clearSince: undefined };

function adaptPaused(link: LinkState, now: number): LinkState {
  const isDue = now - link.modeAt >= link.probeAfterMs;
  return isDue && link.clearSince !== undefined ? { ...link, mode: 'probing', modeAt: now, ...nothingSeen } : link;
}

function adaptProbing(link: LinkState, now: number): LinkState {
  if (link.congestedReports > 0) {
    const probeAfterMs = Math.min(link.probeAfterMs * probeMs.factor, probeMs.most);
    return { ...link, mode: 'paused', modeAt: now, probeAfterMs, ...nothingSeen };
  }
  const isProven = link.goodReports >= reportsThatCount && now - link.changedAt >= minChangeIntervalMs;
  if (!isProven) return link;
  return { ...link, mode: 'sending', modeAt: now, changedAt: now, probeAfterMs: probeMs.first, ...nothingSeen };
}

/** Somebody wants their picture back, whatever the network: the least of it, for one interval at least. */
export function insist(link: LinkState, now: number): LinkState {
  return link.mode === 'sending' ? link : { ...link, mode: 'sending', modeAt: now, changedAt: now, ...nothingSeen };
}

/** What a sender is told. */
export interface Encoding {
  active: boolean;
  maxBitrate: number;
  maxFramerate: number;
  scaleResolutionDownBy: number;
}

/** `captureHeight`: the shorter side of what the camera gives, pixels. */
export function encodingOf({ mode, rung }: LinkState, captureHeight: number): Encoding {
  const { maxBitrate, height, maxFramerate } = ladder[rung] ?? leastRung;
  const scaleResolutionDownBy = Math.max(1, captureHeight / height);
  return { active: mode !== 'paused', maxBitrate, maxFramerate, scaleResolutionDownBy };
}

/** By the number of other participants, bits per second. */
const screenBitrates = [2_500_000, 2_500_000, 1_500_000, 1_000_000, 800_000, 600_000, 600_000];
const leastScreen = { maxBitrate: 100_000, maxFramerate: 3 };

/** A screen keeps its size, for it must be read: it gives way by pictures a second and never pauses. */
export function screenEncodingOf({ mode, rung }: LinkState, peers: number): Encoding {
  const steps = mode === 'sending' ? Math.max(0, rung - Math.max(1, bestRungOf(peers))) : lowest;
  const bitrate = (screenBitrates[peers] ?? 400_000) / 2 ** steps;
  return {
    active: true,
    scaleResolutionDownBy: 1,
    maxBitrate: Math.max(leastScreen.maxBitrate, Math.round(bitrate)),
    maxFramerate: Math.max(leastScreen.maxFramerate, Math.round(15 / (steps + 1))),
  };
}

/** What the camera is asked for: large only when one person sees it and the network has shown that it can be sent. */
export function captureOf(links: readonly LinkState[]): { width: number; height: number } {
  return links.length === 1 && links[0]?.rung === 0 ? { width: 1280, height: 720 } : { width: 640, height: 360 };
}
