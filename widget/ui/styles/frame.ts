// The element itself and its two parts, stage and bar. Everything is laid out by the size of the element, in em, never by
// the viewport.
import { css } from 'lit';

/**
 * 17.5 em is the least height that the ratio may give; a height that the site sets may be less. `min-block-size` could
 * not tell the two apart: so it is the content that is this high, which only an automatic height asks for.
 */
const host = css`
  :host {
    display: block;
    inline-size: 100%;
    aspect-ratio: 16 / 9;
    position: relative;
    isolation: isolate;
    overflow: clip;
    background: var(--_ground);
    border-radius: var(--_radius);
    color: var(--_text);
    font: 400 medium/1.4 var(--_font);
    -webkit-text-size-adjust: 100%;
  }
  :host::before {
    content: '';
    display: block;
    block-size: 17.5em;
  }
  :host([hidden]) {
    display: none;
  }
  .call {
    container: call / size;
    position: absolute;
    inset: 0;
  }
`;

const plain = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  input {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  h2,
  p,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  h2 {
    font: 600 var(--_text-xl)/1.25 var(--_font);
  }
  /* The heading and the stage are shown the way by the focus; there is nothing to press. */
  :focus-visible:not(h2, .stage) {
    outline: 2px solid var(--_focus);
    outline-offset: 2px;
    box-shadow: 0 0 0 2px var(--_focus-gap);
  }
  h2,
  .stage {
    outline: none;
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .icon {
    inline-size: 1.5em;
    block-size: 1.5em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
    &.s {
      inline-size: 1.25em;
      block-size: 1.25em;
    }
    & .solid {
      fill: currentColor;
      stroke: none;
    }
  }
  .spinner {
    inline-size: 1.25em;
    block-size: 1.25em;
    flex: none;
    border-radius: 50%;
    border: 2px solid currentColor;
    border-block-start-color: transparent;
    animation: turn 900ms linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      animation: none;
    }
  }
`;

const parts = css`
  .frame {
    position: absolute;
    inset: 0;
    display: grid;
    grid-template: 'stage' minmax(0, 1fr) 'bar' auto / minmax(0, 1fr);
  }
  .stage {
    grid-area: stage;
    container: stage / size;
    position: relative;
    min-inline-size: 0;
    min-block-size: 0;
    margin: var(--_gap) var(--_gap) 0;
    border-radius: var(--_radius-tile);
  }
  .frame:not(:has(.dock)) > .stage {
    margin-block-end: var(--_gap);
  }
  /* What a site puts in stands in the middle, and may fill it all. */
  .fill {
    position: absolute;
    inset: 0;
    overflow: auto;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: safe center;
    text-align: center;
  }
`;

export const frame = [host, plain, parts];
