// The icons that every call shows: 24 px box, 1.75 px stroke. Knows shapes and sizes, no colour and no meaning.
import { html, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';

const slash = svg`<path d="M3.5 3.5l17 17"/>`;

/** Shapes of class `solid` are filled with the stroke's colour. */
const shapes = {
  microphone: svg`<rect x="9" y="3" width="6" height="11.5" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
  'microphone-off': svg`<path d="M9 9v2.5a3 3 0 0 0 4.6 2.5M15 11V6a3 3 0 0 0-5.8-1.1M5.5 11.5A6.5 6.5 0 0 0 16 16.6M18.5 11.5c0 .9-.2 1.8-.5 2.6M12 18v3"/>${slash}`,
  camera: svg`<rect x="2.75" y="6" width="12.5" height="12" rx="3"/><path d="M15.25 10.75l4.4-2.7a.8.8 0 0 1 1.2.7v6.5a.8.8 0 0 1-1.2.7l-4.4-2.7"/>`,
  'camera-off': svg`<path d="M10 6h2.25a3 3 0 0 1 3 3v1.75l4.4-2.7a.8.8 0 0 1 1.2.7v6.5c0 .3-.1.5-.3.6M15.2 15.4A3 3 0 0 1 12.25 18h-6.5a3 3 0 0 1-3-3V9a3 3 0 0 1 2.9-3"/>${slash}`,
  screen: svg`<rect x="2.75" y="4" width="18.5" height="13" rx="2.5"/><path d="M8.5 20.5h7M12 13.75V8M9.25 10.25L12 7.5l2.75 2.75"/>`,
  quality: svg`<g stroke-width="2.75"><path d="M5 19v-3.5"/><path class="fair" d="M12 19v-8"/><path class="faint" d="M19 19V5"/></g>`,
  leave: svg`<path class="solid" d="M12 8.5c3.4 0 6.4 1 8.6 2.9.9.8 1.2 2 .8 3.1l-.4 1c-.2.7-.9 1-1.6.9l-2.9-.6a1.5 1.5 0 0 1-1.2-1.5v-1.9a11 11 0 0 0-6.6 0v1.9c0 .7-.5 1.4-1.2 1.5l-2.9.6c-.7.1-1.4-.2-1.6-.9l-.4-1c-.4-1.1-.1-2.3.8-3.1C5.6 9.5 8.6 8.5 12 8.5z"/>`,
  person: svg`<circle cx="12" cy="8" r="3.5"/><path d="M5.75 19.5c.3-3.6 2.8-5.75 6.25-5.75s5.95 2.15 6.25 5.75"/>`,
  people: svg`<circle cx="9" cy="8" r="3.5"/><path d="M2.75 19.5c.3-3.6 2.8-5.75 6.25-5.75s5.95 2.15 6.25 5.75M15.5 4.75a3.5 3.5 0 0 1 0 6.5M17.75 14.25c2.1.8 3.3 2.6 3.5 5.25"/>`,
  warning: svg`<path d="M10.3 4.5L2.9 17.25A2 2 0 0 0 4.6 20.25h14.8a2 2 0 0 0 1.7-3L13.7 4.5a2 2 0 0 0-3.4 0zM12 9.5v4M12 16.75v.1"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;
/** One of these, or one that a part brings. */
export type Shape = IconName | SVGTemplateResult;

/**
 * 1.5 em square; `s` is 1.25 em. Always beside a word or in a named control, so never in the accessibility tree. A part that
 * is loaded later brings shapes of its own (icons-later.ts).
 */
export function icon(shape: Shape, size: 'm' | 's' = 'm'): TemplateResult {
  return html`<svg class="icon ${size}" viewBox="0 0 24 24" aria-hidden="true">
    ${typeof shape === 'string' ? shapes[shape] : shape}
  </svg>`;
}
