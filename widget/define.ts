// Registers <video-call>, once, whoever comes first: a page may load the script twice, and Node has no registry.
import { VideoCall } from './video-call.ts';

export function defineVideoCall(): void {
  if (typeof customElements !== 'undefined' && !customElements.get('video-call')) {
    customElements.define('video-call', VideoCall);
  }
}
