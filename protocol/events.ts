// The signalling events of both directions, as types. No behaviour, no schema library: the browser imports this file.
import type { SignalingErrorCode } from './errors.ts';

export type Role = 'host' | 'member' | 'guest';

/** What a participant says of their own devices. Told by the roster, never guessed from a track. */
export interface MediaState {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  /**
   * Ids of those to whom the picture is paused, because the way to them is too weak for more than sound. Each pair has a
   * way of its own, so it is said for each; absent means nobody.
   */
  videoPausedFor?: string[] | undefined;
}

/** A member of a room, as every member sees them. */
export interface RosterEntry extends MediaState {
  /** base64url(SHA-256(resume secret)) */
  id: string;
  displayName: string;
  role: Role;
  handRaised: boolean;
}

/** Names one state of a roster. `version` counts up by one within a `generation`; a new generation means: start over. */
export interface RosterVersion {
  generation: string;
  version: number;
}

export interface Roster extends RosterVersion {
  /** In order of joining, self included. */
  participants: RosterEntry[];
  /** Only hosts may enter. Absent: open. */
  locked?: boolean;
}

/** As `RTCIceServer`, but always a list of URLs. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface RoomLimits {
  /** Participants that the room holds. */
  capacity: number;
  /** Seconds for which the ICE credentials can open an allocation. */
  iceServersTtlSec: number;
}

export interface CandidateInit {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  usernameFragment: string | null;
}

/**
 * One step of a negotiation between two participants (RFC 9429): a description, or trickled candidates (RFC 8838), where
 * `null` is the end of candidates. `generation` counts the offers of one RTCPeerConnection from 1; an answer repeats that
 * of its offer, so that a late or a second one is told from the one that is awaited.
 *
 * `connectionId` names the sender's RTCPeerConnection and `remoteConnectionId` the one it is meant for (absent until
 * the sender has heard of one), so that what belongs to a connection that is gone is told from what belongs to the
 * present one.
 */
export type Signal = { connectionId: string; remoteConnectionId?: string | undefined } & (
  | { generation: number; description: { type: 'offer' | 'answer'; sdp: string } }
  | { candidates: (CandidateInit | null)[] }
);

export interface JoinRequest extends MediaState {
  room: string;
  /** 256 random bits in base64url, chosen by the client; proves on a resume that it is the same participant. */
  secret: string;
  displayName: string;
  /** The site's word for who this is (docs/tokens.md). Not needed to take a seat again that one still has. */
  token?: string | undefined;
  /** 256 random bits in base64url, the same in every tab of a browser: who has no token is one user by it. */
  guestKey?: string | undefined;
  /** One's addresses are to be hidden from the others; stays so for as long as the seat is one's own. */
  relayOnly?: true | undefined;
  /** A first offer for whoever it can be handed to: saves a round trip. Its candidates are all in it. */
  offer?: FirstOffer | undefined;
}

/** An offer of a connection that does not know yet with whom. */
export interface FirstOffer {
  connectionId: string;
  generation: number;
  sdp: string;
}

export interface Joined {
  /** The caller's own participant id. */
  self: string;
  roster: Roster;
  iceServers: IceServer[];
  limits: RoomLimits;
  /** Who was handed the offer that came with the join; absent where there was nobody, or no offer. */
  offeredTo?: string;
  /** This participant's addresses are hidden from the others, by their own wish or the site's: all media goes through a relay. */
  relayOnly?: true;
  /**
   * Whom hosts removed, the latest last: said to who was in the room before, because they may have been away when it was
   * told. A connection to any of them is closed. Absent: nobody.
   */
  removed?: string[];
}

/** The answer to a join that must be admitted by a host: no seat, no roster, no ICE servers yet. */
export interface Waiting {
  /** The caller's own participant id. */
  self: string;
  /** The place in line, from 1. */
  waiting: number;
}

/** Somebody who waits to be admitted, as hosts see them. */
export interface Knock {
  id: string;
  displayName: string;
}

/** Names another participant of the room, or somebody who waits for it. */
export interface Addressed {
  id: string;
}

export type UpdateRequest = Partial<MediaState & { displayName: string; handRaised: boolean }>;

export interface SignalRequest {
  to: string;
  signal: Signal;
}

/** `capacity` comes with `room-full`: how many the room holds. */
export type Refusal = { ok: false; error: { code: SignalingErrorCode; capacity?: number } };
export type Ack<T extends object = object> = (answer: ({ ok: true } & T) | Refusal) => void;

/** Requests. Each is answered through its acknowledgement, except `leaving`, which a closing page sends. */
export interface ClientToServerEvents {
  join: (request: JoinRequest, ack: Ack<Joined | Waiting>) => void;
  sync: (request: Record<string, never>, ack: Ack<{ roster: Roster }>) => void;
  update: (request: UpdateRequest, ack: Ack<RosterVersion>) => void;
  signal: (request: SignalRequest, ack: Ack) => void;
  'ice-servers': (request: Record<string, never>, ack: Ack<{ iceServers: IceServer[] }>) => void;
  leave: (request: Record<string, never>, ack: Ack) => void;
  leaving: () => void;
  /** From here on: for hosts only. */
  admit: (request: Addressed, ack: Ack) => void;
  reject: (request: Addressed, ack: Ack) => void;
  lock: (request: { locked: boolean }, ack: Ack) => void;
  'mute-participant': (request: Addressed, ack: Ack) => void;
  remove: (request: Addressed, ack: Ack) => void;
  'make-host': (request: Addressed, ack: Ack) => void;
  end: (request: Record<string, never>, ack: Ack) => void;
}

/** `timeout`: signalling lost them, their media may still flow. After any other reason the connection is closed. */
export type LeftReason = 'left' | 'removed' | 'replaced' | 'ended' | 'timeout';

export interface ServerToClientEvents {
  'participant-joined': (message: RosterVersion & { participant: RosterEntry }) => void;
  'participant-updated': (message: RosterVersion & { participant: RosterEntry }) => void;
  'participant-left': (message: RosterVersion & { id: string; reason: LeftReason }) => void;
  signal: (message: { from: string; signal: Signal }) => void;
  'room-updated': (message: RosterVersion & { locked: boolean }) => void;
  /** The answer to a join that came with the connection. */
  entered: (answer: ({ ok: true } & (Joined | Waiting)) | Refusal) => void;
  /** The server ends this session. No reconnect. */
  ended: (message: { reason: EndedReason }) => void;
  /** To who waits: the place in line changed. */
  waiting: (message: { place: number }) => void;
  /** To who waits: a seat is there; another `join` with the same secret takes it. */
  admitted: (message: Record<string, never>) => void;
  /** To hosts: everybody who waits, in order, after each change. */
  knocking: (message: { knocks: Knock[] }) => void;
  /** A host asks this participant to turn the microphone off. */
  'mute-requested': (message: { by: string }) => void;
}

/** One event of the server as a value: its name and its message. */
export type ServerMessage = {
  [Name in keyof ServerToClientEvents]: [name: Name, message: Parameters<ServerToClientEvents[Name]>[0]];
}[keyof ServerToClientEvents];

/** `replaced`: the same user came in from elsewhere. The others: a host did it. */
export type EndedReason = 'replaced' | 'removed' | 'rejected' | 'ended';

/** What the CONNECT packet carries. */
export interface Handshake {
  protocol: number;
  /** A join that need not wait for the connection; `entered` answers it. */
  join?: JoinRequest;
}
