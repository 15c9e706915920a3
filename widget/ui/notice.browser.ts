import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { Knock } from '../../protocol/events.ts';
import { CallError } from '../call/call-error.ts';
import type { CallStatus } from '../call/call-state.ts';
import { english } from '../locales/strings.ts';
import type { Notice } from './notice.ts';
import { permissionHint } from './permission-hint.ts';
import { Clock } from './testing/clock.ts';
import {
  all,
  arrived,
  beyondAxe,
  button,
  clearCalls,
  hosting,
  joined,
  next,
  one,
  showCall,
  view,
  words,
} from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

const regions = (element: TestCall): Record<string, string> =>
  Object.fromEntries(all(element, '[aria-live]').map(region => [String(region.ariaLive), words(region)]));

describe('a notice', () => {
  let clock: Clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => {
    clearCalls();
    clock.restore();
  });

  it('isolates the name it speaks of', async () => {
    const notice = { kind: 'joined', name: 'عمر (2' } as const;
    const element = await showCall(view(joined(['bo']), { notice }));
    expect(words(one(element, '.notice'))).to.equal('عمر (2 joined.');
    expect(words(one(element, '.notice bdi'))).to.equal('عمر (2');
  });

  it('that passes asks to be dismissed after 5 s; a pointer or the focus upon it holds it', async () => {
    const element = await showCall(view(joined(['bo']), { notice: { kind: 'back' } }));
    const notice = one(element, '.notice');
    expect(clock.waiting).to.include(5000);
    for (const [holds, lets] of [
      ['pointerenter', 'pointerleave'],
      ['focusin', 'focusout'],
    ] as const) {
      notice.dispatchEvent(new Event(holds));
      expect(clock.waiting, holds).not.to.include(5000);
      notice.dispatchEvent(new Event(lets));
      expect(clock.waiting, lets).to.include(5000);
    }
    const dismissed = next(element.renderRoot, 'request-dismiss-notice');
    clock.run();
    await dismissed;
  });

  it('counts anew for another subject, and not at all once it is gone', async () => {
    const element = await showCall(view(joined(['bo']), { notice: { kind: 'back' } }));
    element.view = view(joined(['bo']), { notice: { kind: 'left', name: 'Cy' } });
    await element.updateComplete;
    expect(clock.waiting.filter(delay => delay === 5000).length).to.equal(1);
    element.remove();
    expect(clock.waiting).not.to.include(5000);
  });

  it('with something to do stays until it is done', async () => {
    await showCall(view(joined(['bo']), { notice: { kind: 'audioBlocked' } }));
    await showCall(view(joined(['bo'], 'reconnecting')));
    expect(clock.waiting).not.to.include(5000);
  });

  it('of a lost connection comes before all but held back sound', async () => {
    const element = await showCall(view(joined(['bo'], 'reconnecting'), { notice: { kind: 'back' } }));
    expect(words(one(element, '.notice'))).to.equal('Connection lost. Reconnecting…');
    element.view = view(joined(['bo'], 'reconnecting'), { notice: { kind: 'audioBlocked' } });
    await element.updateComplete;
    expect(words(one(element, '.notice p'))).to.equal('Your browser holds back the sound.');
  });

  it('speaks of a guest where there is no name', async () => {
    const element = await showCall(view(joined(['bo']), { notice: { kind: 'left', name: '' } }));
    expect(words(one(element, '.notice'))).to.equal('Guest left.');
    expect(regions(element)).to.deep.equal({ polite: 'Guest left.', assertive: '' });
  });

  it('of a refused device says where the browser keeps the switch, on the screen and to readers', async () => {
    const error = new CallError('permission-denied');
    const hint = english.words[permissionHint(error)];
    const element = await showCall(view(joined(['bo']), { notice: { kind: 'problem', error } }));
    expect(words(one(element, '.notice'))).to.equal(`Camera and microphone are blocked ${hint}`);
    expect(regions(element)).to.deep.equal({ polite: '', assertive: `Camera and microphone are blocked. ${hint}` });
  });

  it('never lies upon one’s own picture', async () => {
    const notice = { kind: 'problem', error: new CallError('permission-denied') } as const;
    const element = await showCall(view(joined(['bo']), { notice }));
    for (const [width, height] of [
      [304, 280],
      [320, 180],
      [320, 240],
      [320, 480],
      [480, 270],
      [640, 360],
    ]) {
      element.style.width = `${width}px`;
      element.style.height = `${height}px`;
      const shown = one(element, '.notice').getBoundingClientRect();
      const self = one(element, '.self').getBoundingClientRect();
      expect(shown.top >= self.bottom - 1 || shown.bottom <= self.top + 1, `${width} × ${height}`).to.equal(true);
    }
  });

  it('says in few words that a device did not start', async () => {
    const notice = { kind: 'problem', error: new CallError('device-in-use') } as const;
    const element = await showCall(view(joined(['bo']), { notice }));
    expect(words(one(element, '.notice'))).to.equal('Camera or microphone is in use');
  });
});

