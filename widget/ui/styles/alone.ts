// One's own picture while nobody else is there: above the words, beside them where it is low, away where there is no room.
import { css } from 'lit';
import { field } from './field.ts';

const own = css`
  .own {
    position: relative;
    /* There is nobody else to look at: what the words leave. */
    inline-size: clamp(5.5em, 80cqh - 6em, 40em);
    aspect-ratio: 16 / 10;
    margin-block-end: 0.25em;
    & > .tile {
      position: absolute;
      inset: 0;
    }
  }
  @container stage (min-height: 9em) and (max-height: 17em) {
    /* A notice stands in its place. */
    .fill:has(~ .notice) .own {
      display: none;
    }
  }
  @container stage (max-height: 12em) and (max-width: 27.99em) {
    .own {
      display: none;
    }
  }
  @container stage (min-width: 28em) and (max-height: 12em) {
    .message > div > .own {
      grid-area: 1 / 1 / 4;
      margin-inline-end: 1.25em;
    }
  }
  video-call-link {
    display: grid;
    min-inline-size: 0;
  }
`;

export const alone = [own, field];
