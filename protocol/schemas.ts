// What the server accepts from a client, as schemas. Server only: zod must not reach the browser bundle.
// Parsing rebuilds every value, so nothing that a client sent is relayed as it came.
import { z } from 'zod';
import {
  candidateMaxBytes,
  candidatesMaxPerSignal,
  connectionIdPattern,
  displayNameMaxCodePoints,
  generationMax,
  guestKeyPattern,
  participantIdPattern,
  roomNamePattern,
  sdpMaxBytes,
  sdpMaxMediaSections,
  secretPattern,
  tokenMaxChars,
  videoPausedForMaxIds,
} from './limits.ts';

const bytes = (max: number) => (text: string) => Buffer.byteLength(text) <= max;

/** Bidi controls, zero-width characters and other format or control characters have no place in a name. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;

/** Trimmed, NFC, without invisible characters except the joiners that scripts and emoji need; possibly empty. */
export function cleanDisplayName(name: string): string {
  return name
    .normalize('NFC')
    .replace(unseen, character => (character === '\u200c' || character === '\u200d' ? character : ''))
    .replace(/\s+/gu, ' ')
    .trim();
}

export const displayName = z
  .string()
  .max(displayNameMaxCodePoints * 4)
  .transform(cleanDisplayName)
  .refine(name => Array.from(name).length <= displayNameMaxCodePoints);

/** Half a character cannot be sent on as it came, and NUL ends strings in other languages. */
const isPlain = (text: string) => !/[\p{Surrogate}\0]/u.test(text);

const sdp = z
  .string()
  .max(sdpMaxBytes)
  .refine(bytes(sdpMaxBytes))
  .refine(isPlain)
  .refine(text => text.startsWith('v=0\r\n') && text.split('\nm=').length - 1 <= sdpMaxMediaSections);

/** A candidate may hold any address form, `.local` names included (RFC 8839 §5.1), but it is one line. */
const candidateLine = z
  .string()
  .max(candidateMaxBytes)
  .refine(bytes(candidateMaxBytes))
  .refine(isPlain)
  .refine(text => text === '' || (text.startsWith('candidate:') && !/[\r\n]/.test(text)));

const candidate = z.strictObject({
  candidate: candidateLine,
  sdpMid: z.string().max(64).refine(isPlain).nullable(),
  sdpMLineIndex: z.int().min(0).max(255).nullable(),
  usernameFragment: z.string().max(256).refine(isPlain).nullable(),
});

const connectionId = z.string().regex(connectionIdPattern);
const connections = { connectionId, remoteConnectionId: connectionId.optional() };
const generation = z.int().min(1).max(generationMax);

const signal = z.union([
  z.strictObject({
    ...connections,
    generation,
    description: z.strictObject({ type: z.enum(['offer', 'answer']), sdp }),
  }),
  z.strictObject({ ...connections, candidates: z.array(candidate.nullable()).min(1).max(candidatesMaxPerSignal) }),
]);

const nothing = z.strictObject({});
const addressed = z.strictObject({ id: z.string().regex(participantIdPattern) });
const media = { microphone: z.boolean(), camera: z.boolean(), screen: z.boolean() };
const videoPausedFor = z.array(z.string().regex(participantIdPattern)).max(videoPausedForMaxIds).exactOptional();

export const roomName = z.string().regex(roomNamePattern);

/** One schema for each request of `ClientToServerEvents` that carries a payload. */
export const requestSchemas = {
  join: z.strictObject({
    room: roomName,
    secret: z.string().regex(secretPattern),
    displayName,
    token: z.string().max(tokenMaxChars).exactOptional(),
    guestKey: z.string().regex(guestKeyPattern).exactOptional(),
    relayOnly: z.literal(true).exactOptional(),
    offer: z.strictObject({ connectionId, generation, sdp }).exactOptional(),
    ...media,
    videoPausedFor,
  }),
  sync: nothing,
  update: z.strictObject({
    displayName: displayName.exactOptional(),
    handRaised: z.boolean().exactOptional(),
    microphone: media.microphone.exactOptional(),
    camera: media.camera.exactOptional(),
    screen: media.screen.exactOptional(),
    videoPausedFor,
  }),
  signal: z.strictObject({ to: z.string().regex(participantIdPattern), signal }),
  'ice-servers': nothing,
  leave: nothing,
  admit: addressed,
  reject: addressed,
  lock: z.strictObject({ locked: z.boolean() }),
  'mute-participant': addressed,
  remove: addressed,
  'make-host': addressed,
  end: nothing,
};

/** What `join` holds is a request like any other, and looked at as one. */
export const handshakeSchema = z.object({ protocol: z.int(), join: z.unknown().optional() });
