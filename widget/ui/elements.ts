// The parts with a life of their own, made known to the browser. Defined once, whoever comes first: a page may load the
// script twice, and Node has no registry.
import { VideoCallAudio } from './video-call-audio.ts';
import { VideoCallControls } from './video-call-controls.ts';
import { VideoCallNotice } from './video-call-notice.ts';
import { VideoCallVideo } from './video-call-video.ts';

const elements: Record<string, CustomElementConstructor> = {
  'video-call-audio': VideoCallAudio,
  'video-call-controls': VideoCallControls,
  'video-call-notice': VideoCallNotice,
  'video-call-video': VideoCallVideo,
};

/** A call and not an import for its effect: a bundler may drop the latter. */
export function defineElements(): void {
  if (typeof customElements === 'undefined') return;
  for (const [name, element] of Object.entries(elements)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}
