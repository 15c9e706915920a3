// For tests: an element that only shows, and the state of a call to show in it. Not part of the product.
import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import type { CallState, InRoomState, Participant } from '../../call/call-state.ts';
import { english } from '../../locales/strings.ts';
import { renderCall } from '../call-view.ts';
import type { CallView } from '../call-view.ts';
import { loadPart } from '../parts.ts';
import { callStyles } from '../styles.ts';
import type { VideoCallLink } from '../video-call-link.ts';

const parts = await Promise.all(
  (['alone', 'endings', 'preview', 'notice', 'hosting', 'forcedColors'] as const).map(loadPart),
);
await loadPart('shortcuts');

export class TestCall extends LitElement {
  static override styles = [callStyles, ...parts.map(({ styles }) => styles)];
  static override properties = { view: { attribute: false } };

  declare view: CallView;

  protected override render(): TemplateResult {
    return renderCall(this.view);
  }
}

customElements.define('test-call', TestCall);

export const off = { microphone: 'off', camera: 'off' } as const;
export const on = { microphone: 'on', camera: 'on' } as const;

export function view(state: CallState, change: Partial<CallView> = {}): CallView {
  return {
    state,
    media: () => undefined,
    selfMedia: {},
    displayName: 'Ada Lovelace',
    askName: true,
    granted: false,
    strings: english,
    controls: new Set(['microphone', 'camera', 'leave']),
    slowJoin: false,
    ...change,
  };
}

export function participant(id: string, change: Partial<Participant> = {}): Participant {
  return {
    id,
    displayName: id,
    isSelf: false,
    role: 'member',
    microphone: true,
    camera: true,
    screen: false,
    handRaised: false,
    connection: 'connected',
    quality: 'unknown',
    ...change,
  };
}

/** In a call with `others`, microphone and camera on. */
export function joined(others: (string | Participant)[] = [], status: 'joined' | 'reconnecting' = 'joined'): CallState {
  return {
    status,
    room: 'support',
    local: on,
    self: participant('me', { isSelf: true, displayName: 'Ada Lovelace' }),
    participants: others.map(other => (typeof other === 'string' ? participant(other) : other)),
    locked: false,
    knocks: [],
  };
}

/** As `joined`, and oneself is the host; `change` is of the state. */
export function hosting(others: (string | Participant)[] = [], change: Partial<InRoomState> = {}): InRoomState {
  const state = joined(others) as InRoomState;
  return { ...state, self: { ...state.self, role: 'host' }, ...change };
}

/** Shows `shown` in a box of that many pixels; without a height the element chooses its own. */
export async function showCall(shown: CallView, width = 640, height?: number): Promise<TestCall> {
  const element = new TestCall();
  element.view = shown;
  element.style.width = `${width}px`;
  if (height !== undefined) element.style.height = `${height}px`;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

/** What was shown is taken away again. */
export function clearCalls(): void {
  for (const element of document.querySelectorAll('test-call')) element.remove();
}

export function all<K extends keyof HTMLElementTagNameMap>(element: TestCall, tag: K): HTMLElementTagNameMap[K][];
export function all(element: TestCall, selector: string): HTMLElement[];
export function all(element: TestCall, selector: string): HTMLElement[] {
  return [...element.renderRoot.querySelectorAll<HTMLElement>(selector)];
}

export function one<K extends keyof HTMLElementTagNameMap>(element: TestCall, tag: K): HTMLElementTagNameMap[K];
export function one(element: TestCall, selector: string): HTMLElement;
export function one(element: TestCall, selector: string): HTMLElement {
  const [found] = all(element, selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

/** The link of who is alone, in that state. */
export async function linkOf(element: TestCall, state: Partial<VideoCallLink> = {}): Promise<VideoCallLink> {
  const link = element.renderRoot.querySelector<VideoCallLink>('video-call-link');
  if (!link) throw new Error('nobody is alone');
  Object.assign(link, state);
  await link.updateComplete;
  return link;
}

/** What a reader of the screen sees of it. */
export function words(element: Element | null): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** What axe cannot judge here: it waits ten seconds for media that never come, and for style sheets of other origins. */
export const beyondAxe = { ignoredRules: ['no-autoplay-audio', 'css-orientation-lock'] };

/** Once its notice is all there: while that fades in, its contrast is not its own. */
export async function arrived(element: TestCall): Promise<void> {
  const fading = all(element, '.notice').flatMap(notice => notice.getAnimations());
  await Promise.allSettled(fading.map(async ({ finished }) => finished));
}

/** The button of that name. */
export function button(element: TestCall, name: string): HTMLButtonElement {
  const found = all(element, 'button').find(candidate => (candidate.ariaLabel ?? words(candidate)) === name);
  if (!found) throw new Error(`no button is called ${name}`);
  return found;
}

/** Resolves with the detail of the next such event. */
export async function next(target: EventTarget, type: string): Promise<unknown> {
  return new Promise(resolve => {
    target.addEventListener(type, event => resolve((event as CustomEvent).detail), { once: true });
  });
}
