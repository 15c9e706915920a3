// How a call looks, as one sheet for the shadow root of <video-call>. The values come from styles/tokens.ts.
import { css } from 'lit';
import type { CSSResult } from 'lit';
import { bar } from './styles/bar.ts';
import { buttons } from './styles/buttons.ts';
import { frame } from './styles/frame.ts';
import { grid } from './styles/grid.ts';
import { message } from './styles/message.ts';
import { tile } from './styles/tile.ts';
import { tokens } from './styles/tokens.ts';

/** In the order of the cascade: what adapts a part to its box comes after the part. What parts.ts loads comes after all. */
const sheets = [tokens, frame, grid, tile, buttons, message, bar].flat();

/** One sheet and not many: the browser then shares one among all calls of a page. */
export const callStyles: CSSResult = sheets.reduce(
  (all, sheet) => css`
    ${all}${sheet}
  `,
);
