// Where the tiles stand: a large picture with one's own upon it, a grid, or in a tiny box the first tile and oneself.
// No script measures: container queries ask the stage.
import { css, unsafeCSS } from 'lit';

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

/** Oneself upon a large picture. */
const upon = `
  position: absolute;
  z-index: var(--_z-self);
  inset-inline-end: .5em;
  inset-block-end: .5em;
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
  }`;

/** The name on a large picture stands beside oneself, never under. */
const beside = `
  > .marks { max-inline-size: calc(100% - clamp(4.5em, 24cqw, 15em) - 1em) }`;

/** Too little room for everyone: the first and oneself, and how many there are. */
const tiny = `
  inline-size: 100%;
  > .tile { display: none }
  > .large { display: block; inline-size: 100%; block-size: 100%; ${beside} }
  > .self { display: block; ${upon} }
  + .people { display: inline-flex }`;

/**
 * Columns by the stage's aspect ratio: the count whose cells hold the largest 4 : 3 picture. Cells of `rows` rows stop
 * growing with the stage when each is 4 : 3; from there on more columns are better, if they save a row.
 * A grid with tiles under 6 × 4.5 em (96 × 72 px), or in a sidebar, gives way to `tiny`.
 */
function gridOf(people: number): string {
  const grid = `.grid[data-count="${people}"]`;
  const layouts = [{ columns: 1, rows: people, from: '1/999' }];
  for (let columns = 2, fewest = people; columns <= people; columns++) {
    const rows = Math.ceil(people / columns);
    if (rows < fewest) layouts.push({ columns, rows, from: `${4 * columns}/${3 * fewest}` });
    fewest = Math.min(fewest, rows);
  }
  const tooSmall = layouts.map(({ columns, rows, from }, index) => {
    const to = layouts[index + 1]?.from ?? '999/1';
    const [width, height] = [columns * 6.5 - 0.6, rows * 5 - 0.6];
    return `((min-aspect-ratio:${from}) and (max-aspect-ratio:${to}) and ((max-width:${width}em) or (max-height:${height}em)))`;
  });
  return [
    ...layouts.map(
      ({ columns, rows, from }) => `@container stage (min-aspect-ratio:${from}){${grid}{--c:${columns};--r:${rows}}}`,
    ),
    `@container stage ((max-width:16em) and (max-height:23em)) or ${tooSmall.join(' or ')}{${grid}{${tiny}}}`,
  ].join('');
}

const many = Array.from({ length: mostPeople - 2 }, (_, index) => gridOf(index + 3)).join('');

export const grid = [cells, unsafeCSS(`.two { > .self {${upon}} > .large {${beside}} } ${many}`)];
