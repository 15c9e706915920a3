// Requests that mean harm, each with the answer that it deserves.
// For tests only.
import type { SignalingErrorCode } from '../../protocol/errors.ts';
import {
  badNames,
  badRooms,
  badSignals,
  goodNames,
  goodRooms,
  goodSignal,
  goodSignals,
  own,
  wrongValues,
} from './hostile-values.ts';
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

/** One request for each turn of the generator; `turn` walks through the kinds, so that none is missed. */
export function hostileRequest(turn: number, random: Random, around: Surroundings): HostileRequest {
  const kind = kinds[turn % kinds.length];
  if (!kind) throw new RangeError(`no kind for turn ${turn}`);
  return kind(random, around);
}

type Kind = (random: Random, around: Surroundings) => HostileRequest;

const requestNames = [
  ...(['join', 'sync', 'update', 'signal', 'ice-servers', 'leave'] as const),
  ...(['admit', 'reject', 'lock', 'mute-participant', 'remove', 'make-host', 'end'] as const),
];

const kinds: readonly Kind[] = [
  random => {
    const value = pick(random, wrongValues)(random);
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
    const event = pick(random, ['sync', 'update', 'ice-servers', 'leave', 'end'] as const);
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
  random => ({
    what: 'update with a wrong videoPausedFor',
    event: 'update',
    args: [
      { videoPausedFor: pick(random, [null, 'x', {}, [7], ['x'], Array.from({ length: 101 }, () => 'A'.repeat(43))]) },
    ],
    answer: 'payload-invalid',
  }),
  random => ({
    what: 'join with a token above the limit',
    event: 'join',
    args: [joinRequest({ token: 'x'.repeat(4_097 + Math.floor(random() * 12_000)) })],
    answer: 'token-invalid',
  }),
  random => ({
    what: 'join with a bad guest key',
    event: 'join',
    args: [{ ...joinRequest(), guestKey: pick(random, ['', 'x', 'a'.repeat(44), null, 7, own('__proto__', {})]) }],
    answer: 'payload-invalid',
  }),
  random => ({
    what: 'a lock that is none',
    event: 'lock',
    args: [{ locked: pick(random, wrongValues)(random) }],
    answer: 'payload-invalid',
  }),
  (random, { victimSocketId }) => ({
    what: 'a host request about what is no participant',
    event: pick(random, ['admit', 'reject', 'mute-participant', 'remove', 'make-host'] as const),
    args: [{ id: pick(random, [victimSocketId, 'r:calm', '*', '', null, ['x'], own('__proto__', {})]) }],
    answer: 'payload-invalid',
  }),
  (random, { self, elsewhere, gone }) => ({
    what: 'a host request about who is not here',
    event: pick(random, ['admit', 'reject', 'mute-participant', 'make-host'] as const),
    args: [{ id: pick(random, [self, elsewhere, gone, 'A'.repeat(43)]) }],
    answer: 'participant-unknown',
  }),
  (random, { elsewhere, gone }) => ({
    what: 'a removal of who has no seat here',
    event: 'remove',
    args: [{ id: pick(random, [elsewhere, gone, 'A'.repeat(43)]) }],
    answer: 'ok',
  }),
  (_, { self }) => ({
    what: 'a removal of oneself',
    event: 'remove',
    args: [{ id: self }],
    answer: 'participant-unknown',
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
