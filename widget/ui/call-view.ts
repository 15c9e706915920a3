// The whole interface of a call as a function of what it is told. Picks the screen; knows no engine and no element.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../locales/strings.ts';
import type { Strings } from '../locales/strings.ts';
import type { CallError } from '../call/call-error.ts';
import type { CallState, InRoomState, Participant, ParticipantMedia } from '../call/call-state.ts';
import { controlBar } from './control-bar.ts';
import { defineElements, elements } from './elements.ts';
import { grid } from './grid.ts';
import { keepFocus } from './keep-focus.ts';
import type { Announcement, Notice } from './notice.ts';
import { drawn, part } from './parts.ts';
import type { Part } from './parts.ts';
import { asking, joining, noAnswer, poster, waiting } from './screens.ts';
import { singleTile } from './tile.ts';

defineElements(elements);

export interface CallView {
  state: CallState;
  media: (id: string) => ParticipantMedia | undefined;
  selfMedia: ParticipantMedia;
  displayName: string;
  /** Show the name field in the preview. */
  askName: boolean;
  /** A device has run before: then one that starts opens no prompt, and one that fails takes no screen. */
  granted: boolean;
  strings: Strings;
  /** What the `controls` attribute lets the bar offer. */
  controls: ReadonlySet<string>;
  /** Joining takes longer than it should. */
  slowJoin: boolean;
  /** The same object for as long as it is the same notice. */
  notice?: Notice | undefined;
  /** Said instead of what the notice says. */
  announcement?: Announcement | undefined;
}

export function renderCall(view: CallView): TemplateResult {
  const { state, strings, controls } = view;
  const inside = 'self' in state ? state : undefined;
  const participants = inside?.participants;
  const hosting = inside?.self.role === 'host' ? part('hosting') : undefined;
  const { name, content } = screenOf(view, hosting);
  const notices = part('notice');
  const notice = inside && notices?.foremost(inside, view.notice);
  const said = view.announcement ?? (notice && notices?.noticeAnnouncement(notice, strings)) ?? {};
  const onKeydown = (event: KeyboardEvent): void => {
    if (participants || name === 'preview') part('shortcuts')?.onShortcut(event, state.local, controls);
  };
  return html`
    <section
      class="call"
      lang=${strings.lang}
      aria-label=${t(strings, 'call.label')}
      ${keepFocus()}
      @keydown=${onKeydown}
    >
      <div class="frame ${participants?.length === 1 ? 'one-picture' : ''}">
        <div class="stage" part="stage" tabindex="-1">
          ${keyed(name, content)}${(notice && notices?.noticeBox(notice, strings)) ?? nothing}
        </div>
        ${participants ? controlBar({ local: state.local, controls, strings, more: hosting?.moreButton(strings) }) : nothing}
      </div>
      ${inside && hosting?.menus(inside, controls, strings)}
    </section>
    <div hidden>${participants ? sounds(participants, view) : nothing}</div>
    <div class="unseen" aria-live="polite">${said.polite}</div>
    <div class="unseen" aria-live="assertive">${said.assertive}</div>
  `;
}

interface Screen {
  /** Of two names not even a button is the same: a second press must not do what the first did not mean. */
  name: string;
  /** Undefined while it is being loaded. */
  content: TemplateResult | undefined;
}

function screenOf(view: CallView, hosting?: Part<'hosting'>): Screen {
  const { state, strings, granted, slowJoin } = view;
  const { microphone, camera, problem } = state.local;
  const proven = granted || microphone === 'on' || camera === 'on';
  const messageOf = (error: CallError) =>
    drawn(
      'endings',
      ({ problemMessage }) => problemMessage(error, strings),
      () => noAnswer(strings),
    );
  const prompting = !proven && (microphone === 'starting' || camera === 'starting');
  switch (state.status) {
    case 'idle':
      return { name: 'poster', content: poster(strings) };
    case 'previewing':
      if (prompting) return { name: 'asking', content: asking(strings, false) };
      if (problem && !proven) return { name: 'problem', content: messageOf(problem) };
      return {
        name: 'preview',
        content: part('preview')?.preview({ ...view, local: state.local, stream: view.selfMedia.video }),
      };
    case 'joining':
      return { name: 'joining', content: prompting ? asking(strings, true) : joining(strings, slowJoin) };
    case 'waiting':
      return { name: 'waiting', content: waiting(strings, state.place) };
    case 'joined':
    case 'reconnecting':
      return inCall(view, state, hosting);
    case 'left':
      return {
        name: 'left',
        content: drawn(
          'endings',
          ({ ended }) => ended(state.reason, strings),
          () => poster(strings),
        ),
      };
    case 'failed':
      return {
        name: 'problem',
        content: state.error.code === 'server-unreachable' ? noAnswer(strings) : messageOf(state.error),
      };
  }
}

function inCall(view: CallView, { self, participants }: InRoomState, hosting?: Part<'hosting'>): Screen {
  const { strings, media, selfMedia } = view;
  if (participants.length === 0) {
    const own = { participant: self, stream: selfMedia.video, strings };
    const content = drawn(
      'alone',
      ({ alone }) => alone(own),
      () => html`<div class="fill">${singleTile(own)}</div>`,
    );
    return { name: 'alone', content };
  }
  const streamOf = ({ isSelf, id }: Participant): MediaStream | undefined => (isSelf ? selfMedia : media(id))?.video;
  const screenOf = ({ id }: Participant): MediaStream | undefined => media(id)?.screen;
  return {
    name: 'call',
    content: grid({ self, participants, streamOf, screenOf, strings, actions: hosting?.actionsButton }),
  };
}

/** Apart from the tiles, so that sound never depends on what there is room to show. */
function sounds(participants: readonly Participant[], { media }: CallView): unknown {
  return repeat(
    participants,
    ({ id }) => id,
    ({ id, screen }) =>
      html`<video-call-audio .stream=${media(id)?.audio}></video-call-audio>
        ${screen ? html`<video-call-audio .stream=${media(id)?.screenAudio}></video-call-audio>` : nothing}`,
  );
}
