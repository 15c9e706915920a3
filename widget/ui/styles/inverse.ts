// Buttons upon a picture, whatever that shows; one whose device is off is red there, too.
import { css } from 'lit';

export const inverse = css`
  .inverse:not(.off) {
    background: var(--_scrim);
    color: #fff;
    &:hover {
      background: rgb(12 14 18 / 0.9);
    }
  }
`;
