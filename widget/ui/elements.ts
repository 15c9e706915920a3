// The parts with a life of their own, made known to the browser. Defined once, whoever comes first: a page may load the
// script twice, and Node has no registry.
import { VideoCallAudio } from './video-call-audio.ts';
import { VideoCallControls } from './video-call-controls.ts';
import { VideoCallVideo } from './video-call-video.ts';

/** Those that every call has. */
export const elements: Record<string, CustomElementConstructor> = {
  'video-call-audio': VideoCallAudio,
  'video-call-controls': VideoCallControls,
  'video-call-video': VideoCallVideo,
};

/** A call and not an import for its effect: a bundler may drop the latter. */
export function defineElements(all: Record<string, CustomElementConstructor>): void {
  if (typeof customElements === 'undefined') return;
  for (const [name, element] of Object.entries(all)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
}
