// The values that everything else is made of. Public names (--video-call-…) are read and never declared, so that they
// work from :root, from an ancestor and on the element; private names start with --_.
import { css } from 'lit';

/** `light-dark()` follows the used color-scheme, so a subtree may flip: what lies on video is always dark. */
const colours = css`
  :host {
    --_ground: var(--video-call-ground, light-dark(#f3f4f7, #101318));
    --_surface: var(--video-call-surface, light-dark(#ffffff, #191d24));
    --_raised: var(--video-call-raised, light-dark(#e5e8ee, #2a303a));
    --_raised-hover: var(--video-call-raised-hover, light-dark(#d8dce5, #373e4a));
    --_text: var(--video-call-text, light-dark(#171a21, #f0f2f6));
    --_text-2: var(--video-call-text-secondary, light-dark(#505866, #aab2c0));
    --_line: var(--video-call-line, light-dark(#d8dce4, #303743));
    --_line-strong: var(--video-call-line-strong, light-dark(#747d8c, #798393));
    --_accent: var(--video-call-accent, light-dark(#2b52c8, #8fabff));
    --_on-accent: var(--video-call-on-accent, light-dark(#ffffff, #0b1330));
    --_danger: var(--video-call-danger, light-dark(#c4273a, #d13644));
    --_on-danger: var(--video-call-on-danger, #ffffff);
    --_danger-soft: var(--video-call-danger-soft, light-dark(#fadfe1, #4b1f27));
    --_danger-text: var(--video-call-danger-text, light-dark(#a81c2f, #ffb4ba));
    --_warn-soft: var(--video-call-warning-soft, light-dark(#fcebc5, #46330f));
    --_warn-text: var(--video-call-warning-text, light-dark(#754900, #ffd58a));
    --_good-soft: var(--video-call-positive-soft, light-dark(#d8f1e1, #153825));
    --_good-text: var(--video-call-positive-text, light-dark(#14653a, #8fe0b0));
    --_scrim: var(--video-call-scrim, rgb(12 14 18 / 0.74));
    --_focus: var(--video-call-focus, light-dark(#2b52c8, #b9caff));
    --_focus-gap: light-dark(#ffffff, #101318);
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']),
  .on-video {
    color-scheme: dark;
  }
`;

/** People without a picture. One lightness, so that every hue has the same contrast. */
const people = css`
  [data-hue] {
    --_who: light-dark(oklch(0.916 0.037 var(--_hue)), oklch(0.335 0.059 var(--_hue)));
    --_who-text: light-dark(oklch(0.405 0.093 var(--_hue)), oklch(0.882 0.073 var(--_hue)));
  }
  [data-hue='0'] {
    --_hue: 28;
  }
  [data-hue='1'] {
    --_hue: 78;
  }
  [data-hue='2'] {
    --_hue: 112;
  }
  [data-hue='3'] {
    --_hue: 149;
  }
  [data-hue='4'] {
    --_hue: 193;
  }
  [data-hue='5'] {
    --_hue: 247;
  }
  [data-hue='6'] {
    --_hue: 288;
  }
  [data-hue='7'] {
    --_hue: 333;
  }
`;

/** Space, shape, elevation, type, motion, layers. In em: they grow with the reader's text. */
const measures = css`
  :host {
    --_gap: var(--video-call-gap, 0.5em);
    --_target: max(44px, 2.75em);
    --_radius: var(--video-call-radius, 12px);
    --_radius-tile: var(--video-call-tile-radius, 10px);
    --_radius-control: var(--video-call-control-radius, 14px);
    --_radius-chip: 8px;
    --_shadow-1: 0 1px 2px light-dark(rgb(23 26 33 / 0.1), rgb(0 0 0 / 0.5));
    --_shadow-2:
      0 4px 16px light-dark(rgb(23 26 33 / 0.14), rgb(0 0 0 / 0.55)),
      0 0 0 1px light-dark(rgb(23 26 33 / 0.06), rgb(255 255 255 / 0.08));
    --_font: var(--video-call-font-family, system-ui, sans-serif);
    --_text-xs: 0.75em;
    --_text-s: 0.8125em;
    --_text-m: 0.875em;
    --_text-xl: 1.125em;
    --_text-2xl: 1.375em;
    --_fast: var(--video-call-duration-fast, 120ms);
    --_medium: var(--video-call-duration, 200ms);
    --_ease: cubic-bezier(0.2, 0, 0, 1);
    --_z-marks: 1;
    --_z-self: 2;
    --_z-badges: 3;
    --_z-bar: 4;
    --_z-notice: 6;
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --_fast: 0s;
      --_medium: 80ms;
    }
  }
  @media (prefers-contrast: more) {
    :host {
      --_line: var(--_line-strong);
      --_text-2: var(--_text);
      --_scrim: rgb(0 0 0 / 0.9);
    }
  }
`;

export const tokens = [colours, people, measures];
