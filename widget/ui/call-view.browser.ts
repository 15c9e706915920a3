import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { render } from 'lit';
import { displayNameMaxCodePoints } from '../../protocol/limits.ts';
import type { EndReason, LocalState } from '../call/call-state.ts';
import { CallError } from '../call/call-error.ts';
import type { CallErrorCode } from '../call/call-error.ts';
import { english } from '../locales/strings.ts';
import type { StringKey } from '../locales/strings.ts';
import type { CallView } from './call-view.ts';
import { icon } from './icons.ts';
import {
  all,
  arrived,
  beyondAxe,
  button,
  clearCalls,
  joined,
  linkOf,
  off,
  on,
  one,
  participant,
  showCall,
  view,
  words,
} from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

const word = (key: StringKey): string => english.words[key];
const previewing = (local: LocalState, change = {}) => view({ status: 'previewing', local }, change);
const denied = new CallError('permission-denied');

/** What each code says, and the buttons it offers. */
const said: Record<CallErrorCode, [title: StringKey, ...buttons: StringKey[]]> = {
  'insecure-context': ['error.insecure-context.title'],
  'unsupported-browser': ['error.unsupported-browser.title'],
  'permission-denied': ['permission.blocked.title', 'again', 'permission.without'],
  'device-not-found': ['error.device-not-found.title', 'again', 'permission.without'],
  'device-in-use': ['error.device-in-use.title', 'again', 'permission.without'],
  'media-failed': ['error.media-failed.title', 'again', 'permission.without'],
  'server-unreachable': ['error.server-unreachable.title', 'again'],
  'origin-not-allowed': ['error.origin-not-allowed.title'],
  'room-full': ['full.title', 'again'],
  'room-locked': ['locked.title', 'again'],
  'room-invalid': ['error.room-invalid.title'],
  'name-invalid': ['error.name-invalid.title', 'again'],
  'token-invalid': ['error.token.title'],
  'token-expired': ['error.token.title'],
  rejected: ['rejected.title'],
  removed: ['removed.title'],
  replaced: ['replaced.title'],
  'rate-limited': ['error.rate-limited.title', 'again'],
  'server-url-missing': ['error.internal.title', 'again'],
  'version-unsupported': ['error.internal.title', 'again'],
  internal: ['error.internal.title', 'again'],
};

