// What is typed or copied by hand: a name, an address.
import { css } from 'lit';

export const field = css`
  .field {
    display: flex;
    flex-direction: column;
    gap: 0.25em;
    font-size: var(--_text-m);
    & > span {
      color: var(--_text-2);
      font-size: 0.93em;
    }
  }
  .link {
    inline-size: 18em;
    max-inline-size: 100%;
  }
  /* iOS zooms into anything under 16 px. */
  .input {
    inline-size: 100%;
    min-block-size: var(--_target);
    padding: 0.4em 0.75em;
    border: 1px solid var(--_line-strong);
    border-radius: 12px;
    background: var(--_surface);
    font-size: max(16px, 1.143em);
    text-overflow: ellipsis;
    &::placeholder {
      color: transparent;
    }
  }
`;
