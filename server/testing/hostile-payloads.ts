// Requests that mean harm, each with the answer it deserves: groups Shape, Signal and Room of signalling.md §9.
// For tests only.
import type { SignalingErrorCode } from '../../protocol/errors.ts';
import { joinRequest } from './rig.ts';

/** What the attacker knows of the room that it sits in, and of others. */
export interface Surroundings {
  /** Itself, somebody in the same room, in another room, and somebody who has left. */
  readonly self: string;
  readonly mate: string;
  readonly elsewhere: string;
  readonly gone: string;
  readonly victimSocketId: string;
}

export interface HostileRequest {
  readonly what: string;
  readonly event: string;
  /** The arguments before the acknowledgement. */
  readonly args: readonly unknown[];
  readonly answer: SignalingErrorCode | 'ok';
}

type Random = () => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
};
const own = (key: string, value: unknown): unknown => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);

/** What is no value of any field. */
const wrongValues: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => [],
  () => [[{}]],
  random => Math.floor(random() * 2 ** 53),
  () => -1,
  () => 1e308,
  () => 0.1,
  () => ({}),
  () => ({ length: 3, 0: 'a' }),
  () => ({ toString: 'x', valueOf: 1 }),
  () => own('__proto__', { polluted: true }),
  () => own('constructor', { prototype: { polluted: true } }),
  () => nested(1_000, inner => [inner]),
  () => nested(1_000, inner => ({ a: inner })),
  random => 'x'.repeat(40_000 + Math.floor(random() * 20_000)),
];

const badRooms = [
  ...[
    '',
    '.',
    '..',
    '../..',
    '/',
    'a/b',
    '%00',
    '%2e%2e',
    '\0',
    'a\0b',
    'räume',
    '部屋',
    '{}',
    '{room}',
    '*',
    '?',
    'a b',
  ],
  ...[
    'a\r\nb',
    ' a',
    'a.',
    'r:support',
    'p:x',
    '${7*7}',
    '{{7*7}}',
    "' or 1=1",
    '<img>',
    '😀',
    '\ud800',
    'a'.repeat(129),
  ],
];
const goodRooms = [
  'a',
  '7',
  '123456',
  '__proto__',
  'constructor',
  'toString',
  'a'.repeat(20),
  'a'.repeat(128),
  '-',
  '_',
];

