import { expect } from '@open-wc/testing';
import { all, clearCalls, joined, next, one, showCall, view } from './testing/test-call.ts';
import { resumeAudio } from './video-call-audio.ts';

/** A picture that can really play. */
function picture(): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.getContext('2d')?.fillRect(0, 0, 10, 10);
  return canvas.captureStream(10);
}

/** Every attempt to play ends in `error`, as if the browser held it back. */
class HeldBack {
  readonly #play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')!;
  attempts = 0;

  constructor(error: DOMException) {
    HTMLMediaElement.prototype.play = () => {
      this.attempts++;
      return Promise.reject(error);
    };
  }

  restore(): void {
    Object.defineProperty(HTMLMediaElement.prototype, 'play', this.#play);
  }
}

describe('pictures and sounds', () => {
  afterEach(clearCalls);

  it('plays a picture silently, in its place', async () => {
    const stream = picture();
    const element = await showCall(view(joined(['bo']), { media: () => ({ video: stream }) }));
    const video = one(element, 'video');
    expect([video.muted, video.playsInline, video.getAttribute('part')]).to.deep.equal([true, true, 'video']);
    if (video.readyState < video.HAVE_CURRENT_DATA) await next(video, 'loadeddata');
    expect(video.paused).to.equal(false);
  });

  it('has a sound for everyone else, apart from the tiles', async () => {
    const streams = new Map(['bo', 'cy'].map(id => [id, { audio: new MediaStream() }]));
    const element = await showCall(view(joined(['bo', 'cy']), { media: id => streams.get(id) }));
    const sounds = all(element, 'audio');
    expect(sounds.map(({ srcObject }) => srcObject)).to.deep.equal([...streams.values()].map(({ audio }) => audio));
    expect(sounds.some(sound => sound.closest('.tile'))).to.equal(false);
    expect(sounds.some(({ muted }) => muted)).to.equal(false);
  });

  it('drops the stream once removed, and not when it only moves', async () => {
    const stream = new MediaStream();
    const element = await showCall(view(joined(['bo']), { media: () => ({ audio: stream, video: stream }) }));
    const media = [...all(element, 'video'), ...all(element, 'audio')];
    expect(media.length).to.equal(2);
    const elsewhere = document.createElement('div');
    document.body.append(elsewhere);
    elsewhere.append(element);
    await Promise.resolve();
    expect(media.every(({ srcObject }) => srcObject === stream)).to.equal(true);
    elsewhere.remove();
    await Promise.resolve();
    expect(media.every(({ srcObject }) => srcObject === null)).to.equal(true);
    document.body.append(element);
    expect(media.every(({ srcObject }) => srcObject === stream)).to.equal(true);
  });

  it('says that the browser holds back the sound, and starts it on a press', async () => {
    const held = new HeldBack(new DOMException('a press is needed', 'NotAllowedError'));
    try {
      const element = await showCall(view(joined()));
      const blocked = next(element.renderRoot, 'audio-blocked');
      const stream = new MediaStream();
      element.view = view(joined(['bo']), { media: () => ({ audio: stream }) });
      await blocked;
      const before = held.attempts;
      await resumeAudio(element.renderRoot);
      expect(held.attempts).to.equal(before + 1);
    } finally {
      held.restore();
    }
  });

  it('says nothing of a stream that changed while it started', async () => {
    const held = new HeldBack(new DOMException('interrupted by a new load', 'AbortError'));
    try {
      const element = await showCall(view(joined()));
      let blocked = false;
      element.renderRoot.addEventListener('audio-blocked', () => (blocked = true));
      element.view = view(joined(['bo']), { media: () => ({ audio: new MediaStream() }) });
      await element.updateComplete;
      await resumeAudio(element.renderRoot);
      expect(blocked).to.equal(false);
    } finally {
      held.restore();
    }
  });
});
