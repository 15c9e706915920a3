// The reader's own few colours: fills stop carrying meaning and edges come back as borders.
import { css } from 'lit';

export const styles = css`
  @media (forced-colors: active) {
    :host {
      outline: 1px solid CanvasText;
      outline-offset: -1px;
    }
    .button,
    .chip,
    .tile,
    .mirror,
    .notice,
    .hint,
    .input {
      border: 1px solid ButtonText;
    }
    .button.off {
      border: 2px dashed;
    }
    video {
      forced-color-adjust: none;
    }
    .chip {
      background: Canvas;
      color: CanvasText;
    }
    .veil {
      background: none;
    }
    .spinner,
    .button[aria-busy='true']::after {
      /* Else its gap is filled. */
      forced-color-adjust: none;
      border-color: CanvasText;
      border-block-start-color: transparent;
    }
    /* An svg keeps a colour of its own here. */
    .icon,
    .muted {
      color: inherit !important;
    }
  }
`;
