// The events of <video-call>, typed. All bubble and are composed.
import type { Knock, LeftReason } from '../protocol/events.ts';
import type { CallErrorCode } from './call/call-error.ts';
import type { DeviceName } from './call/device-watch.ts';
import type { Check } from './call/diagnosis.ts';
import type { CallStatus, EndReason, Participant } from './call/call-state.ts';

/** Event name → what its `detail` holds. */
export interface VideoCallEventDetails {
  'call-status-change': { status: CallStatus; previous: CallStatus };
  'call-joined': { room: string; self: Participant; participants: Participant[] };
  'call-left': { reason: EndReason | 'failed' };
  'call-error': { code: CallErrorCode; fatal: boolean; message: string };
  'participant-joined': { participant: Participant };
  'participant-updated': { participant: Participant };
  'participant-left': { participant: Participant; reason: LeftReason };
  'microphone-toggle': { enabled: boolean };
  'camera-toggle': { enabled: boolean };
  knock: { participant: Knock };
  'screen-share-toggle': { enabled: boolean };
  'network-quality-change': { id: string; quality: Participant['quality'] };
  interrupted: { cause: DeviceName };
  diagnosis: { checks: Check[] };
  'audio-blocked': null;
}

export type VideoCallEventMap = {
  [Name in keyof VideoCallEventDetails]: CustomEvent<VideoCallEventDetails[Name]>;
};

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the way to add names to the DOM's own map
  interface HTMLElementEventMap extends VideoCallEventMap {}
}

export function dispatch<Name extends keyof VideoCallEventDetails>(
  target: EventTarget,
  name: Name,
  detail: VideoCallEventDetails[Name],
): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
