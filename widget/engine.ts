// The headless engine, for those who draw their own interface.
export { Call } from './call/call.ts';
export type { CallEvents, CallOptions } from './call/call.ts';
export { CallError } from './call/call-error.ts';
export type { CallErrorCode } from './call/call-error.ts';
export type {
  CallState,
  CallStatus,
  EndReason,
  LocalState,
  Participant,
  ParticipantConnection,
  ParticipantMedia,
} from './call/call-state.ts';
export type { HostRequest, TokenSource } from './session/session.ts';
export type { CallEnvironment } from './call/environment.ts';
