// What the element is doing, as one value. Pure: no DOM, no connection, no clock.
import type { Knock, MediaState, Role, Roster } from '../../protocol/events.ts';
import type { CallError } from './call-error.ts';
import type { Path } from './path.ts';

export type CallStatus = CallState['status'];

/** `connected` is only said of others; one's own connection is the status of the call. */
export type ParticipantConnection = 'connecting' | 'connected' | 'reconnecting' | 'failed';

/** A member of the room as the page sees them. */
export interface Participant {
  id: string;
  displayName: string;
  isSelf: boolean;
  role: Role;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  handRaised: boolean;
  connection: ParticipantConnection;
  quality: 'good' | 'fair' | 'poor' | 'unknown';
  /** Ids of those to whom their picture is paused, because the network carries sound only. */
  videoPausedFor?: string[] | undefined;
  /** Their picture is paused for us; of oneself: for everybody. */
  videoPaused?: 'network' | undefined;
  /** Once connected: whether media goes straight or through a relay. */
  path?: Path;
  /** Once connected: 30 decimal digits, the same on both screens of this pair unless somebody sits between them. */
  verificationCode?: string;
}

/** What of a participant can be played. A stream is the same object as long as it shows the same thing. */
export interface ParticipantMedia {
  audio?: MediaStream;
  video?: MediaStream;
  /** There from the start, like the others: `participant.screen` says whether anything is shared. */
  screen?: MediaStream;
  screenAudio?: MediaStream;
}

/** `starting`: asked for, the browser may be showing its prompt. */
export type DeviceState = 'off' | 'starting' | 'on';

export interface LocalState {
  microphone: DeviceState;
  camera: DeviceState;
  /** Absent: nothing was ever shared. */
  screen?: DeviceState;
  /** Why the device that was asked for last did not start. */
  problem?: CallError;
}

/** How a call ended that did not fail. */
export type EndReason = 'left' | 'removed' | 'replaced' | 'ended';

export type CallState = { local: LocalState } & (
  | { status: 'idle' }
  | { status: 'previewing' }
  | { status: 'joining' }
  | { status: 'waiting'; place: number }
  | {
      status: 'joined' | 'reconnecting';
      room: string;
      self: Participant;
      participants: Participant[];
      /** Only hosts may enter. */
      locked: boolean;
      /** Who waits to be admitted; known to hosts only. */
      knocks: Knock[];
    }
  | { status: 'left'; reason: EndReason }
  | { status: 'failed'; error: CallError }
);

/** What is learned of a connection while it runs. */
export type Learned = Partial<Pick<Participant, 'quality' | 'path' | 'verificationCode'>>;

export type CallEvent =
  | { type: 'local'; local: LocalState }
  | { type: 'reset' | 'preview' | 'join' | 'lost' | 'resumed' }
  | { type: 'waiting'; place: number }
  | { type: 'knocking'; knocks: Knock[] }
  | { type: 'joined'; room: string; selfId: string; roster: Roster }
  | { type: 'roster'; roster: Roster; lingering: ReadonlySet<string> }
  | { type: 'connection'; id: string; connection: ParticipantConnection }
  | { type: 'learned'; id: string | undefined; about: Learned }
  | { type: 'leave'; reason: EndReason }
  | { type: 'fail'; error: CallError };

export const initialCallState: CallState = { status: 'idle', local: { microphone: 'off', camera: 'off' } };

/** The state after `event`; the same object when the event says nothing new or does not fit the state. */
export function reduce(state: CallState, event: CallEvent): CallState {
  const { local } = state;
  switch (event.type) {
    case 'local':
      return inRoom(state)
        ? { ...state, local: event.local, self: { ...state.self, ...ownDevices(event.local) } }
        : { ...state, local: event.local };
    case 'reset':
      return { status: 'idle', local };
    case 'preview':
      return { status: 'previewing', local };
    case 'join':
      return { status: 'joining', local };
    case 'waiting':
      return { status: 'waiting', place: event.place, local };
    case 'knocking':
      return inRoom(state) ? { ...state, knocks: state.self.role === 'host' ? event.knocks : [] } : state;
    case 'leave':
      return { status: 'left', reason: event.reason, local };
    case 'fail':
      return { status: 'failed', error: event.error, local };
    case 'joined':
      return withRoster({ room: event.room, selfId: event.selfId, local }, event.roster);
    case 'lost':
      return inRoom(state) ? { ...state, status: 'reconnecting', knocks: [] } : state;
    case 'resumed':
      return inRoom(state) ? { ...state, status: 'joined' } : state;
    case 'roster':
      return inRoom(state)
        ? {
            ...withRoster(
              { ...state, selfId: state.self.id, quality: state.self.quality },
              event.roster,
              state.participants,
              event.lingering,
            ),
            status: state.status,
          }
        : state;
    case 'connection':
      return inRoom(state)
        ? {
            ...state,
            participants: state.participants.map(participant =>
              participant.id === event.id ? withConnection(participant, event) : participant,
            ),
          }
        : state;
    case 'learned': {
      if (!inRoom(state)) return state;
      // About nobody else: about oneself.
      const id = event.id ?? state.self.id;
      const learn = (one: Participant): Participant => (one.id === id ? { ...one, ...event.about } : one);
      return { ...state, self: learn(state.self), participants: state.participants.map(learn) };
    }
  }
}

export type InRoomState = Extract<CallState, { status: 'joined' | 'reconnecting' }>;

export function inRoom(state: CallState): state is InRoomState {
  return state.status === 'joined' || state.status === 'reconnecting';
}

function withRoster(
  { room, selfId, local, knocks = [], quality = 'unknown' }: Known,
  roster: Roster,
  before: Participant[] = [],
  lingering: ReadonlySet<string> = new Set(),
): InRoomState {
  const known = new Map(before.map(participant => [participant.id, participant]));
  const others = roster.participants.filter(({ id }) => id !== selfId);
  const self = roster.participants.find(({ id }) => id === selfId);
  const present = new Set(others.map(({ id }) => id));
  const isUnseen = others.length > 0 && others.every(({ id }) => self?.videoPausedFor?.includes(id));
  return {
    status: 'joined',
    room,
    local,
    locked: roster.locked ?? false,
    knocks: self?.role === 'host' ? knocks : [],
    self: {
      ...(self ?? { displayName: '', role: 'member', handRaised: false }),
      ...ownDevices(local),
      videoPaused: isUnseen ? 'network' : undefined,
      id: selfId,
      isSelf: true,
      connection: 'connected',
      quality,
    },
    participants: [
      ...others.map(entry => ({
        connection: 'connecting' as const,
        quality: 'unknown' as const,
        ...known.get(entry.id),
        ...entry,
        videoPaused: entry.videoPausedFor?.includes(selfId) ? ('network' as const) : undefined,
        isSelf: false,
      })),
      // Signalling lost them but their media flows on.
      ...before.filter(({ id }) => !present.has(id) && lingering.has(id)),
    ],
  };
}

interface Known {
  room: string;
  selfId: string;
  local: LocalState;
  knocks?: Knock[];
  /** One's own. */
  quality?: Participant['quality'];
}

/** What was learned of a connection is worth nothing once it is gone. */
function withConnection(participant: Participant, { connection }: { connection: ParticipantConnection }): Participant {
  const next = { ...participant, connection };
  if (connection !== 'connected') {
    next.quality = 'unknown';
    delete next.verificationCode;
    delete next.path;
  }
  return next;
}

function ownDevices({ microphone, camera, screen }: LocalState): MediaState {
  return { microphone: microphone === 'on', camera: camera === 'on', screen: screen === 'on' };
}