const badNames = ['e\u0301'.repeat(200), 'a'.repeat(65), '\u0301'.repeat(10_000), 'x'.repeat(257), '😀'.repeat(65)];
const goodNames = [
  ...['', '😀', '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '${7*7}', '{{7*7}}', 'a\r\nSet-Cookie: b', '\0'],
  ...['\u202eevil\u2066', 'Аda', 'a\ud800b', '\udfff', '__proto__', 'constructor', '👩‍👩‍👧‍👦', ' '.repeat(200), '\u200b'],
];

const connectionId = 'connection-1';
const candidate = (text: string, change: object = {}) => ({
  connectionId,
  candidate: { candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd', ...change },
});
const description = (sdp: unknown, type: unknown = 'offer') => ({ connectionId, description: { type, sdp } });
const hostCandidate = (address: string) => `candidate:1 1 udp 2122260223 ${address} 50000 typ host`;

const badSignals: readonly unknown[] = [
  description('v=0\r\n' + 'a'.repeat(32_764)),
  description('v=0\r\n' + 'ä'.repeat(16_383)),
  description('o=- 1 1 IN IP4 0.0.0.0\r\n'),
  description('v=1\r\n'),
  description('v=0\n'),
  description(''),
  description('v=0\r\n\0'),
  description('v=0\r\n\ud800'),
  description(`v=0\r\n${'m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(200)}`),
  ...['rollback', 'pranswer', 'OFFER', '', null, 1].map(type => description('v=0\r\n', type)),
  { connectionId, description: { type: 'offer', sdp: 'v=0\r\n', extra: 1 } },
  { connectionId, description: { type: 'offer' } },
  { connectionId, description: 'v=0\r\n' },
  { connectionId },
  { connectionId: 'short', candidate: null },
  { connectionId: 'x'.repeat(33), candidate: null },
  { connectionId: 'has space', candidate: null },
  { candidate: null },
  { connectionId, remoteConnectionId: '../../etc', candidate: null },
  { connectionId, candidate: null, description: null },
  candidate(`candidate:${'1'.repeat(1_015)}`),
  candidate(`candidate:${'ä'.repeat(510)}`),
  candidate('candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=evil'),
  candidate('candidate:1\n'),
  candidate('candidate:\0'),
  candidate('candidate:\udc00'),
  candidate('a=candidate:1 1 udp 1 192.0.2.1 9 typ host'),
  candidate('evil'),
  candidate(hostCandidate('192.0.2.1'), { sdpMid: 'x'.repeat(65) }),
  candidate(hostCandidate('192.0.2.1'), { sdpMLineIndex: -1 }),
  candidate(hostCandidate('192.0.2.1'), { sdpMLineIndex: 256 }),
  candidate(hostCandidate('192.0.2.1'), { usernameFragment: 'x'.repeat(257) }),
  candidate(hostCandidate('192.0.2.1'), { usernameFragment: undefined }),
  candidate(hostCandidate('192.0.2.1'), { extra: 1 }),
];

/** Unusual and none of our business: the browsers judge them. */
export const goodSignals: readonly object[] = [
  description('v=0\r\na=ice-options:trickle unknown-option\r\n'),
  description(`v=0\r\n${'m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(64)}`),
  // An answer that nobody asked for.
  description('v=0\r\n', 'answer'),
  description('v=0\r\n<img src=x onerror=alert(1)>'),
  candidate(''),
  candidate(hostCandidate('0b7cd9f7-5e0a-4d2e-8f1b-3c8a9d1e2f3a.local')),
  candidate(hostCandidate('2001:db8::1')),
  candidate(hostCandidate('127.0.0.1')),
  candidate(hostCandidate('10.0.0.1')),
  candidate('candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active'),
  candidate('', { sdpMid: null, sdpMLineIndex: null, usernameFragment: null }),
  { connectionId, remoteConnectionId: 'connection-2', candidate: null },
];

/** One request for each turn of the generator; `turn` walks through the kinds, so that none is missed. */
export function hostileRequest(turn: number, random: Random, around: Surroundings): HostileRequest {
  const kind = kinds[turn % kinds.length] as Kind;
  return kind(random, around);
}

type Kind = (random: Random, around: Surroundings) => HostileRequest;

const requestNames = ['join', 'sync', 'update', 'signal', 'ice-servers', 'leave'] as const;
const goodSignal = candidate('');

const kinds: readonly Kind[] = [
  random => {
    const value = pick(random, [...wrongValues.filter((_, index) => ![7].includes(index))])(random);
    const event = pick(random, ['join', 'signal'] as const);
    return { what: 'a payload of a wrong kind', event, args: [value], answer: 'payload-invalid' };
  },
  random => {
    const value = pick(random, [null, [], 1, 'x', true, false, [[]]]);
    return {
      what: 'a payload that is no object',
      event: pick(random, requestNames),
      args: [value],
      answer: 'payload-invalid',
    };
  },
  random => ({ what: 'no payload', event: pick(random, requestNames), args: [], answer: 'payload-invalid' }),
  random => ({ what: 'two payloads', event: pick(random, requestNames), args: [{}, {}], answer: 'payload-invalid' }),
  random => ({
    what: 'binary',
    event: pick(random, requestNames),
    args: [Buffer.alloc(Math.floor(random() * 3))],
    answer: 'payload-invalid',
  }),
  random => {
    const extra = pick(random, [
      own('__proto__', { polluted: true }),
      own('constructor', {}),
      { from: 'x' },
      { role: 'host' },
    ]);
    const event = pick(random, ['sync', 'update', 'ice-servers', 'leave'] as const);
    return { what: 'extra keys', event, args: [extra], answer: 'payload-invalid' };
  },
  random => {
    const field = pick(random, ['secret', 'microphone', 'camera', 'screen', 'room', 'displayName'] as const);
    // Long strings are for the names alone a mistake that a person can make.
    const values = field === 'room' || field === 'displayName' ? wrongValues.slice(0, -1) : wrongValues;
    const request = { ...joinRequest(), [field]: pick(random, values)(random) };
    return { what: `join with a wrong ${field}`, event: 'join', args: [request], answer: 'payload-invalid' };
  },
  random => {
    const field = pick(random, ['secret', 'microphone', 'camera', 'screen', 'room', 'displayName'] as const);
    const request: Record<string, unknown> = { ...joinRequest() };
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy that lives for one request
    delete request[field];
    return { what: `join without ${field}`, event: 'join', args: [request], answer: 'payload-invalid' };
  },
  random => {
    const secret = pick(random, [
      '',
      'a'.repeat(42),
      'a'.repeat(44),
      `${'a'.repeat(42)}=`,
      `${'a'.repeat(42)}\n`,
      '*'.repeat(43),
    ]);
    return {
      what: 'join with a bad secret',
      event: 'join',
      args: [joinRequest({ secret })],
      answer: 'payload-invalid',
    };
  },
  random => ({
    what: 'join with a bad room',
    event: 'join',
    args: [joinRequest({ room: pick(random, badRooms) })],
    answer: 'room-invalid',
  }),
  random => ({
    what: 'join with a bad name',
    event: 'join',
    args: [joinRequest({ displayName: pick(random, badNames) })],
    answer: 'name-invalid',
  }),
  random => ({
    what: 'update with a bad name',
    event: 'update',
    args: [{ displayName: pick(random, badNames) }],
    answer: 'name-invalid',
  }),
  random => ({
    what: 'update with an odd name',
    event: 'update',
    args: [{ displayName: pick(random, goodNames) }],
    answer: 'ok',
  }),
  random => {
    const field = pick(random, ['microphone', 'camera', 'screen', 'handRaised'] as const);
    return {
      what: `update with a wrong ${field}`,
      event: 'update',
      args: [{ [field]: pick(random, wrongValues)(random) }],
      answer: 'payload-invalid',
    };
  },
  (random, { mate }) => ({
    what: 'a bad signal',
    event: 'signal',
    args: [{ to: mate, signal: pick(random, badSignals) }],
    answer: 'payload-invalid',
  }),
  (random, { mate }) => ({
    what: 'a signal of a wrong kind',
    event: 'signal',
    args: [{ to: mate, signal: pick(random, wrongValues)(random) }],
    answer: 'payload-invalid',
  }),
  (random, { mate }) => ({
    what: 'an odd signal',
    event: 'signal',
    args: [{ to: mate, signal: pick(random, goodSignals) }],
    answer: 'ok',
  }),
  (random, { mate }) => {
    const forged = pick(random, [
      { from: mate },
      { role: 'host' },
      { room: 'calm' },
      own('__proto__', { from: mate }),
    ]) as object;
    return {
      what: 'a forged sender',
      event: 'signal',
      args: [Object.assign(forged, { to: mate, signal: goodSignal })],
      answer: 'payload-invalid',
    };
  },
  (random, { self, elsewhere, gone }) => ({
    what: 'a signal to who is not here',
    event: 'signal',
    args: [{ to: pick(random, [self, elsewhere, gone, 'A'.repeat(43), '_'.repeat(43)]), signal: goodSignal }],
    answer: 'participant-unknown',
  }),
  (random, { victimSocketId }) => ({
    what: 'a signal to what is no participant',
    event: 'signal',
    args: [{ to: pick(random, [victimSocketId, 'r:calm', 'calm', '*', '', null, ['x']]), signal: goodSignal }],
    answer: 'payload-invalid',
  }),
  (random, { victimSocketId }) => ({
    what: 'an unknown event',
    event: pick(random, [
      '',
      'JOIN',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'error',
      'signal ',
      'x'.repeat(9_999),
      victimSocketId,
      'participant-left',
      'ended',
    ]),
    args: [{ from: 'x' }],
    answer: 'payload-invalid',
  }),
  random => ({
    what: 'leaving with a payload',
    event: 'leaving',
    args: [pick(random, wrongValues)(random)],
    answer: 'payload-invalid',
  }),
];

/** Joins with names that mean something to somebody: they are only names here. */
export const oddJoins = (victimSocketId: string): readonly object[] => [
  ...[...goodRooms, victimSocketId.replace(/[^A-Za-z0-9_-]/g, '-')].map(room => joinRequest({ room })),
  ...goodNames.map(displayName => joinRequest({ displayName, room: 'odd-names' })),
];
