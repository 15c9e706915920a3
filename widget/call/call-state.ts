// What the element is doing, as one value. Pure: no DOM, no connection, no clock.
import type { Role } from '../../protocol/events.ts';
import type { CallError } from './call-error.ts';

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
  /** Once connected: whether media goes straight or through a relay. */
  path?: 'direct' | 'relay';
}

/** What of a participant can be played. A stream is the same object as long as it shows the same thing. */
export interface ParticipantMedia {
  audio?: MediaStream;
  video?: MediaStream;
}

/** `starting`: asked for, the browser may be showing its prompt. */
export type DeviceState = 'off' | 'starting' | 'on';

export interface LocalState {
  microphone: DeviceState;
  camera: DeviceState;
  /** Why the device that was asked for last did not start. */
  problem?: CallError;
}

/** How a call ended that did not fail. */
export type EndReason = 'left' | 'removed' | 'replaced' | 'ended';

export type CallState = { local: LocalState } & (
  | { status: 'idle' }
  | { status: 'previewing' }
  | { status: 'joining' }
  | { status: 'waiting' }
  | { status: 'joined' | 'reconnecting'; room: string; self: Participant; participants: Participant[] }
  | { status: 'left'; reason: EndReason }
  | { status: 'failed'; error: CallError }
);
