// The control bar: microphone, camera, screen, leave, and what the site puts beside them. Draws the devices as the engine says
// they are; a press asks and changes nothing here.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { LocalState } from '../call/call-state.ts';
import { icon } from './icons.ts';
import { asks } from './requests.ts';
import { toggle } from './toggle.ts';

export interface ControlBarView {
  local: LocalState;
  controls: ReadonlySet<string>;
  strings: Strings;
  /** What opens the rest, for who has more to do than this. */
  more?: TemplateResult | undefined;
}

/** Without a screen to share, as on phones, without that button. What a site slots in stands outside the toolbar element, so it keeps its own tab stops. */
export function controlBar({ local, controls, strings, more }: ControlBarView): TemplateResult {
  return html`<div class="dock">
    <div class="bar" part="toolbar">
      <slot name="toolbar-start"></slot>
      <video-call-controls class="controls" aria-label=${t(strings, 'bar.label')}>
        ${controls.has('microphone') ? toggle('microphone', local.microphone, strings) : nothing}
        ${controls.has('camera') ? toggle('camera', local.camera, strings) : nothing}
        ${controls.has('screen') && 'getDisplayMedia' in navigator.mediaDevices ? toggle('screen', local.screen ?? 'off', strings) : nothing}
        ${more} ${controls.has('leave') ? leaveButton(strings) : nothing}
      </video-call-controls>
      <slot name="toolbar-end"></slot>
    </div>
  </div>`;
}

function leaveButton(strings: Strings): TemplateResult {
  const name = t(strings, 'bar.leave');
  return html`<button
    type="button"
    class="button danger leave"
    part="button"
    aria-label=${name}
    title=${name}
    @click=${asks('request-leave')}
  >
    ${icon('leave')}<span class="label">${name}</span>
  </button>`;
}
