// <video-call-video>: the picture of one participant. Always silent: sound is <video-call-audio>'s.
import { StreamPlayer } from './stream-player.ts';

export class VideoCallVideo extends StreamPlayer {
  protected override readonly media = this.ownerDocument.createElement('video');

  constructor() {
    super();
    // Muted as a property too: only that counts for autoplay on an element that no parser made.
    this.media.muted = true;
    this.media.playsInline = true;
    this.media.setAttribute('part', 'video');
  }
}