describe('the screens of a call', () => {
  afterEach(() => {
    clearCalls();
    document.documentElement.style.colorScheme = '';
  });

  for (const [code, [title, ...buttons]] of Object.entries(said)) {
    it(`says what went wrong and what to do: ${code}`, async () => {
      const error = new CallError(code as CallErrorCode, { capacity: 8 });
      const element = await showCall(view({ status: 'failed', local: off, error }));
      expect(words(one(element, 'h2'))).to.equal(word(title));
      expect(all(element, 'button').map(words)).to.deep.equal(buttons.map(word));
      expect(one(element, '.message').getAttribute('role')).to.equal('alert');
      expect(words(element.renderRoot as unknown as Element)).not.to.contain('{');
      await expect(element).to.be.accessible(beyondAxe);
    });
  }

  it('says how a room is to be named, which is not how a person is', async () => {
    const failed = (code: CallErrorCode) =>
      showCall(view({ status: 'failed', local: off, error: new CallError(code) }));
    expect(words(one(await failed('room-invalid'), 'p'))).to.equal('Use 1 to 128 of A–Z, a–z, 0–9, - and _.');
    expect(words(one(await failed('name-invalid'), 'h2'))).to.equal('Your name is not valid');
    expect(words(one(await failed('name-invalid'), 'p'))).to.contain(String(displayNameMaxCodePoints));
  });

  for (const [message, title, sign] of [
    ['Could not start audio source', 'Your microphone is in use', 'microphone-off'],
    ['Failed to allocate audiosource', 'Your microphone is in use', 'microphone-off'],
    ['Could not start video source', 'Your camera is in use', 'camera-off'],
    ['Failed to allocate videosource', 'Your camera is in use', 'camera-off'],
    ['The I/O read operation failed.', 'Camera or microphone is in use', 'camera-off'],
  ] as const) {
    it(`blames no device that the browser did not name: ${message}`, async () => {
      const problem = new CallError('device-in-use', { cause: new DOMException(message, 'NotReadableError') });
      const element = await showCall(previewing({ ...off, problem }));
      expect(words(one(element, 'h2'))).to.equal(title);
      const drawn = document.createElement('div');
      render(icon(sign), drawn);
      expect(one(element, '.disc path').getAttribute('d')).to.equal(drawn.querySelector('path')?.getAttribute('d'));
    });
  }

  it('shows the address to copy by hand where the clipboard is closed', async () => {
    const element = await showCall(view(joined()));
    await linkOf(element, { shown: 'https://calls.example.com/#room' });
    expect(one(element, 'input').value).to.equal('https://calls.example.com/#room');
    expect(one(element, 'input').readOnly).to.equal(true);
    expect(all(element, '.actions button')).to.be.empty;
    await expect(element).to.be.accessible(beyondAxe);
  });

  it('keeps the check mark of a copied link in every box', async () => {
    const element = await showCall(view(joined()));
    await linkOf(element, { copied: true });
    for (const width of [200, 304, 640]) {
      element.style.width = `${width}px`;
      expect(one(element, '.actions .icon').checkVisibility(), `${width}`).to.equal(true);
    }
  });

  it('names the code of an error that nobody foresaw, and how many a full room holds', async () => {
    const failed = (error: CallError) => showCall(view({ status: 'failed', local: off, error }));
    expect(words(one(await failed(new CallError('internal')), 'p'))).to.contain('internal');
    expect(words(one(await failed(new CallError('room-full', { capacity: 3 })), 'p'))).to.contain('3 people');
    expect(all(await failed(new CallError('room-full')), 'p')).to.be.empty;
  });

  for (const [reason, title] of Object.entries({
    left: 'left.title',
    removed: 'removed.title',
    replaced: 'replaced.title',
    ended: 'ended.title',
  } satisfies Record<EndReason, StringKey>)) {
    it(`says how the call ended: ${reason}`, async () => {
      const element = await showCall(view({ status: 'left', local: off, reason: reason as EndReason }));
      expect(words(one(element, 'h2'))).to.equal(word(title));
      expect(one(element, '.message').getAttribute('role')).to.equal(reason === 'left' ? 'status' : 'alert');
      await expect(element).to.be.accessible(beyondAxe);
    });
  }

  it('shows the poster of the site in place of its own', async () => {
    const element = await showCall(view({ status: 'idle', local: off }));
    expect(words(one(element, 'h2'))).to.equal(word('poster.title'));
    await expect(element).to.be.accessible(beyondAxe);
    element.insertAdjacentHTML('beforeend', '<p slot="poster">Talk to us</p>');
    expect(one(element, 'h2').checkVisibility()).to.equal(false);
  });

  it('says that the browser asks, as long as no device ever ran', async () => {
    const starting: LocalState = { microphone: 'starting', camera: 'starting' };
    const asking = await showCall(previewing(starting));
    expect(words(one(asking, 'h2'))).to.equal(word('permission.asking.title'));
    await expect(asking).to.be.accessible(beyondAxe);
    expect(words(one(await showCall(previewing(starting, { granted: true })), 'h2'))).to.equal(word('preview.title'));
    const joining = await showCall(view({ status: 'joining', local: starting }));
    expect(words(one(joining, 'h2'))).to.equal(word('permission.asking.title'));
    expect(all(joining, 'button').map(words)).to.deep.equal([word('cancel')]);
  });

  it('lets a blocked visitor in without devices, and says within the preview what failed later', async () => {
    const blocked = await showCall(previewing({ ...off, problem: denied }));
    expect(words(one(blocked, 'h2'))).to.equal(word('permission.blocked.title'));
    expect(words(one(blocked, '.hint'))).not.to.be.empty;
    const later = await showCall(
      previewing({ microphone: 'on', camera: 'off', problem: new CallError('device-in-use') }),
    );
    expect(words(one(later, 'h2'))).to.equal(word('preview.title'));
    expect(words(one(later, '.no-picture'))).to.contain(word('error.device-in-use.title'));
    await expect(later).to.be.accessible(beyondAxe);
  });

  it('says beside the heading what failed while there is a picture', async () => {
    const local: LocalState = { microphone: 'off', camera: 'on', problem: denied };
    const element = await showCall(previewing(local, { selfMedia: { video: new MediaStream() } }));
    expect(words(one(element, '.ready .problem'))).to.contain(word('permission.blocked.title'));
    expect(all(element, '.problem').length).to.equal(1);
    await expect(element).to.be.accessible(beyondAxe);
  });

  it('leaves a name alone that is being typed', async () => {
    const element = await showCall(previewing({ ...on, camera: 'starting' }));
    one(element, 'input').value = 'Ad';
    element.view = previewing(on);
    await element.updateComplete;
    expect(one(element, 'input').value).to.equal('Ad');
  });

  it('asks for a name only when the site gave none', async () => {
    const named = await showCall(previewing(on, { askName: false }));
    expect(all(named, 'input')).to.be.empty;
    const unnamed = await showCall(previewing(on));
    expect(one(unnamed, 'input').value).to.equal('Ada Lovelace');
    await expect(unnamed).to.be.accessible(beyondAxe);
  });

  it('says after a while that joining is slow', async () => {
    const element = await showCall(view({ status: 'joining', local: on }));
    expect(all(element, 'p')).to.be.empty;
    element.view = view({ status: 'joining', local: on }, { slowJoin: true });
    await element.updateComplete;
    expect(words(one(element, 'p'))).to.equal(word('joining.slow'));
    await expect(element).to.be.accessible(beyondAxe);
  });

  it('is accessible while waiting, alone, and with others in every state', async () => {
    const states = [
      view({ status: 'waiting', place: 1, local: on }),
      view(joined()),
      view(joined(['bo'])),
      view(joined(['bo'], 'reconnecting')),
      view(joined([participant('bo', { connection: 'connecting' }), participant('cy', { connection: 'failed' })])),
      view(joined([participant('bo', { camera: false, microphone: false }), 'cy', 'di'])),
      view(joined(['bo']), { notice: { kind: 'audioBlocked' } }),
    ];
    for (const state of states) {
      for (const scheme of ['light', 'dark']) {
        document.documentElement.style.colorScheme = scheme;
        const element = await showCall(state);
        await arrived(element);
        await expect(element).to.be.accessible(beyondAxe);
        element.remove();
      }
    }
  }).timeout(60_000);
});

