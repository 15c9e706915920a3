// Plays one stream for as long as it is in the document. Knows no participant, and no reason to stay silent but the
// browser's own.
import { ReactiveElement } from 'lit';

/** Base of the picture and the sound. Its media element is its only child, so that `::part` reaches it. */
export abstract class StreamPlayer extends ReactiveElement {
  static override properties = { stream: { attribute: false } };

  declare stream: MediaStream | undefined;
  protected abstract readonly media: HTMLMediaElement;

  protected override createRenderRoot(): this {
    this.append(this.media);
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A media element that was taken out and put back is paused.
    if (this.hasUpdated) this.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // Not at once: an element that only changes place leaves and returns within the same task.
    queueMicrotask(() => {
      if (!this.isConnected) this.media.srcObject = null;
    });
  }

  protected override updated(): void {
    this.show();
  }

  /** Also to be called within a press, after `audio-blocked`. */
  async play(): Promise<void> {
    try {
      await this.media.play();
    } catch (error) {
      // AbortError: the stream changed or left while it started. Nobody needs to know.
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.dispatchEvent(new CustomEvent('audio-blocked', { bubbles: true }));
      }
    }
  }

  private show(): void {
    const stream = this.stream ?? null;
    // Setting the same stream again would restart it.
    if (this.media.srcObject !== stream) this.media.srcObject = stream;
    if (stream) void this.play();
  }
}
