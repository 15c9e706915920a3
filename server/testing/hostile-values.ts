// Values that no field should take, and some that only look so: groups Shape, Signal and Room of signalling.md §9.
// For tests only.

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
};
export const own = (key: string, value: unknown): unknown =>
  JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);

/** What is no value of any field. */
export const wrongValues: readonly ((random: () => number) => unknown)[] = [
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

export const badRooms = [
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
export const goodRooms = [
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

export const badNames = [
  'e\u0301'.repeat(200),
  'a'.repeat(65),
  '\u0301'.repeat(10_000),
  'x'.repeat(257),
  '😀'.repeat(65),
];
export const goodNames = [
  ...['', '😀', '<img src=x onerror=alert(1)>', 'javascript:alert(1)', '${7*7}', '{{7*7}}', 'a\r\nSet-Cookie: b', '\0'],
  ...['\u202eevil\u2066', 'Аda', 'a\ud800b', '\udfff', '__proto__', 'constructor', '👩‍👩‍👧‍👦', ' '.repeat(200), '\u200b'],
];

const connectionId = 'connection-1';
export const goodSignal = { connectionId: 'connection-1', candidates: [null] };

const candidate = (text: string, change: object = {}) => ({
  connectionId,
  candidates: [{ candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd', ...change }],
});
const description = (sdp: unknown, type: unknown = 'offer') => ({
  connectionId,
  generation: 1,
  description: { type, sdp },
});
const hostCandidate = (address: string) => `candidate:1 1 udp 2122260223 ${address} 50000 typ host`;

export const badSignals: readonly unknown[] = [
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
  { connectionId, generation: 1, description: { type: 'offer', sdp: 'v=0\r\n', extra: 1 } },
  { connectionId, generation: 1, description: { type: 'offer' } },
  { connectionId, description: 'v=0\r\n' },
  { connectionId },
  { connectionId: 'short', candidates: [null] },
  { connectionId: 'x'.repeat(33), candidates: [null] },
  { connectionId: 'has space', candidates: [null] },
  { candidates: [null] },
  { connectionId, remoteConnectionId: '../../etc', candidates: [null] },
  { connectionId, candidates: [null], description: null },
  { connectionId, candidates: [] },
  { connectionId, candidates: null },
  { connectionId, candidates: Array.from({ length: 65 }, () => null) },
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
  { connectionId, remoteConnectionId: 'connection-2', candidates: [null] },
];
