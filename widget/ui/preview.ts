// Before the call: how one looks, whether microphone and camera are on, under which name one joins.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { LocalState } from '../call/call-state.ts';
import { avatar } from './avatar.ts';
import { problemWords } from './problem.ts';
import { request } from './requests.ts';
import { toggle } from './toggle.ts';

/** What the server accepts (protocol/limits.ts counts code points, an input UTF-16 units: never too many). */
const nameMaxLength = 64;

export interface PreviewView {
  local: LocalState;
  stream: MediaStream | undefined;
  displayName: string;
  askName: boolean;
  controls: ReadonlySet<string>;
  strings: Strings;
}

export function preview(view: PreviewView): TemplateResult {
  const { local, stream, displayName, askName, controls, strings } = view;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!event.currentTarget) return;
    const name = new FormData(event.currentTarget as HTMLFormElement).get('name');
    request(event.currentTarget, 'request-join', typeof name === 'string' ? { displayName: name } : {});
  };
  return html`<form class="preview" part="preview" @submit=${join}>
    <div class="mirror">
      ${
        local.camera === 'on' && stream
          ? html`<video-call-video class="mirrored" .stream=${stream} aria-hidden="true"></video-call-video>`
          : html`<div class="no-picture">${avatar(displayName, displayName)}${whyNoPicture(local, strings)}</div>`
      }
      <div class="toggles on-video">
        ${controls.has('microphone') ? toggle('microphone', local.microphone, strings, true) : nothing}
        ${controls.has('camera') ? toggle('camera', local.camera, strings, true) : nothing}
      </div>
    </div>
    <div class="ready">
      <h2 tabindex="-1">${t(strings, 'preview.title')}</h2>
      <div class="row">
        ${askName ? nameField(displayName, strings) : nothing}
        <button class="button worded primary" part="button">
          <span class="label">${t(strings, 'preview.join')}</span>
        </button>
      </div>
    </div>
  </form>`;
}

function whyNoPicture({ camera, problem }: LocalState, strings: Strings): TemplateResult {
  if (camera === 'off' && problem) {
    const { title, text } = problemWords(problem, strings);
    return html`<div role="alert">
      <b>${title}</b>
      <p>${text}</p>
    </div>`;
  }
  return html`<p>${camera === 'starting' ? nothing : t(strings, 'preview.cameraOff')}</p>`;
}

function nameField(displayName: string, strings: Strings): TemplateResult {
  return html`<label class="field">
    <span>${t(strings, 'preview.name')}</span>
    <input
      class="input"
      name="name"
      autocomplete="name"
      dir="auto"
      maxlength=${nameMaxLength}
      .value=${live(displayName)}
      @change=${({ currentTarget }: Event) => {
        if (currentTarget instanceof HTMLInputElement) {
          request(currentTarget, 'request-name', { displayName: currentTarget.value });
        }
      }}
    />
  </label>`;
}
