// A disc with initials, in the colour of the person. Knows no size: its font size decides.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from './icons.ts';
import { hueOf, initialsOf } from './initials.ts';

/** Who gave no name has a figure instead. Hidden from the accessibility tree: the name stands beside it. */
export function avatar(id: string, displayName: string): TemplateResult {
  return html`<span class="avatar" data-hue=${hueOf(id)} aria-hidden="true"
    >${initialsOf(displayName) || icon('person')}</span
  >`;
}
