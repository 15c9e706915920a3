import { expect } from '@open-wc/testing';
import { CallError } from '../call/call-error.ts';
import { english } from '../locales/strings.ts';
import { permissionHint } from './permission-hint.ts';
import { Clock } from './testing/clock.ts';
import { all, clearCalls, joined, next, one, showCall, view, words } from './testing/test-call.ts';
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
