// Messages that fill the stage. What a person has to say or to read may scroll, what there is to press is always in sight.
// They ask the stage how much room there is: beside the bar there is less than in the box.
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
    &.bad {
      background: var(--_danger-soft);
      color: var(--_danger-text);
    }
  }
  .actions {
    position: sticky;
    inset-block-end: 0;
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.5em;
    margin-block-start: 0.4em;
    background: var(--_ground);
  }
`;

const narrow = css`
  @container stage (max-width: 17.99em) {
    .message {
      & h2 {
        font-size: 1em;
      }
      & p {
        font-size: var(--_text-s);
      }
      & .actions,
      & .actions > * {
        inline-size: 100%;
      }
    }
    .disc {
      font-size: 0.75em;
    }
  }
`;

/** The disc goes first; the words to the action go last. */
const low = css`
  @container stage (max-height: 17em) {
    .message {
      padding: 0.5em;
      & > div {
        gap: 0.3em;
      }
    }
    .disc {
      display: none;
    }
  }
  @container stage (max-height: 9em) and (max-width: 27.99em) {
    .message {
      padding: 0.15em;
      & > div {
        gap: 0.2em;
      }
      & p {
        display: none;
      }
      & h2 {
        font-size: var(--_text-s);
      }
      & .actions {
        flex-wrap: nowrap;
        gap: 0.25em;
        margin: 0;
        & > .worded {
          flex: auto;
          inline-size: auto;
          padding: 0.25em 3cqw;
        }
      }
    }
  }
`;

/** One row: a picture, words, actions. */
const strip = css`
  @container stage (min-width: 28em) and (max-height: 12em) {
    .message > div {
      display: grid;
      grid-template-columns: auto auto fit-content(40%);
      gap: 0.15em 0;
      align-items: center;
      max-inline-size: none;
      text-align: start;
      & > * {
        grid-column: 2;
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
        grid-area: 1 / 3 / 4;
        margin: 0;
        margin-inline-start: 1.25em;
      }
    }
  }
`;

export const message = [wide, narrow, low, strip];
