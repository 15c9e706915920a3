// Defines the elements. Safe to load twice and to import where there is no browser.
import { defineVideoCall } from './define.ts';

defineVideoCall();

export { VideoCall } from './video-call.ts';
export type { VideoCallEventMap } from './events.ts';
