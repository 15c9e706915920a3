// A tile: picture, initials, the chip with the name, and the word of a connection that is being made.
import { css } from 'lit';

const picture = css`
  .tile {
    container: tile / size;
    position: relative;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    background: color-mix(in oklab, var(--_who) 62%, var(--_surface));
  }
  .picture {
    position: absolute;
    inset: 0;
  }
  .stale {
    filter: grayscale(0.8);
  }
  video {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
    /* Faces are above the middle. */
    object-position: 50% 35%;
  }
  /** It must be read to its edges. */
  .screen video {
    object-fit: contain;
  }
  .mirrored {
    transform: scaleX(-1);
    /* Without a box of its own it would not be mirrored. */
    display: block;
    position: absolute;
    inset: 0;
  }
  .avatar {
    display: grid;
    place-items: center;
    inline-size: 2.75em;
    block-size: 2.75em;
    flex: none;
    border-radius: 50%;
    background: var(--_who);
    color: var(--_who-text);
    font-weight: 600;
    line-height: 1;
    letter-spacing: 0.01em;
    user-select: none;
  }
  .picture > .avatar {
    position: absolute;
    inset: 0;
    margin: auto;
    font-size: clamp(0.75em, 13cqmin, 2.5em);
  }
`;

const marks = css`
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    min-inline-size: 0;
    max-inline-size: 100%;
    min-block-size: 1.75em;
    padding: 0.2em 0.5em;
    border-radius: var(--_radius-chip);
    background: var(--_scrim);
    color: #fff;
    font-size: var(--_text-s);
    font-weight: 500;
    line-height: 1.2;
    & .icon {
      inline-size: 1.2em;
      block-size: 1.2em;
      stroke-width: 2;
    }
  }
  .muted {
    display: flex;
    color: var(--_danger-text);
  }
  .cut {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .marks {
    position: absolute;
    z-index: var(--_z-marks);
    inset-inline-start: 0;
    inset-block-end: 0;
    display: flex;
    max-inline-size: 100%;
    padding: 0.375em;
    pointer-events: none;
  }
`;

const connection = css`
  .connecting {
    position: absolute;
    inset-inline: 0;
    /* Close under the initials: lower down there may be oneself. */
    inset-block-start: calc(50% + 1.375 * clamp(0.75em, 13cqmin, 2.5em) - 0.6em);
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    color: var(--_text-2);
    font-weight: 500;
    & > .words {
      font-size: var(--_text-m);
    }
  }
  .picture:has(+ .connecting) > .avatar {
    inset-block-end: 2.2em;
  }
`;

/** Small tiles: words give way to the spinner and stay for readers, then the name gives way to its icon. */
const small = css`
  @container tile (max-width: 11em) {
    .words {
      position: absolute;
      clip-path: inset(50%);
    }
    .tile > .connecting {
      inset: 0.4em 0.4em auto auto;
    }
    .picture:has(+ .connecting) > .avatar {
      inset-block-end: 0;
    }
  }
  @container tile (max-width: 8.5em) {
    .chip {
      min-block-size: 1.6em;
      padding: 0.15em 0.35em;
      font-size: var(--_text-xs);
    }
    .marks {
      padding: 0.25em;
    }
  }
  @container tile (max-width: 5.5em) {
    .marks .cut {
      position: absolute;
      clip-path: inset(50%);
    }
    .marks:not(:has(.muted)) {
      clip-path: inset(50%);
    }
  }
`;

export const tile = [picture, marks, connection, small];
