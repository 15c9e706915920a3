// Cuts a byte stream into STUN messages and ChannelData (RFC 8489 §6.2.2, RFC 8656 §12.5). Knows no socket, no clock, and
// not what a message says.
import { startsChannelData } from './channel-data.ts';
import { channelHeaderBytes, headerBytes, magicCookie, padded, requestMaxBytes } from './limits.ts';

/** Length fields stand behind the type or number, in both kinds of message. */
const lengthEnd = 4;

/** Behind it the magic cookie is whole. */
const cookieEnd = 8;

/** A message that comes in pieces is gathered here first, and has twice the room each time it outgrows it. */
const heldMinBytes = 256;

/** What the first bytes say of a message: how much of the stream it takes, or that more is needed, or that it is none. */
type Size = number | 'unknown' | 'wrong';

/** One for each stream. Holds no more than one message, and of it no more than twice what has come. */
export class StreamFrames {
  readonly #mayUseChannels: () => boolean;
  #isAdmitted = false;
  #held = Buffer.alloc(0);
  #heldBytes = 0;

  /**
   * `mayUseChannels` is asked until it says yes for the first time: before a client holds an allocation it has no
   * channel, so what looks like ChannelData is another protocol. HTTP does: `G` is 0x47.
   */
  constructor(mayUseChannels: () => boolean) {
    this.#mayUseChannels = mayUseChannels;
  }

  /**
   * Hands each message on as soon as it is whole, without padding; messages may share the chunk's memory and are never
   * overwritten. `false`: this is no STUN, or no longer, and where the next message starts nobody can know.
   */
  push(chunk: Buffer, onMessage: (message: Buffer) => void): boolean {
    let at = this.#heldBytes > 0 ? this.#complete(chunk, onMessage) : 0;
    while (at !== undefined && at < chunk.length) {
      const rest = chunk.subarray(at);
      const size = this.#sizeOf(rest);
      if (size === 'wrong') return false;
      if (size === 'unknown' || size > rest.length) {
        this.#hold(rest);
        return true;
      }
      onMessage(withoutPadding(rest.subarray(0, size)));
      at += size;
    }
    return at !== undefined;
  }

  /** Whether part of a message is waiting for its rest. */
  get isWithin(): boolean {
    return this.#heldBytes > 0;
  }

  /** Fills up what is held. How much of the chunk that took; `undefined` if it is no message. */
  #complete(chunk: Buffer, onMessage: (message: Buffer) => void): number | undefined {
    let at = 0;
    for (;;) {
      const size = this.#sizeOf(this.#held.subarray(0, this.#heldBytes));
      if (size === 'wrong') return undefined;
      if (size === this.#heldBytes) {
        const message = this.#held.subarray(0, size);
        // Not used again: the message may still be on its way out when the next one is gathered.
        this.#held = Buffer.alloc(0);
        this.#heldBytes = 0;
        onMessage(withoutPadding(message));
        return at;
      }
      if (at === chunk.length) return at;
      const wanted = size === 'unknown' ? nextMark(this.#heldBytes) : sizeToCheck(size, this.#heldBytes);
      const end = Math.min(chunk.length, at + wanted - this.#heldBytes);
      this.#hold(chunk.subarray(at, end));
      at = end;
    }
  }

  #hold(bytes: Buffer): void {
    const total = this.#heldBytes + bytes.length;
    if (total > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(total, this.#held.length * 2, heldMinBytes));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldBytes);
    this.#heldBytes = total;
  }

  #sizeOf(bytes: Buffer): Size {
    const [first = 0] = bytes;
    if (startsChannelData(first)) {
      if (!this.#mayHaveChannels()) return 'wrong';
      // RFC 8656 §12.5: over a stream padded to four bytes, which the length leaves out.
      return bytes.length < lengthEnd ? 'unknown' : padded(channelHeaderBytes + bytes.readUInt16BE(2));
    }
    // RFC 8489 §5: a STUN message starts with two zero bits.
    if (first > 0x3f) return 'wrong';
    if (bytes.length < lengthEnd) return 'unknown';
    const size = headerBytes + bytes.readUInt16BE(2);
    if (size % 4 !== 0) return 'wrong';
    if (bytes.length >= cookieEnd && bytes.readUInt32BE(lengthEnd) !== magicCookie) return 'wrong';
    // What a stranger sends is requests. Longer ones of others are left to whoever hears them.
    return size <= requestMaxBytes || this.#mayHaveChannels() ? size : 'wrong';
  }

  #mayHaveChannels(): boolean {
    return (this.#isAdmitted ||= this.#mayUseChannels());
  }
}

const nextMark = (heldBytes: number): number => (heldBytes < lengthEnd ? lengthEnd : cookieEnd);

// A stop at the cookie: what is no STUN is found out at its eighth byte.
const sizeToCheck = (size: number, heldBytes: number): number =>
  heldBytes < cookieEnd && size > cookieEnd ? cookieEnd : size;

const withoutPadding = (message: Buffer): Buffer => {
  if (!startsChannelData(message[0] ?? 0)) return message;
  return message.subarray(0, channelHeaderBytes + message.readUInt16BE(2));
};

const zeros = Buffer.alloc(3);

/**
 * The parts of one message as they go onto a stream: RFC 8656 §12.5 pads ChannelData with up to three bytes, here zero
 * (CVE-2020-4067). STUN ends on a boundary anyway.
 */
export const framed = (parts: readonly Buffer[]): Buffer => {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, zeros.subarray(0, padded(bytes) - bytes)]);
};
