// A phrase whose values are rendered: each is isolated, so that a name of the other direction cannot reorder the words,
// and may be cut where there is little room.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { phraseOf } from '../locales/strings.ts';
import type { StringKey, Strings, Values } from '../locales/strings.ts';

export function phrase(strings: Strings, key: StringKey, values: Values = {}): (string | TemplateResult)[] {
  // A split by a group gives text and names in turn.
  return phraseOf(strings, key, values)
    .split(/\{(\w+)\}/)
    .map((piece, index) => (index % 2 ? html`<bdi class="cut">${values[piece]}</bdi>` : piece));
}
