// What is measured, and the floor of each: the time that the wire alone costs, counted way by way, without local work.
// Knows no browser.
import type { ClientOptions } from './pages/stopwatch.ts';

/** One way, in ms. */
export const callerToServerMs = 50;
export const callerToCallerMs = 2 * callerToServerMs;

export interface Flow {
  name: string;
  page: 'naive' | 'simple-peer' | 'peerjs' | 'ours';
  options: ClientOptions;
  /** Who sit in the room before. */
  others: number;
  browser: 'chromium' | 'firefox';
  /** What the wire takes at the least, step by step. */
  floor: readonly (readonly [step: string, ms: number])[];
}

const there = callerToCallerMs;
const server = 2 * callerToServerMs;

/** The newcomer has offered: DTLS 1.3 (RFC 9147), and the one that answers the offer says hello. */
const afterOffer = [
  ['check of the one there', there],
  ['its answer; the hello of DTLS', 2 * there],
  ['the hello back; finished, and media', 2 * there],
] as const;
/** Over the connection that the page came by. */
const polling = [
  ['handshake of long-polling', server],
  ['connect to the namespace', server],
] as const;

/** The tutorials: the server tells the newcomer who is there. */
const tutorial = [
  ...polling,
  ['join and the list', server],
  ['offer, by way of the server', server],
  ...afterOffer,
] as const;

const ours = [['join and offer, by way of the server', server], ...afterOffer] as const;
const relayed = [
  ['credentials', server],
  ['allocation, with the 401', 2 * server],
  ['offer, by way of the server', server],
  ['answer, by way of the server', server],
  ['check of the newcomer; check of the other; its answer', 3 * there],
  ['the hello of DTLS and the hello back', 2 * there],
  ['finished, and media', there],
] as const;

const base = { options: {}, others: 1, browser: 'chromium' } as const;

export const baselines: readonly Flow[] = [
  { ...base, name: 'naive page', page: 'naive', floor: tutorial },
  { ...base, name: 'simple-peer', page: 'simple-peer', floor: tutorial },
  {
    ...base,
    name: 'PeerJS',
    page: 'peerjs',
    floor: [['TCP', server], ['upgrade to WebSocket', server], ['offer, by way of the server', server], ...afterOffer],
  },
];

/** The flow that all others are compared with. */
export const reference = 'PeerJS';

export const ourFlows: readonly Flow[] = [
  { ...base, name: 'ours, cold', page: 'ours', floor: ours },
  { ...base, name: 'ours, warm', page: 'ours', options: { warm: true }, floor: ours },
  { ...base, name: 'ours, relay-only', page: 'ours', options: { relayOnly: true }, floor: relayed },
  {
    ...base,
    name: 'ours, third participant',
    page: 'ours',
    others: 2,
    // The offer in the join is for one; who else is there the newcomer learns by the answer.
    floor: [['join and the list', server], ['offer, by way of the server', server], ...afterOffer],
  },
  { ...base, name: 'ours, cold, Firefox', page: 'ours', browser: 'firefox', floor: ours },
];

export const floorOf = ({ floor }: Flow): number => floor.reduce((sum, [, ms]) => sum + ms, 0);