describe('who knocks', () => {
  let clock: Clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => {
    clearCalls();
    clock.restore();
  });

  const bo = { id: 'bo', displayName: 'Bo' };
  const cy = { id: 'cy', displayName: 'عمر (2' };
  const guest = { id: 'guest', displayName: '' };
  const shown = (...knocks: Knock[]) => view(hosting(['ada'], { knocks }));

  it('is named to a host, politely, with both answers; it stays, and is a group of that name', async () => {
    const element = await showCall(shown(bo));
    expect(words(one(element, '.sentence'))).to.equal('Bo wants to join.');
    expect(all(element, '.notice button').map(words)).to.deep.equal(['Refuse', 'Let in']);
    expect(one(element, '.notice [role=group]').ariaLabel).to.equal('Bo wants to join.');
    expect(regions(element)).to.deep.equal({ polite: 'Bo wants to join.', assertive: '' });
    expect(clock.waiting).not.to.include(5000);
  });

  it('comes one by one, with how many there are, and as a guest without a name', async () => {
    const element = await showCall(shown(cy, bo, guest));
    expect(words(one(element, '.sentence'))).to.equal('عمر (2 wants to join. 3 people want to join.');
    expect(regions(element).polite).to.equal('عمر (2 wants to join. 3 people want to join.');
    element.view = shown(guest);
    await element.updateComplete;
    expect(words(one(element, '.sentence'))).to.equal('Guest wants to join.');
  });

  for (const [label, name] of [
    ['Let in', 'admit'],
    ['Refuse', 'reject'],
  ] as const) {
    it(`${label}: asks for it, and not for the next one with the same press; the focus stays for them`, async () => {
      const element = await showCall(shown(bo, cy));
      const asked: unknown[] = [];
      element.renderRoot.addEventListener('request-as-host', event => asked.push((event as CustomEvent).detail));
      button(element, label).click();
      expect(asked, 'pressed before it could be read').to.be.empty;
      clock.run();
      button(element, label).focus();
      await sendKeys({ press: 'Enter' });
      expect(asked).to.deep.equal([{ name, id: 'bo' }]);
      element.view = shown(cy);
      await element.updateComplete;
      expect((element.renderRoot as ShadowRoot).activeElement === button(element, label)).to.equal(true);
      await sendKeys({ press: 'Enter' });
      expect(asked.length, 'a press that was meant for the first').to.equal(1);
      clock.run();
      await sendKeys({ press: 'Enter' });
      expect(asked[1]).to.deep.equal({ name, id: 'cy' });
    });
  }

  it('is answered, and the focus goes to the bar', async () => {
    const element = await showCall(shown(bo));
    button(element, 'Let in').focus();
    element.view = shown();
    await element.updateComplete;
    expect((element.renderRoot as ShadowRoot).activeElement === button(element, 'Microphone')).to.equal(true);
  });

  it('waits for what cannot be heard, a lost connection and a lost microphone, and comes before the rest', async () => {
    const knocks = [bo];
    for (const [status, notice, first] of [
      ['joined', { kind: 'audioBlocked' }, 'Your browser holds back the sound.'],
      ['reconnecting', { kind: 'back' }, 'Connection lost. Reconnecting…'],
      ['joined', { kind: 'interrupted' }, 'Another app took your microphone.'],
      ['joined', { kind: 'problem', error: new CallError('room-full') }, 'The room is full'],
      ['joined', { kind: 'mutedByHost' }, 'Bo wants to join.'],
      ['joined', { kind: 'joined', name: 'Cy' }, 'Bo wants to join.'],
    ] satisfies [CallStatus, Notice, string][]) {
      const element = await showCall(view(hosting(['ada'], { knocks, status }), { notice }));
      expect(words(one(element, '.notice p'))).to.equal(first);
    }
  });
});

describe('a notice with two answers', () => {
  afterEach(clearCalls);

  it('is accessible', async () => {
    const element = await showCall(view(hosting(['ada'], { knocks: [{ id: 'bo', displayName: 'Bo' }] })));
    await arrived(element);
    await expect(element).to.be.accessible(beyondAxe);
  });
});

describe('who was muted by a host', () => {
  afterEach(clearCalls);

  it('is told at once, and unmutes or leaves it so by a press of their own', async () => {
    const element = await showCall(view(joined(['bo']), { notice: { kind: 'mutedByHost' } }));
    expect(regions(element)).to.deep.equal({ polite: '', assertive: 'A host turned your microphone off.' });
    const unmuted = next(element.renderRoot, 'request-microphone');
    button(element, 'Unmute').click();
    expect(await unmuted).to.deep.equal({ on: true });
    const dismissed = next(element.renderRoot, 'request-dismiss-notice');
    button(element, 'Close').click();
    await dismissed;
    await arrived(element);
    await expect(element).to.be.accessible(beyondAxe);
  });
});

describe('the live regions', () => {
  afterEach(clearCalls);

  it('are there from the start, empty, and say once what is shown', async () => {
    const element = await showCall(view({ status: 'idle', local: { microphone: 'off', camera: 'off' } }));
    expect(regions(element)).to.deep.equal({ polite: '', assertive: '' });
    const [polite] = all(element, '[aria-live]');
    element.view = view(joined(['bo']), { notice: { kind: 'joined', name: 'Bo' } });
    await element.updateComplete;
    expect(regions(element)).to.deep.equal({ polite: 'Bo joined.', assertive: '' });
    expect(all(element, '[aria-live]')[0] === polite).to.equal(true);
    expect(one(element, '.notice').closest('[role], [aria-live]') === null).to.equal(true);
    element.view = view(joined(['bo'], 'reconnecting'));
    await element.updateComplete;
    expect(regions(element)).to.deep.equal({ polite: '', assertive: 'Connection lost. Reconnecting…' });
  });

  it('say what the element has to say instead', async () => {
    const announcement = { polite: 'Bo and Cy joined.' };
    const element = await showCall(view(joined(['bo', 'cy']), { announcement, notice: { kind: 'back' } }));
    expect(regions(element)).to.deep.equal({ polite: 'Bo and Cy joined.', assertive: '' });
  });
});