describe('the focus', () => {
  afterEach(clearCalls);

  // Elements are not given to `expect`: it would print the whole page to say that two differ.
  const holdsFocus = (element: TestCall, holder: Element | null) =>
    (element.renderRoot as ShadowRoot).activeElement === holder;

  it('goes to the heading of the screen that replaces the one that held it', async () => {
    const element = await showCall(view({ status: 'joining', local: on }));
    button(element, 'Cancel').focus();
    element.view = view({ status: 'left', local: off, reason: 'left' });
    await element.updateComplete;
    expect(holdsFocus(element, one(element, 'h2'))).to.equal(true);
  });

  it('goes to the bar when people replace the screen, and to the stage where there is no bar', async () => {
    const element = await showCall(view({ status: 'joining', local: on }));
    button(element, 'Cancel').focus();
    element.view = view(joined(['bo']));
    await element.updateComplete;
    expect(holdsFocus(element, button(element, 'Microphone'))).to.equal(true);
    const bare = await showCall(view({ status: 'joining', local: on }));
    button(bare, 'Cancel').focus();
    bare.view = view(joined(['bo']), { controls: new Set() });
    await bare.updateComplete;
    expect(holdsFocus(bare, one(bare, '.stage'))).to.equal(true);
  });

  it('draws no frame around a heading or the stage, and one around every button', async () => {
    const element = await showCall(previewing(on));
    // A key before it, so that the browser shows where the focus is.
    await sendKeys({ press: 'Tab' });
    for (const shown of ['h2', '.stage', '.button']) {
      one(element, shown).focus();
      expect(holdsFocus(element, one(element, shown)), shown).to.equal(true);
      expect(getComputedStyle(one(element, shown)).outlineStyle, shown).to.equal(
        shown === '.button' ? 'solid' : 'none',
      );
    }
  });

  it('walks by keys alone from the poster into the call and out of it', async () => {
    const element = await showCall(view({ status: 'idle', local: off }));
    const held = () => {
      const { activeElement } = element.renderRoot as ShadowRoot;
      return activeElement?.ariaLabel ?? words(activeElement);
    };
    const walk = async (...keys: string[]) => {
      const seen: string[] = [];
      for (const press of keys) {
        await sendKeys({ press });
        seen.push(held());
      }
      return seen;
    };
    const show = async (shown: CallView) => {
      element.view = shown;
      await element.updateComplete;
    };
    expect(await walk('Tab')).to.deep.equal(['Join']);
    await show(previewing(on));
    expect(held()).to.equal(word('preview.title'));
    expect(await walk('Tab', 'Tab')).to.deep.equal(['', 'Join now']);
    await show(view({ status: 'joining', local: on }));
    expect(held()).to.equal(word('joining.title'));
    expect(await walk('Tab')).to.deep.equal(['Cancel']);
    await show(view(joined()));
    expect(held()).to.equal(word('alone.title'));
    expect(await walk('Tab', 'Tab', 'ArrowRight')).to.deep.equal(['Copy link', 'Microphone', 'Camera']);
    one(element, 'h2').focus();
    await show(view(joined(['bo'])));
    expect(held()).to.equal('Camera');
    expect(await walk('End')).to.deep.equal(['Leave']);
    await show(view({ status: 'left', local: off, reason: 'left' }));
    expect(held()).to.equal(word('left.title'));
    expect(await walk('Tab')).to.deep.equal(['Join again']);
  });

  it('stays where it is if it was elsewhere', async () => {
    const element = await showCall(view(joined()));
    button(element, 'Microphone').focus();
    element.view = view(joined(['bo']));
    await element.updateComplete;
    expect(holdsFocus(element, button(element, 'Microphone'))).to.equal(true);
    button(element, 'Microphone').blur();
    element.view = view({ status: 'left', local: off, reason: 'left' });
    await element.updateComplete;
    expect(holdsFocus(element, null)).to.equal(true);
  });
});
