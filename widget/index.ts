// Defines the elements. Safe to load twice and to import where there is no browser.
import { define } from './ui/define.ts';
import { VideoCall } from './video-call.ts';

define('video-call', VideoCall);

export { VideoCall };
export type { VideoCallEventMap } from './events.ts';
