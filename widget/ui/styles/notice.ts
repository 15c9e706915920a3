// The notice upon the stage, and what makes room for it.
import { css } from 'lit';

export const notice = css`
  .notice {
    position: absolute;
    z-index: var(--_z-notice);
    inset-block-start: 0.5em;
    inset-inline: 0.5em;
    inline-size: fit-content;
    max-inline-size: min(calc(100% - 1em), 32em);
    min-block-size: 2.75em;
    margin-inline: auto;
    display: flex;
    align-items: center;
    gap: 0.5em;
    padding: 0.375em;
    padding-inline-start: 0.75em;
    border-radius: 14px;
    background: var(--_surface);
    box-shadow: var(--_shadow-2);
    font-size: var(--_text-m);
    line-height: 1.3;
    animation: arrive var(--_medium) var(--_ease);
    &:not(:has(.button)) {
      padding-inline-end: 0.9em;
    }
    &.warn {
      background: var(--_warn-soft);
      color: var(--_warn-text);
      box-shadow: var(--_shadow-1);
    }
    & .button {
      flex: none;
      padding-inline: 0.9em;
      border-radius: 10px;
    }
    & .label {
      font-size: 1em;
    }
    & .bare {
      padding: 0;
      background: none;
      &:hover {
        background: var(--_raised);
      }
    }
  }
  .answers {
    display: contents;
  }
  .also {
    color: var(--_text-2);
  }
  .sentence {
    flex: 1 1 auto;
    display: flex;
    align-items: center;
    gap: 0.6em;
    min-inline-size: 0;
    min-block-size: 2.2em;
    overflow-wrap: anywhere;
    & > p {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
    }
    & bdi {
      display: inline-block;
      max-inline-size: min(100%, 12em);
      vertical-align: bottom;
    }
  }
  @keyframes arrive {
    from {
      opacity: 0;
    }
  }
  .what {
    display: block;
  }
  /* What to do comes before what is so. */
  @container stage (max-width: 27.99em) or (max-height: 13em) {
    .what,
    .also {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  @container stage (max-height: 13em) {
    .notice {
      inset-block-start: 0.25em;
      min-block-size: 0;
      padding-block: 0.15em;
      font-size: var(--_text-s);
    }
    .sentence > p {
      -webkit-line-clamp: 2;
    }
    .notice:has(.bare) p {
      -webkit-line-clamp: 3;
    }
  }
  @container stage (max-width: 17em) and (max-height: 9em) {
    .notice:not(:has(.button + .button)) > .sentence:has(+ .button) {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  /* Who it is about above what to answer: in the least box on one line. */
  @container call (max-width: 24em) and (min-height: 14em) {
    .notice:has(.answers) {
      flex-wrap: wrap;
      & > .sentence {
        flex-basis: 100%;
      }
      & .button {
        flex: 1;
      }
    }
  }
  @container call (max-width: 17em) and (max-height: 13.99em) {
    .notice:has(.button ~ .button) {
      flex-wrap: wrap;
      gap: 0 0.25em;
      inline-size: auto;
      padding: 0.25em;
      & > .sentence {
        flex-basis: 100%;
        min-block-size: 1.5em;
        padding-inline: 0.25em;
        & > p {
          display: block;
          overflow: hidden;
          text-overflow: ellipsis;
          white-space: nowrap;
        }
        & bdi {
          max-inline-size: 7em;
        }
      }
      & .worded {
        flex: 1;
      }
    }
  }
  @container call (max-width: 21em) and (min-height: 14em) {
    .notice:has(.button) {
      flex-wrap: wrap;
      justify-content: flex-end;
      & > .sentence {
        flex-basis: 100%;
      }
    }
  }
  /* A notice stands above the words, not upon them. */
  @container stage (min-height: 9em) and (max-height: 17em) {
    .fill:has(~ .notice) {
      & p {
        display: none;
      }
      & .message {
        padding-block-start: 3.5em;
      }
    }
  }
  /* Where the bar floats (bar.ts) it stands above that. */
  @container call (max-height: 19.49em) and ((max-width: 28.99em) or (min-height: 15em)) {
    .one-picture .notice {
      inset-block: auto calc(var(--_target) + 14px);
    }
  }
`;
