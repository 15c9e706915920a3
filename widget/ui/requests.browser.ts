import { expect } from '@open-wc/testing';
import type { LocalState } from '../call/call-state.ts';
import { CallError } from '../call/call-error.ts';
import type { RequestName } from './requests.ts';
import { button, clearCalls, joined, next, off, on, one, showCall, view } from './testing/test-call.ts';

const previewing = (local: LocalState, change = {}) => view({ status: 'previewing', local }, change);
const denied = new CallError('permission-denied');

describe('what a press asks for', () => {
  afterEach(clearCalls);

  for (const [name, shown, label, detail] of [
    ['request-preview', view({ status: 'idle', local: off }), 'Join', null],
    ['request-leave', view({ status: 'joining', local: off }), 'Cancel', null],
    ['request-leave', view({ status: 'waiting', place: 1, local: off }), 'Cancel', null],
    ['request-join', previewing(on), 'Join now', { displayName: 'Ada Lovelace' }],
    ['request-join', previewing(on, { askName: false }), 'Join now', {}],
    ['request-join', previewing({ ...off, problem: denied }), 'Join without them', { withoutDevices: true }],
    ['request-retry', previewing({ ...off, problem: denied }), 'Try again', null],
    ['request-rejoin', view({ status: 'left', local: off, reason: 'left' }), 'Join again', null],
    ['request-leave', view(joined(['bo'])), 'Leave', null],
    ['request-microphone', view(joined(['bo'])), 'Microphone', { on: false }],
    ['request-camera', previewing(off), 'Camera', { on: true }],
    ['request-resume-audio', view(joined(['bo']), { notice: { kind: 'audioBlocked' } }), 'Turn on sound', null],
  ] satisfies [RequestName, ReturnType<typeof view>, string, object | null][]) {
    it(`${label}: ${name}`, async () => {
      const element = await showCall(shown);
      const asked = next(element.renderRoot, name);
      let escaped = false;
      element.addEventListener(name, () => (escaped = true));
      button(element, label).click();
      expect(await asked).to.deep.equal(detail);
      expect(escaped, 'the page hears of it').to.equal(false);
    });
  }

  it('tells a name once it is typed', async () => {
    const element = await showCall(previewing(on));
    const asked = next(element.renderRoot, 'request-name');
    const input = one(element, 'input');
    input.value = 'Bo';
    input.dispatchEvent(new Event('change'));
    expect(await asked).to.deep.equal({ displayName: 'Bo' });
  });

  it('changes nothing by itself, and nothing at all while the device starts', async () => {
    const element = await showCall(view({ ...joined(['bo']), local: { microphone: 'on', camera: 'starting' } }));
    button(element, 'Microphone').click();
    await element.updateComplete;
    expect(button(element, 'Microphone').ariaPressed).to.equal('true');
    let asked = false;
    element.renderRoot.addEventListener('request-camera', () => (asked = true));
    button(element, 'Camera').click();
    expect(asked).to.equal(false);
    expect(button(element, 'Camera').getAttribute('aria-busy')).to.equal('true');
  });

  it('has keys for microphone and camera, with the focus inside and never from a text field', async () => {
    const element = await showCall(previewing(on));
    const heard: unknown[] = [];
    for (const name of ['request-microphone', 'request-camera']) {
      element.renderRoot.addEventListener(name, event => heard.push(name, (event as CustomEvent).detail));
    }
    const press = (selector: string, init: KeyboardEventInit) =>
      one(element, selector).dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
    press('input', { key: 'm' });
    press('.stage', { key: 'm', ctrlKey: true });
    expect(heard).to.be.empty;
    press('.stage', { key: 'm' });
    press('h2', { key: 'V' });
    expect(heard).to.deep.equal(['request-microphone', { on: false }, 'request-camera', { on: false }]);
  });
});
