// Where the tiles stand: a large picture with one's own upon it, a grid, or in a tiny box the first tile and oneself.
// No script measures: container queries ask the stage.
import { css } from 'lit';
import type { CSSResult } from 'lit';

/** More than any room holds today. */
const mostPeople = 16;

/** A tile is at most 2 : 1 and at least 3 : 4; one alone at most 2.4 : 1. The hundredths keep rounding from wrapping. */
const cells = css`
  .grid {
    --c: 1;
    --r: 1;
    --w: calc((100cqw - (var(--c) - 1) * var(--_gap)) / var(--c));
    --h: calc((100cqh - (var(--r) - 1) * var(--_gap)) / var(--r));
    --tile-w: min(var(--w), var(--h) * 2);
    --tile-h: min(var(--h), var(--w) * 1.34);
    display: flex;
    flex-wrap: wrap;
    gap: var(--_gap);
    place-content: center;
    block-size: 100%;
    inline-size: calc(var(--tile-w) * var(--c) + var(--_gap) * (var(--c) - 1) + 0.5px);
    margin-inline: auto;
  }
  .grid > .tile {
    inline-size: calc(var(--tile-w) - 0.01px);
    block-size: var(--tile-h);
  }
  .two {
    position: relative;
    --tile-w: min(var(--w), var(--h) * 2.4);
    --tile-h: min(var(--h), var(--w) * 2);
  }
  .grid + .people {
    display: none;
    position: absolute;
    z-index: var(--_z-badges);
    inset-block-start: 0.35em;
    inset-inline-start: 0.35em;
  }
`;

/** Oneself upon a large picture, whose name stands beside and never under. */
const upon = (people: number): CSSResult => css`
  .grid[data-count='${people}'] {
    > .self {
      display: block;
      position: absolute;
      z-index: var(--_z-self);
      inset-inline-end: 0.5em;
      inset-block-end: 0.5em;
      inline-size: min(clamp(4.5em, 22cqw, 15em), max(4.5em, 64cqh));
      block-size: auto;
      max-block-size: 40cqh;
      aspect-ratio: 16 / 10;
      box-shadow: 0 0 0 2px var(--_ground);
      @container stage (max-aspect-ratio: 1/1) {
        inline-size: clamp(4.5em, 26cqw, 8em);
        aspect-ratio: 3 / 4;
      }
      @container stage (min-width: 47em) {
        inset-inline-end: 1em;
        inset-block-end: 1em;
      }
    }
    > .large > .marks {
      max-inline-size: calc(100% - clamp(4.5em, 24cqw, 15em) - 1em);
    }
  }
`;

/** Too little room for everyone: the first and oneself, and how many there are. */
const tiny = (people: number): CSSResult => css`
  .grid[data-count='${people}'] {
    inline-size: 100%;
    > .tile {
      display: none;
    }
    > .large {
      display: block;
      inline-size: 100%;
      block-size: 100%;
    }
    + .people {
      display: inline-flex;
    }
  }
  ${upon(people)}
`;

interface Layout {
  columns: number;
  rows: number;
  /** The aspect ratio of the stage from which on this layout is the best. */
  from: [width: number, height: number];
}

/**
 * The count of columns whose cells hold the largest 4 : 3 picture. A picture stops growing with the stage when its cell
 * is wider than that; from there on more columns are better, if they save a row.
 */
function layoutsOf(people: number): Layout[] {
  const layouts: Layout[] = [{ columns: 1, rows: people, from: [0, 1] }];
  for (let columns = 2, fewest = people; columns <= people; columns++) {
    const rows = Math.ceil(people / columns);
    if (rows < fewest) layouts.push({ columns, rows, from: [4 * columns, 3 * fewest] });
    fewest = Math.min(fewest, rows);
  }
  return layouts;
}

/** Where a tile would be under 6 × 4.5 em (96 × 72 px). */
const tooSmall = (layouts: Layout[]): CSSResult =>
  layouts
    .map(({ columns, rows, from }, index) => {
      const to = layouts[index + 1]?.from ?? [1, 0];
      return css`
        ((min-aspect-ratio: ${from[0]}/${from[1]}) and (max-aspect-ratio: ${to[0]}/${to[1]}) and
        ((max-width: ${columns * 6.5 - 0.6}em) or (max-height: ${rows * 5 - 0.6}em)))
      `;
    })
    .reduce(
      (some, other) => css`
        ${some} or ${other}
      `,
    );

function gridOf(people: number): CSSResult[] {
  const layouts = layoutsOf(people);
  return [
    ...layouts.map(
      ({ columns, rows, from }) => css`
        @container stage (min-aspect-ratio: ${from[0]}/${from[1]}) {
          .grid[data-count='${people}'] {
            --c: ${columns};
            --r: ${rows};
          }
        }
      `,
    ),
    // The first of the conditions is a sidebar (LOOK §3), whatever would fit.
    css`
      @container stage ((max-width: 16em) and (max-height: 23em)) or ${tooSmall(layouts)} {
        ${tiny(people)}
      }
    `,
  ];
}

const many = Array.from({ length: mostPeople - 2 }, (_, index) => gridOf(index + 3)).flat();

export const grid = [cells, upon(2), ...many];
