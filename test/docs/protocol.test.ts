// Every JSON example of PROTOCOL.md is what it says it is: ```json <mark>, the mark telling which message it shows.
// Requests are parsed by the server's own schemas. The shapes of all else stand here, held to the types by the compiler.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { signalingErrorCodes } from '../../protocol/errors.ts';
import type {
  ClientToServerEvents,
  IceServer,
  Joined,
  Knock,
  Refusal,
  Roster,
  RosterEntry,
  ServerToClientEvents,
  Waiting,
} from '../../protocol/events.ts';
import { handshakeSchema, requestSchemas } from '../../protocol/schemas.ts';
import { codes, fences, read, table, withoutFences } from './markdown.ts';

type Request = keyof typeof requestSchemas;
type ServerEvent = keyof ServerToClientEvents;
type Granted<Name extends Request> = Exclude<Parameters<Parameters<ClientToServerEvents[Name]>[1]>[0], Refusal>;

const ok = z.literal(true);
const version = { generation: z.string().min(1), version: z.int() };
const participant = z.strictObject({
  id: z.string().length(43),
  displayName: z.string(),
  role: z.enum(['host', 'member', 'guest']),
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z.boolean(),
  handRaised: z.boolean(),
  videoPausedFor: z.array(z.string().length(43)).exactOptional(),
}) satisfies z.ZodType<RosterEntry>;
const roster = z.strictObject({
  ...version,
  participants: z.array(participant),
  locked: z.boolean().exactOptional(),
}) satisfies z.ZodType<Roster>;
const iceServers = z.array(
  z
    .strictObject({ urls: z.array(z.string()).min(1), username: z.string(), credential: z.string() })
    .or(z.strictObject({ urls: z.array(z.string()).min(1) })),
) satisfies z.ZodType<IceServer[]>;
const joined = z.strictObject({
  ok,
  self: z.string().length(43),
  roster,
  iceServers,
  limits: z.strictObject({ capacity: z.int(), iceServersTtlSec: z.int() }),
  relayOnly: ok.exactOptional(),
  removed: z.array(participant.shape.id).exactOptional(),
}) satisfies z.ZodType<Joined>;
const waiting = z.strictObject({ ok, self: participant.shape.id, waiting: z.int() }) satisfies z.ZodType<Waiting>;
const knock = z.strictObject({ id: participant.shape.id, displayName: z.string() }) satisfies z.ZodType<Knock>;
const done = z.strictObject({ ok });
const refusal = z.strictObject({
  ok: z.literal(false),
  error: z
    .strictObject({ code: z.enum(signalingErrorCodes) })
    .or(z.strictObject({ code: z.literal('room-full'), capacity: z.int() })),
}) satisfies z.ZodType<Refusal>;

const acks: { [Name in Request]: z.ZodType<Granted<Name>> } = {
  join: joined.or(waiting),
  sync: z.strictObject({ ok, roster }),
  update: z.strictObject({ ok, ...version }),
  signal: done,
  'ice-servers': z.strictObject({ ok, iceServers }),
  leave: done,
  admit: done,
  reject: done,
  lock: done,
  'mute-participant': done,
  remove: done,
  'make-host': done,
  end: done,
};
const events: { [Name in ServerEvent]: z.ZodType<Parameters<ServerToClientEvents[Name]>[0]> } = {
  'participant-joined': z.strictObject({ ...version, participant }),
  'participant-updated': z.strictObject({ ...version, participant }),
  'participant-left': z.strictObject({
    ...version,
    id: participant.shape.id,
    reason: z.enum(['left', 'removed', 'replaced', 'ended', 'timeout']),
  }),
  signal: z.strictObject({ from: participant.shape.id, signal: requestSchemas.signal.shape.signal }),
  'room-updated': z.strictObject({ ...version, locked: z.boolean() }),
  ended: z.strictObject({ reason: z.enum(['replaced', 'removed', 'rejected', 'ended']) }),
  entered: acks.join.or(refusal),
  waiting: z.strictObject({ place: z.int() }),
  admitted: z.strictObject({}),
  knocking: z.strictObject({ knocks: z.array(knock) }),
  'mute-requested': z.strictObject({ by: participant.shape.id }),
};

const prefixed = (prefix: string, schemas: Record<string, z.ZodType>): [string, z.ZodType][] =>
  Object.entries(schemas).map(([name, schema]) => [`${prefix}:${name}`, schema]);

/** What the mark of an example may be, and the shape that it promises. */
const shapes = new Map<string, z.ZodType>([
  ['handshake', handshakeSchema],
  ['http:handshake', refusal.or(z.strictObject({ ok, protocol: z.int(), iceServers }))],
  ['refusal', refusal],
  ...prefixed('request', requestSchemas),
  ...prefixed('ack', acks),
  ...prefixed('event', events),
]);

const markdown = read('PROTOCOL.md');
const examples = fences(markdown)
  .filter(({ mark }) => mark.startsWith('json'))
  .map(({ mark, text, line }) => ({ mark: mark.slice('json'.length).trim(), text, line }));

describe('PROTOCOL.md', () => {
  for (const { mark, text, line } of examples) {
    it(`line ${line}: the example is a ${mark || 'marked message'}`, () => {
      const shape = shapes.get(mark);
      assert.ok(shape, `the mark after \`\`\`json must be one of ${[...shapes.keys()].join(', ')}`);
      const result = shape.safeParse(JSON.parse(text));
      assert.ok(result.success, result.error && z.prettifyError(result.error));
    });
  }

  it('shows an example of every request, and of its answer where that says more than ok', () => {
    const says = Object.entries(acks).filter(([name, shape]) => shape !== done || name === 'leave');
    const wanted = [...Object.keys(acks).map(name => `request:${name}`), ...says.map(([name]) => `ack:${name}`)];
    assert.deepEqual(
      wanted.filter(mark => !examples.some(example => example.mark === mark)),
      [],
    );
  });

  it('shows or names every event', () => {
    const named = [...codes(withoutFences(markdown)), ...examples.map(({ mark }) => mark.replace('event:', ''))];
    assert.deepEqual(
      Object.keys(events).filter(name => !named.includes(name)),
      [],
    );
  });

  it('has a table «code» with every code of a refusal', () => {
    const named = table('PROTOCOL.md', 'code').rows.flatMap(([first = '']) => codes(first));
    assert.deepEqual(named.sort(), [...signalingErrorCodes].sort());
  });
});
