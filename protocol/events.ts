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
  videoPausedFor?: string[];
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
 * One step of a negotiation between two participants (RFC 9429): a description, a trickled candidate (RFC 8838),
 * or `candidate: null`, the end of candidates.
 *
 * `connectionId` names the sender's RTCPeerConnection and `remoteConnectionId` the one it is meant for (absent until
 * the sender has heard of one), so that what belongs to a connection that is gone is told from what belongs to the
 * present one.
 */
export type Signal = { connectionId: string; remoteConnectionId?: string | undefined } & (
  { description: { type: 'offer' | 'answer'; sdp: string } } | { candidate: CandidateInit | null }
);

export interface JoinRequest extends MediaState {
  room: string;
  /** 256 random bits in base64url, chosen by the client; proves on a resume that it is the same participant. */
  secret: string;
  displayName: string;
}

export interface Joined {
  /** The caller's own participant id. */
  self: string;
  roster: Roster;
  iceServers: IceServer[];
  limits: RoomLimits;
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
  join: (request: JoinRequest, ack: Ack<Joined>) => void;
  sync: (request: Record<string, never>, ack: Ack<{ roster: Roster }>) => void;
  update: (request: UpdateRequest, ack: Ack<RosterVersion>) => void;
  signal: (request: SignalRequest, ack: Ack) => void;
  'ice-servers': (request: Record<string, never>, ack: Ack<{ iceServers: IceServer[] }>) => void;
  leave: (request: Record<string, never>, ack: Ack) => void;
  leaving: () => void;
}

/** `timeout`: signalling lost them, their media may still flow. After any other reason the connection is closed. */
export type LeftReason = 'left' | 'removed' | 'replaced' | 'ended' | 'timeout';

export interface ServerToClientEvents {
  'participant-joined': (message: RosterVersion & { participant: RosterEntry }) => void;
  'participant-updated': (message: RosterVersion & { participant: RosterEntry }) => void;
  'participant-left': (message: RosterVersion & { id: string; reason: LeftReason }) => void;
  signal: (message: { from: string; signal: Signal }) => void;
  /** The server ends this session: another connection took its seat. No reconnect. */
  ended: (message: { reason: 'replaced' }) => void;
}

/** What the CONNECT packet carries. */
export interface Handshake {
  protocol: number;
}
