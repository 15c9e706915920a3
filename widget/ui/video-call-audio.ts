// <video-call-audio>: the sound of one participant. Stands apart from the tiles, because a tile may be hidden.
import { StreamPlayer } from './stream-player.ts';

export class VideoCallAudio extends StreamPlayer {
  protected override readonly media = this.ownerDocument.createElement('audio');
}

/** Starts what the browser held back. Call it in the task of a press, or the browser holds it back again. */
export async function resumeAudio(root: ParentNode): Promise<void> {
  await Promise.all([...root.querySelectorAll<VideoCallAudio>('video-call-audio')].map(sound => sound.play()));
}
