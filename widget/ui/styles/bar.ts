// The control bar: beside the picture, upon it where the box is too low for both, in columns at the end of a strip.
import { css } from 'lit';

/** The dock is a container of its own: beside an open panel the bar has less room than the element. */
const docked = css`
  .dock {
    grid-area: bar;
    container: dock / inline-size;
    z-index: var(--_z-bar);
    min-inline-size: 0;
  }
  .bar,
  .controls {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: clamp(4px, 1.6cqi, 8px);
  }
  .bar {
    padding: clamp(6px, 2cqi, 10px);
  }
  .leave > .label {
    display: none;
  }
  @container dock (min-width: 33em) {
    .leave {
      margin-inline-start: 0.5em;
      padding-inline: 0.85em 1em;
      & > .label {
        display: inline;
      }
    }
  }
  @container dock (min-width: 46em) {
    .controls > .button {
      min-inline-size: max(48px, 3em);
      min-block-size: max(48px, 3em);
    }
  }
`;

/** A low box with one large picture, unless it is a strip. */
const floating = css`
  @container call (max-height: 19.49em) {
    .bar,
    .controls {
      gap: 4px;
    }
    .bar {
      padding: 4px;
    }
  }
  @container call (max-height: 19.49em) and ((max-width: 28.99em) or (min-height: 15em)) {
    .one-picture {
      & > .stage {
        margin-block-end: var(--_gap);
      }
      & > .dock {
        position: absolute;
        inset-inline: 0;
        inset-block-end: 6px;
        pointer-events: none;
      }
      & .bar {
        inline-size: fit-content;
        margin-inline: auto;
        border-radius: calc(var(--_radius-control) + 4px);
        background: var(--_surface);
        box-shadow: var(--_shadow-2);
        pointer-events: auto;
        transition: opacity var(--_medium) var(--_ease);
      }
      & .two > .self {
        inset-block: 0.5em auto;
      }
      & .large > .marks {
        inset-block: 0 auto;
      }
      /*
       * An idle bar fades but is still there for the Tab key and for readers; it lets presses through, so that the
       * touch that wakes it does nothing else.
       */
      @media (forced-colors: none) {
        &:not(:has(.notice)) .bar:has(> [idle]):not(:hover, :has(:focus-visible)) {
          opacity: 0;
          pointer-events: none;
        }
      }
    }
  }
`;

/** Wide and under 240 px high: two columns at the end, three where two would be too high. */
const strip = css`
  @container call (min-width: 29em) and (max-height: 14.99em) {
    .frame {
      grid-template: 'stage bar' minmax(0, 1fr) / minmax(0, 1fr) auto;
      & > .stage {
        margin: 0.25em;
      }
    }
    .dock {
      container-type: normal;
      align-self: center;
    }
    .bar {
      flex-direction: column;
      padding: 4px 6px 4px 2px;
    }
    .controls {
      display: grid;
      grid-template-columns: repeat(2, var(--_target));
      & > :last-child:nth-child(odd) {
        grid-column: span 2;
      }
    }
  }
  @container call (min-width: 29em) and (max-height: 9.4em) {
    .controls {
      grid-template-columns: repeat(3, var(--_target));
      & > :last-child:nth-child(3n) {
        grid-column: auto;
      }
    }
  }
`;

export const bar = [docked, floating, strip];
