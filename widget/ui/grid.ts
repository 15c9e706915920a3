// Who is in the call, as one list of tiles. Two or more: alone has a screen of its own. CSS lays it out: the same list is
// a large picture with one's own upon it, a grid, or in a tiny box the first and oneself, so no picture ever restarts.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { Participant } from '../call/call-state.ts';
import { icon } from './icons.ts';
import { hueOf } from './initials.ts';
import { tile } from './tile.ts';

export interface GridView {
  self: Participant;
  /** In order of joining, without oneself. */
  participants: readonly Participant[];
  streamOf: (participant: Participant) => MediaStream | undefined;
  screenOf: (participant: Participant) => MediaStream | undefined;
  strings: Strings;
  /** The button of what can be done about another participant. */
  actions?: ((participant: Participant, strings: Strings) => TemplateResult) | undefined;
}

export function grid({ self, participants, streamOf, screenOf, strings, actions }: GridView): TemplateResult {
  const screens = participants.filter(({ screen }) => screen);
  const two = participants.length === 1 && screens.length === 0;
  const people = participants.length + 1;
  return html`
    <ul
      class="grid ${two ? 'two' : 'many'}"
      data-count=${people + screens.length}
      aria-label=${t(strings, 'people.title')}
    >
      ${repeat(
        screens,
        ({ id }) => id,
        (participant, index) => html`
          <li class="tile screen ${index === 0 ? 'large' : ''}" part="tile">
            ${tile({ participant, stream: screenOf(participant), strings, screen: true })}
          </li>
        `,
      )}
      ${repeat(
        // Oneself is the last.
        [...participants, self],
        ({ id }) => id,
        (participant, index) => html`
          <li
            class="tile ${participant.isSelf ? 'self' : ''} ${index === 0 && screens.length === 0 ? 'large' : ''}"
            part="tile"
            data-hue=${hueOf(participant.id)}
          >
            ${tile({ participant, stream: streamOf(participant), strings, small: two && participant.isSelf })}
            ${participant.isSelf ? nothing : actions?.(participant, strings)}
          </li>
        `,
      )}
    </ul>
    ${
      two
        ? ''
        : html`<div class="people chip on-video">
            ${icon('people')}<span class="unseen">${t(strings, 'people.title')}</span>${people}
          </div>`
    }
  `;
}
