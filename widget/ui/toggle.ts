// The microphone, camera and screen button, as the control bar and the preview show them. Says how a device is, never how
// it would be: a press only asks.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { DeviceState } from '../call/call-state.ts';
import { icon } from './icons.ts';
import { request } from './requests.ts';

export type Device = 'microphone' | 'camera' | 'screen';

export const shortcuts = { microphone: 'M', camera: 'V', screen: 'S' } as const satisfies Record<Device, string>;

const tips = {
  microphone: { on: 'tip.mute', off: 'tip.unmute' },
  camera: { on: 'tip.cameraOff', off: 'tip.cameraOn' },
  screen: { on: 'bar.screen', off: 'bar.screen' },
} as const;

/** Asks for the other state. A device that is starting answers first. */
export function askToggle(target: EventTarget, device: Device, state: DeviceState): void {
  if (state !== 'starting') request(target, `request-${device}`, { on: state === 'off' });
}

/** The name stays the same and `aria-pressed` says the state: never both, or a reader hears a double negative. */
export function toggle(device: Device, state: DeviceState, strings: Strings, onVideo = false): TemplateResult {
  const on = state === 'on';
  return html`<button
    type="button"
    class="button ${device === 'screen' ? (on ? 'active' : '') : on ? '' : 'off'} ${onVideo ? 'inverse' : ''}"
    part="button"
    aria-label=${t(strings, `bar.${device}`)}
    aria-pressed=${on}
    aria-busy=${state === 'starting'}
    aria-keyshortcuts=${shortcuts[device]}
    title="${t(strings, tips[device][on ? 'on' : 'off'])} (${shortcuts[device]})"
    @click=${(event: Event) => event.currentTarget && askToggle(event.currentTarget, device, state)}
  >
    ${icon(on || device === 'screen' ? device : `${device}-off`)}
  </button>`;
}
