// The marks of a connection that is not good, and the veil of one that is gone: nothing that a call begins with.
import { css } from 'lit';

export const trouble = css`
  .quality {
    position: absolute;
    z-index: var(--_z-marks);
    inset-inline-end: 0.375em;
    inset-block-start: 0.375em;
    color: var(--_warn-text);
    & .faint,
    &.poor .fair {
      opacity: 0.28;
    }
    &.poor {
      color: var(--_danger-text);
    }
  }
  .veil {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 0.5em;
    background: rgb(12 14 18 / 0.38);
    & .chip {
      padding: 0.35em 0.65em;
      font-size: var(--_text-m);
    }
    & .spinner {
      inline-size: 1.1em;
      block-size: 1.1em;
    }
  }
  .chip.failed .icon {
    color: var(--_warn-text);
  }
`;
