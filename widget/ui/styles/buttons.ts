// Buttons. Every state differs in more than hue: in fill, slash, word or ring.
import { css } from 'lit';

const rest = css`
  .button {
    position: relative;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-inline-size: var(--_target);
    min-block-size: var(--_target);
    padding: 0;
    border: 0;
    border-radius: var(--_radius-control);
    background: var(--_raised);
    color: var(--_text);
    cursor: pointer;
    transition: background-color var(--_fast) var(--_ease);
    &:hover {
      background: var(--_raised-hover);
    }
  }
  .label {
    font-size: var(--_text-m);
    font-weight: 600;
    line-height: 1.2;
  }
  .worded {
    padding: 0.4em 1em;
    &:has(> .icon) {
      padding-inline-start: 0.75em;
    }
  }
`;

const kinds = css`
  .primary {
    background: var(--_accent);
    color: var(--_on-accent);
    &:hover {
      background: color-mix(in oklab, var(--_accent) 88%, var(--_text));
    }
  }
  .danger {
    background: var(--_danger);
    color: var(--_on-danger);
    &:hover {
      background: color-mix(in oklab, var(--_danger) 86%, #000);
    }
  }
  .off {
    background: var(--_danger-soft);
    color: var(--_danger-text);
    &:hover {
      background: color-mix(in oklab, var(--_danger-soft) 88%, var(--_danger-text));
    }
  }
`;

/** A device that starts. Most do within 200 ms: until then nothing moves. */
const busy = css`
  .button[aria-busy='true'] {
    cursor: default;
    &::after {
      content: '';
      position: absolute;
      inset: 0;
      margin: auto;
      inline-size: 1.375em;
      block-size: 1.375em;
      border-radius: 50%;
      border: 2px solid currentColor;
      border-block-start-color: transparent;
      animation:
        turn 900ms linear infinite,
        reveal 0s 200ms backwards;
    }
    & > .icon {
      animation: reveal 0s 200ms reverse both;
    }
  }
  @keyframes reveal {
    from {
      visibility: hidden;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .button[aria-busy='true']::after {
      animation: reveal 0s 200ms backwards;
    }
  }
`;

export const buttons = [rest, kinds, busy];
