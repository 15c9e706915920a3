// How an end and a refusal look: the colour of their sign, and in a frame under the words what a person can do. The frame
// stays longer than the words do.
import { css } from 'lit';

export const hint = css`
  .disc {
    &.warn {
      background: var(--_warn-soft);
      color: var(--_warn-text);
    }
    &.good {
      background: var(--_good-soft);
      color: var(--_good-text);
    }
  }
  .hint {
    inline-size: 100%;
    display: flex;
    gap: 0.6em;
    padding: 0.6em 0.75em;
    border-radius: 12px;
    background: var(--_surface);
    box-shadow: inset 0 0 0 1px var(--_line);
    font-size: var(--_text-m);
    text-align: start;
    & > .icon {
      color: var(--_text-2);
    }
  }
  @container stage (max-width: 17.99em) {
    .message .hint {
      font-size: var(--_text-s);
    }
  }
  @container stage (max-width: 17.99em) or (max-height: 17em) {
    .message:has(.hint) p {
      display: none;
    }
  }
  @container stage (max-height: 9em) and (max-width: 27.99em) {
    .message .hint {
      padding: 0;
      background: none;
      box-shadow: none;
      font-size: var(--_text-xs);
      text-align: center;
      & > .icon {
        display: none;
      }
    }
  }
`;
