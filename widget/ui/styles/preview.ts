// The preview: own picture with its toggles, and beside or below it the way in.
import { css } from 'lit';
import { field } from './field.ts';
import { inverse } from './inverse.ts';

const base = css`
  .preview {
    position: absolute;
    inset: 0;
    overflow: auto;
    display: grid;
    grid-template-rows: minmax(3.75em, 1fr) auto;
    gap: 0.75em;
    padding: 0.75em;
  }
  .mirror {
    container: mirror / size;
    position: relative;
    overflow: hidden;
    border-radius: var(--_radius-tile);
    background: var(--_raised);
  }
  .preview p {
    color: var(--_text-2);
  }
  .problem {
    font-size: var(--_text-m);
  }
  .no-picture {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 0.75em;
    padding: 0.5em 0.5em 3.5em;
    & > p {
      font-size: var(--_text-m);
    }
    text-align: center;
    & > .avatar {
      font-size: 1.4em;
    }
  }
  .toggles {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 0.5em;
    display: flex;
    justify-content: center;
    gap: 0.5em;
  }
  .ready {
    display: flex;
    flex-direction: column;
    gap: 0.6em;
    min-inline-size: 0;
  }
  .row {
    display: flex;
    align-items: flex-end;
    gap: 0.5em;
    & > :only-child,
    & > .field {
      flex: 1;
      min-inline-size: 0;
    }
  }
`;

/** What a small box has no room for stays for readers. */
const sizes = css`
  @container mirror (max-height: 9.7em) {
    .no-picture > .avatar,
    .problem > p {
      display: none;
    }
  }
  @container mirror (max-height: 5.5em) {
    .no-picture {
      clip-path: inset(50%);
    }
  }
  @container call (max-width: 28.99em) {
    .preview {
      gap: 0.5em;
      padding: 0.5em;
    }
    .ready > h2 {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  @container call (max-width: 18.99em) {
    .row {
      flex-direction: column;
      align-items: stretch;
    }
  }
  @container call (max-width: 18.99em) or ((max-width: 28.99em) and (max-height: 11em)) {
    .field > span {
      position: absolute;
      clip-path: inset(50%);
    }
    .input::placeholder {
      color: var(--_text-2);
      opacity: 1;
    }
  }
  /* The least box: name, devices and the way in come before how one looks. */
  @container call (max-width: 18.99em) and (max-height: 12.5em) {
    .preview:has(.field) {
      grid-template: none / auto 1fr;
      gap: 0.25em 0.5em;
      align-content: center;
      padding: 0.25em;
      & .mirror,
      & .ready,
      & .row {
        display: contents;
      }
      & .mirror > :not(.toggles) {
        position: absolute;
        clip-path: inset(50%);
      }
      & .field {
        grid-column: span 2;
        order: -1;
      }
      & .toggles {
        position: static;
        gap: 0.25em;
      }
      & .primary {
        padding-inline: 0.25em;
      }
    }
  }
  @container call (min-width: 39em) or ((min-width: 29em) and (max-height: 19.49em)) {
    .preview {
      grid-template: minmax(0, 1fr) / minmax(0, 1.75fr) minmax(13em, 1fr);
      align-items: center;
      gap: 1.25em;
      padding: 1em;
    }
    .mirror {
      inline-size: 100%;
      max-block-size: 100%;
      aspect-ratio: 16 / 10;
    }
    .row {
      flex-direction: column;
      align-items: stretch;
    }
  }
  @container call (min-width: 63em) {
    .preview {
      gap: 3em;
      max-inline-size: 75em;
      margin: auto;
      padding: 3em;
    }
    .ready h2 {
      font-size: var(--_text-2xl);
    }
  }
  @container call (min-width: 29em) and (max-height: 14.99em) {
    .preview {
      grid-template: minmax(0, 1fr) / auto minmax(0, 1fr);
      align-items: center;
      padding: 0.5em;
    }
    .mirror {
      inline-size: auto;
      block-size: calc(100cqh - 1em);
      aspect-ratio: 4 / 3;
    }
    .row {
      flex-direction: row;
      align-items: flex-end;
      max-inline-size: 30em;
    }
    .ready > h2 {
      position: absolute;
      clip-path: inset(50%);
    }
  }
`;

export const preview = [base, field, inverse, sizes];
