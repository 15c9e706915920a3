// Turns a change of the call's state into the events that a page hears. It draws nothing.
import { inRoom } from './call/call-state.ts';
import type { CallState, Participant } from './call/call-state.ts';
import { dispatch } from './events.ts';

/** Fires on `target` what the step from `previous` to `state` means. Who left is told by the call, with the reason. */
export function announceState(target: EventTarget, state: CallState, previous: CallState): void {
  if (state.status !== previous.status) {
    dispatch(target, 'call-status-change', { status: state.status, previous: previous.status });
  }
  if (inRoom(state)) {
    const { room, self, participants } = state;
    if (inRoom(previous)) {
      announceParticipants(target, participants, previous.participants);
      announceQuality(target, self, previous.self);
    } else dispatch(target, 'call-joined', { room, self, participants });
  } else if (inRoom(previous)) {
    dispatch(target, 'call-left', { reason: endOf(state) });
    return;
  }
  announceDevices(target, state, previous);
}

function endOf(state: CallState): 'left' | 'removed' | 'replaced' | 'ended' | 'failed' {
  if (state.status === 'left') return state.reason;
  return state.status === 'failed' ? 'failed' : 'left';
}

function announceParticipants(target: EventTarget, now: Participant[], before: Participant[]): void {
  const known = new Map(before.map(participant => [participant.id, participant]));
  for (const participant of now) {
    const earlier = known.get(participant.id);
    if (!earlier) dispatch(target, 'participant-joined', { participant });
    else if (differs(participant, earlier)) {
      dispatch(target, 'participant-updated', { participant });
      announceQuality(target, participant, earlier);
    }
  }
}

function announceQuality(target: EventTarget, { id, quality }: Participant, before: Participant): void {
  if (quality !== before.quality) dispatch(target, 'network-quality-change', { id, quality });
}

function differs(a: Participant, b: Participant): boolean {
  return a !== b && (Object.keys({ ...a, ...b }) as (keyof Participant)[]).some(key => a[key] !== b[key]);
}

function announceDevices(target: EventTarget, { local }: CallState, { local: before }: CallState): void {
  for (const device of ['microphone', 'camera', 'screen'] as const) {
    const name = device === 'screen' ? 'screen-share' : device;
    const enabled = local[device] === 'on';
    if (enabled !== (before[device] === 'on')) dispatch(target, `${name}-toggle`, { enabled });
  }
}
