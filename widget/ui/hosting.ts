// What only hosts see: the menu of each other tile, and More in the bar, which holds the lock and the end for everyone.
// Knows the words and who is meant; who hosts is for the server to say.
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { HostRequest } from '../session/session.ts';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { InRoomState, Participant } from '../call/call-state.ts';
import { check, cross, lock } from './icons-later.ts';
import { icon } from './icons.ts';
import { request } from './requests.ts';
import { askToggle } from './toggle.ts';
import { VideoCallMenu } from './video-call-menu.ts';
export { hosting as words } from '../locales/en-hosting.ts';
export { menu as styles } from './styles/menu.ts';

export const elements = { 'video-call-menu': VideoCallMenu };

const dots = svg`<circle class="solid" cx="5" cy="12" r="1.75"/><circle class="solid" cx="12" cy="12" r="1.75"/><circle class="solid" cx="19" cy="12" r="1.75"/>`;
const key = svg`<circle cx="8" cy="16" r="4.25"/><path d="M11.1 12.9l8.4-8.4M16 8l3 3M13.25 10.75l2 2"/>`;

export function moreButton(strings: Strings): TemplateResult {
  return opener('more', 'more', t(strings, 'bar.more'));
}

export function actionsButton({ id, displayName }: Participant, strings: Strings): TemplateResult {
  const name = displayName || t(strings, 'tile.guest');
  return opener(`actions-${id}`, 'tile-actions inverse', t(strings, 'tile.actions', { name }));
}

/** Beside the tiles and the bar and not in them: a menu is part of neither list. */
export function menus(state: InRoomState, controls: ReadonlySet<string>, strings: Strings): TemplateResult {
  return html`${moreMenu(state, controls, strings)}
  ${repeat(
    state.participants,
    ({ id }) => id,
    participant => actionsMenu(participant, strings),
  )}`;
}

function moreMenu({ local, locked }: InRoomState, controls: ReadonlySet<string>, strings: Strings): TemplateResult {
  const screen = local.screen ?? 'off';
  const asksForScreen = ({ currentTarget }: Event): void => {
    if (currentTarget) askToggle(currentTarget, 'screen', screen);
  };
  return html`<video-call-menu id="more" class="menu" part="menu" aria-label=${t(strings, 'bar.more')}>
    ${
      controls.has('screen') && 'getDisplayMedia' in navigator.mediaDevices
        ? item(icon('screen', 's'), t(strings, 'bar.screen'), asksForScreen, {
            checked: screen === 'on',
            kind: 'collapsed',
          })
        : nothing
    }
    ${item(icon(lock, 's'), t(strings, 'bar.lock'), asking({ name: 'lock', locked: !locked }), { checked: locked })}
    <hr />
    ${item(icon('leave', 's'), t(strings, 'bar.end'), asking({ name: 'end' }), { kind: 'bad' })}
  </video-call-menu>`;
}

/** What there is nothing left to do of is disabled, not gone: what is below it must not come under a press. */
function actionsMenu({ id, displayName, microphone, role }: Participant, strings: Strings): TemplateResult {
  const name = displayName || t(strings, 'tile.guest');
  return html`<video-call-menu
    id="actions-${id}"
    class="menu"
    part="menu"
    aria-label=${t(strings, 'tile.actions', { name })}
  >
    ${item(icon('microphone-off', 's'), t(strings, 'tip.mute'), asking({ name: 'mute-participant', id }), {
      disabled: !microphone,
    })}
    ${item(icon(key, 's'), t(strings, 'tip.makeHost'), asking({ name: 'make-host', id }), {
      disabled: role === 'host',
    })}
    <hr />
    ${item(icon(cross, 's'), t(strings, 'tip.remove'), asking({ name: 'remove', id }), { kind: 'bad' })}
  </video-call-menu>`;
}

interface ItemState {
  disabled?: boolean;
  /** Of what is on or off. */
  checked?: boolean;
  /** `collapsed`: only where the bar has no room for it. */
  kind?: 'bad' | 'collapsed';
}

function item(
  sign: TemplateResult,
  label: string,
  press: (event: Event) => void,
  { disabled = false, checked, kind }: ItemState = {},
): TemplateResult {
  return html`<button
    type="button"
    class="item ${kind ?? ''}"
    part="button"
    role=${checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
    tabindex="-1"
    aria-checked=${checked ?? nothing}
    aria-disabled=${disabled || nothing}
    @click=${disabled ? undefined : press}
  >
    ${sign}<span>${label}</span>${checked ? icon(check, 's') : nothing}
  </button>`;
}

function opener(menu: string, kind: string, name: string): TemplateResult {
  return html`<button
    type="button"
    class="button ${kind}"
    part="button"
    aria-label=${name}
    aria-haspopup="menu"
    aria-expanded="false"
    title=${name}
    popovertarget=${menu}
  >
    ${icon(dots)}
  </button>`;
}

function asking(what: HostRequest): (event: Event) => void {
  return ({ currentTarget }) => {
    if (currentTarget) request(currentTarget, 'request-as-host', what);
  };
}
