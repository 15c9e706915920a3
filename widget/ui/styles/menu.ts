// Menus in the top layer, and the buttons that open them. A menu's place is its element's to say.
import { css } from 'lit';
import { inverse } from './inverse.ts';

const list = css`
  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    inline-size: 15em;
    max-inline-size: calc(100vw - 16px);
    max-block-size: calc(100dvh - 16px);
    overflow: auto;
    padding: 0.375em;
    border: 0;
    border-radius: 16px;
    background: var(--_surface);
    color: var(--_text);
    box-shadow:
      0 12px 40px light-dark(rgb(23 26 33 / 0.2), rgb(0 0 0 / 0.65)),
      0 0 0 1px light-dark(rgb(23 26 33 / 0.06), rgb(255 255 255 / 0.08));
    font-size: var(--_text-m);
    &:not([placed]) {
      visibility: hidden;
    }
    & hr {
      margin: 0.375em 0.75em;
      border: 0;
      border-block-start: 1px solid var(--_line);
    }
  }
  .item {
    display: flex;
    align-items: center;
    gap: 0.75em;
    inline-size: 100%;
    min-block-size: max(44px, 3.14em);
    padding: 0.25em 0.75em;
    border: 0;
    border-radius: 10px;
    background: none;
    text-align: start;
    cursor: pointer;
    &:hover {
      background: var(--_raised);
    }
    /* Within the menu, whose edge would cut a ring around it. */
    &:focus-visible {
      outline-offset: -2px;
      box-shadow: none;
    }
    & > .icon {
      color: var(--_text-2);
    }
    & > .icon:last-child {
      margin-inline-start: auto;
      color: var(--_accent);
    }
    &.bad,
    &.bad > .icon {
      color: var(--_danger-text);
    }
    &[aria-disabled] {
      background: none;
      color: color-mix(in oklab, var(--_text-2) 70%, transparent);
      cursor: default;
      & > .icon {
        color: inherit;
      }
    }
    &.collapsed {
      display: none;
    }
  }
`;

/** Fills and shadows are gone there. */
const forced = css`
  @media (forced-colors: active) {
    .menu {
      border: 1px solid ButtonText;
    }
    .item:hover {
      outline: 1px solid Highlight;
      outline-offset: -1px;
    }
    .item[aria-disabled] {
      color: GrayText;
    }
  }
`;

/** On a tile only for who points at it, has the focus there or, without a pointer that hovers, has just tapped. */
const openers = css`
  .tile-actions {
    position: absolute;
    z-index: var(--_z-marks);
    inset-block-start: 0.25em;
    inset-inline-end: 0.25em;
    transition: opacity var(--_fast) var(--_ease);
  }
  /* What stands there makes room for it. */
  .quality:has(~ .tile-actions) {
    transition: transform var(--_fast) var(--_ease);
  }
  @media (hover: hover) {
    .tile:not(:hover, :has(:focus-visible, [aria-expanded='true'])) > .tile-actions {
      opacity: 0;
    }
    .tile:is(:hover, :has(:focus-visible, [aria-expanded='true'])) > .quality:has(~ .tile-actions) {
      transform: translateX(calc((var(--_target) + 0.25em) * var(--_aside)));
    }
  }
  @media (hover: none) {
    .frame:has([idle]) .tile-actions:not(:focus-visible, [aria-expanded='true']) {
      opacity: 0;
      pointer-events: none;
    }
    .frame:not(:has([idle])) .quality:has(~ .tile-actions) {
      transform: translateX(calc((var(--_target) + 0.25em) * var(--_aside)));
    }
  }
  .quality {
    --_aside: -1;
    &:dir(rtl) {
      --_aside: 1;
    }
  }
`;

/** Under 304 px the bar has room for four, and the screen goes into the menu. */
const sizes = css`
  @container dock (max-width: 18.99em) {
    .controls:has(> .more) > [aria-keyshortcuts='S'] {
      display: none;
    }
  }
  @container call (max-width: 18.99em) {
    .item.collapsed {
      display: flex;
    }
  }
  /* Where the bar floats, one's own picture is at the top end, and the name at the start. */
  @container call (max-height: 19.49em) and ((max-width: 28.99em) or (min-height: 15em)) {
    .one-picture .tile-actions {
      inset-block-start: 2.5em;
      inset-inline: 0.25em auto;
    }
    .one-picture .quality {
      --_aside: 0;
    }
    .frame.one-picture:has(~ :popover-open) > .dock > .bar:has(> [idle]) {
      opacity: 1;
      pointer-events: auto;
    }
  }
`;

export const menu = [inverse, list, forced, openers, sizes];
