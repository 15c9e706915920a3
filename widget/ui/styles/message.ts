// Messages that fill the stage. They scroll; low boxes drop the disc, then the text under a hint.
import { css } from 'lit';

const wide = css`
  .message {
    position: absolute;
    inset: 0;
    overflow: auto;
    display: flex;
    padding: 1em;
    & > div {
      margin: auto;
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 0.6em;
      max-inline-size: 24em;
      text-align: center;
    }
    & h2 {
      font-size: var(--_text-xl);
      font-weight: 600;
      line-height: 1.25;
      text-wrap: balance;
    }
    & p {
      font-size: var(--_text-m);
      color: var(--_text-2);
      text-wrap: pretty;
    }
  }
  .disc {
    inline-size: 3em;
    block-size: 3em;
    display: grid;
    place-items: center;
    margin-block-end: 0.25em;
    border-radius: 50%;
    background: var(--_raised);
    color: var(--_text-2);
    &.warn {
      background: var(--_warn-soft);
      color: var(--_warn-text);
    }
    &.bad {
      background: var(--_danger-soft);
      color: var(--_danger-text);
    }
    &.good {
      background: var(--_good-soft);
      color: var(--_good-text);
    }
  }
  .own {
    position: relative;
    inline-size: 8em;
    aspect-ratio: 16 / 10;
    margin-block-end: 0.25em;
    & > .tile {
      position: absolute;
      inset: 0;
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
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.5em;
    margin-block-start: 0.4em;
  }
`;

const narrow = css`
  @container call (max-width: 18.99em) {
    .message {
      padding: 0.6em;
      &:has(.hint) p {
        display: none;
      }
      & h2 {
        font-size: 1em;
      }
      & p,
      & .hint {
        font-size: var(--_text-s);
      }
      & .actions,
      & .actions > .button {
        inline-size: 100%;
      }
      & .actions > .button > .icon {
        display: none;
      }
    }
    .disc {
      inline-size: 2.25em;
      block-size: 2.25em;
      & > .icon {
        inline-size: 1.2em;
        block-size: 1.2em;
      }
    }
  }
`;

const low = css`
  @container call (max-height: 16em) {
    .message {
      padding: 0.5em;
      & > div {
        gap: 0.3em;
      }
    }
    .disc {
      display: none;
    }
    .own {
      inline-size: 5.5em;
    }
  }
  /* The least box: what to do comes before how one looks. */
  @container call (max-width: 28.99em) and (max-height: 10em) {
    .own,
    .own ~ p {
      display: none;
    }
    .message {
      padding: 0.25em;
      & > div {
        gap: 0.2em;
      }
      & h2 {
        font-size: var(--_text-m);
      }
      & .actions {
        margin: 0;
      }
    }
  }
`;

/** One row: own picture, words, actions. */
const strip = css`
  @container call (min-width: 29em) and (max-height: 14.99em) {
    .message > div {
      display: grid;
      grid-template-columns: auto auto;
      gap: 0.15em 1.25em;
      align-items: center;
      max-inline-size: none;
      text-align: start;
      &:has(> .own) {
        grid-template-columns: auto auto auto;
      }
      & > h2 {
        align-self: end;
        &:nth-last-child(2) {
          grid-row: 1 / 4;
          align-self: center;
        }
      }
      & > p {
        align-self: start;
        max-inline-size: 30em;
      }
      & > .actions {
        grid-area: 1 / 2 / 4;
        flex-wrap: nowrap;
        margin: 0;
      }
      & > .own {
        grid-row: 1 / 4;
        inline-size: 7em;
        margin: 0;
        & ~ .actions {
          grid-column: 3;
        }
      }
    }
  }
`;

export const message = [wide, narrow, low, strip];
