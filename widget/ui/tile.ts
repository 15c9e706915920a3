// One participant: picture or initials, name, and what is not as it should be. Knows no layout and no other participant.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { t } from '../locales/strings.ts';
import type { StringKey, Strings } from '../locales/strings.ts';
import type { Participant } from '../call/call-state.ts';
import { avatar } from './avatar.ts';
import { icon } from './icons.ts';
import { hueOf } from './initials.ts';

export interface TileView {
  participant: Participant;
  stream: MediaStream | undefined;
  strings: Strings;
  /** Shows the participant's screen and not themselves. */
  screen?: boolean;
  /** Upon a large picture: named only when there is a mark to name. */
  small?: boolean;
}

/** The content of a tile; its box (`class="tile" part="tile" data-hue`) belongs to whoever lays it out. */
export function tile({ participant, stream, strings, screen = false, small = false }: TileView): TemplateResult {
  const { id, displayName, isSelf, camera, connection, quality, videoPaused } = participant;
  const microphone = screen || participant.microphone;
  const paused = camera && videoPaused && !isSelf && !screen;
  // The roster says whether there is a picture, never the track: a muted track shows black, not initials.
  const shows = (camera || screen) && stream && connection !== 'connecting' && !paused;
  const theirs = displayName || t(strings, 'tile.guest');
  const own = isSelf ? t(strings, 'tile.you') : theirs;
  const name = screen ? t(strings, 'tile.screenOf', { name: theirs }) : own;
  return html`
    <div class="picture ${connection === 'reconnecting' || connection === 'failed' ? 'stale' : ''}">
      ${/* Under the picture, so that it shows until the first frame and never after. */ screen ? nothing : avatar(id, displayName)}
      ${
        shows
          ? html`<video-call-video class=${isSelf ? 'mirrored' : ''} .stream=${stream} aria-hidden="true">
            </video-call-video>`
          : nothing
      }
    </div>
    ${connection === 'connected' ? nothing : connectionMark(connection, strings)}
    ${paused && connection === 'connected' ? pausedMark(strings) : nothing}
    ${(quality === 'fair' || quality === 'poor') && !screen ? qualityMark(quality, strings) : nothing}
    ${
      !microphone || !small
        ? html`<div class="marks">
            <span class="chip on-video" part="name">
              ${
                microphone
                  ? nothing
                  : html`<span class="muted">${icon('microphone-off')}</span
                      ><span class="unseen">${t(strings, 'tile.micOff')}</span>`
              }
              <bdi class="cut">${name}</bdi>
            </span>
          </div>`
        : nothing
    }
  `;
}

const connectionWords = {
  connecting: 'tile.connecting',
  reconnecting: 'tile.reconnecting',
  failed: 'tile.failed',
} as const satisfies Record<string, StringKey>;

/** While connecting there is nothing to veil: the words stand under the initials. */
function connectionMark(connection: keyof typeof connectionWords, strings: Strings): TemplateResult {
  const sign = connection === 'failed' ? icon('warning') : html`<span class="spinner"></span>`;
  const words = html`<span class="words">${t(strings, connectionWords[connection])}</span>`;
  return connection === 'connecting'
    ? html`<div class="connecting">${sign}${words}</div>`
    : html`<div class="veil"><span class="chip on-video ${connection}">${sign}${words}</span></div>`;
}

/** Where the picture was: as while connecting. */
function pausedMark(strings: Strings): TemplateResult {
  return html`<div class="connecting"><span class="words">${t(strings, 'tile.videoPaused')}</span></div>`;
}

/** A good connection shows nothing. */
function qualityMark(quality: 'fair' | 'poor', strings: Strings): TemplateResult {
  return html`<span class="quality chip on-video ${quality}">
    ${icon('quality')}<span class="unseen">${t(strings, `quality.${quality}`)}</span>
  </span>`;
}

/** A tile that stands alone, outside a list. */
export function singleTile(view: TileView): TemplateResult {
  return html`<div class="tile" part="tile" data-hue=${hueOf(view.participant.id)}>${tile(view)}</div>`;
}
