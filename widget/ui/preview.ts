// Before the call: how one looks, whether microphone and camera are on, under which name one joins.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { LocalState } from '../call/call-state.ts';
import { avatar } from './avatar.ts';
import { problemWords } from './problem.ts';
import { request } from './requests.ts';
import { toggle } from './toggle.ts';
export { preview as words } from '../locales/en-preview.ts';
export { preview as styles } from './styles/preview.ts';

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
  const problem = problemOf(local, strings);
  const showsPicture = local.camera === 'on' && stream;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!event.currentTarget) return;
    const name = new FormData(event.currentTarget as HTMLFormElement).get('name');
    request(event.currentTarget, 'request-join', typeof name === 'string' ? { displayName: name } : {});
  };
  return html`<form class="preview" part="preview" @submit=${join}>
    <div class="mirror">
      ${
        showsPicture
          ? html`<video-call-video class="mirrored" .stream=${stream} aria-hidden="true"></video-call-video>`
          : html`<div class="no-picture">
              ${
                problem ??
                html`${avatar(displayName, displayName)}
                  <p>${local.camera === 'off' ? t(strings, 'preview.cameraOff') : nothing}</p>`
              }
            </div>`
      }
      <div class="toggles on-video">
        ${controls.has('microphone') ? toggle('microphone', local.microphone, strings, true) : nothing}
        ${controls.has('camera') ? toggle('camera', local.camera, strings, true) : nothing}
      </div>
    </div>
    <div class="ready">
      <h2 tabindex="-1">${t(strings, 'preview.title')}</h2>
      ${showsPicture ? problem : nothing}
      <div class="row">
        ${askName ? nameField(displayName, strings) : nothing}
        <button class="button worded primary" part="button">
          <span class="label">${t(strings, 'preview.join')}</span>
        </button>
      </div>
    </div>
  </form>`;
}

/** A device that did not start says so where the picture would be; if there is a picture, beside the heading. */
function problemOf({ problem }: LocalState, strings: Strings): TemplateResult | undefined {
  if (!problem) return undefined;
  const { title, text } = problemWords(problem, strings);
  return html`<div class="problem" role="alert">
    <b>${title}</b>
    <p>${text}</p>
  </div>`;
}

function nameField(displayName: string, strings: Strings): TemplateResult {
  return html`<label class="field">
    <span>${t(strings, 'preview.name')}</span>
    <input
      class="input"
      name="name"
      autocomplete="name"
      dir="auto"
      placeholder=${t(strings, 'preview.name')}
      maxlength=${nameMaxLength}
      .value=${displayName}
      @change=${({ currentTarget }: Event) => {
        if (currentTarget instanceof HTMLInputElement) {
          request(currentTarget, 'request-name', { displayName: currentTarget.value });
        }
      }}
    />
  </label>`;
}
