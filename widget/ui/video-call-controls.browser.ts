import { expect } from '@open-wc/testing';
import { Clock } from './testing/clock.ts';
import { all, button, clearCalls, joined, one, showCall, view } from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

const names = (element: TestCall) => all(element, '.controls button');
const focused = (element: TestCall) => (element.renderRoot as ShadowRoot).activeElement?.ariaLabel;

function press(element: TestCall, key: string): void {
  const target = (element.renderRoot as ShadowRoot).activeElement;
  target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

describe('the control bar', () => {
  afterEach(clearCalls);

  it('is a toolbar of one tab stop, which is where the focus was last', async () => {
    const element = await showCall(view(joined(['bo'])));
    expect(one(element, '[role=toolbar]').ariaLabel).to.equal('Call controls');
    expect(names(element).map(({ tabIndex }) => tabIndex)).to.deep.equal([0, -1, -1]);
    button(element, 'Camera').focus();
    expect(names(element).map(({ tabIndex }) => tabIndex)).to.deep.equal([-1, 0, -1]);
  });

  it('moves by arrows, Home and End, round and round', async () => {
    const element = await showCall(view(joined(['bo'])));
    button(element, 'Microphone').focus();
    const walked = ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Home', 'End'].map(key => {
      press(element, key);
      return focused(element);
    });
    expect(walked).to.deep.equal(['Camera', 'Leave', 'Microphone', 'Leave', 'Microphone', 'Leave']);
  });

  it('mirrors the arrows from right to left', async () => {
    const element = await showCall(view(joined(['bo'])));
    element.dir = 'rtl';
    button(element, 'Microphone').focus();
    press(element, 'ArrowLeft');
    expect(focused(element)).to.equal('Camera');
    const [microphone, camera] = names(element).map(control => control.getBoundingClientRect().left);
    expect(microphone).to.be.greaterThan(camera!);
  });

  it('moves up and down only where the buttons stand in columns', async () => {
    const element = await showCall(view(joined(['bo'])), 640, 400);
    button(element, 'Microphone').focus();
    press(element, 'ArrowDown');
    expect(focused(element)).to.equal('Microphone');
    element.style.height = '160px';
    press(element, 'ArrowDown');
    expect(focused(element)).to.equal('Camera');
  });

  it('offers what `controls` names, and always has a tab stop', async () => {
    const element = await showCall(view(joined(['bo'])));
    element.view = view(joined(['bo']), { controls: new Set(['camera', 'leave', 'nonsense']) });
    await element.updateComplete;
    // The observer of children reports after the update.
    await Promise.resolve();
    expect(names(element).map(({ ariaLabel, tabIndex }) => [ariaLabel, tabIndex])).to.deep.equal([
      ['Camera', 0],
      ['Leave', -1],
    ]);
  });

  it('keeps the slots of the site out of its order', async () => {
    const element = await showCall(view(joined(['bo'])));
    element.insertAdjacentHTML('beforeend', '<button slot="toolbar-start">Site</button>');
    const slotted = one(element, 'slot[name=toolbar-start]');
    expect(one(element, '[role=toolbar]').contains(slotted)).to.equal(false);
    expect(element.querySelector('button')?.tabIndex).to.equal(0);
  });

  it('says that the microphone is on by aria-pressed, under a name that does not change', async () => {
    const element = await showCall(view(joined(['bo'])));
    expect(button(element, 'Microphone').ariaPressed).to.equal('true');
    element.view = view({ ...joined(['bo']), local: { microphone: 'off', camera: 'on' } });
    await element.updateComplete;
    expect(button(element, 'Microphone').ariaPressed).to.equal('false');
    expect(button(element, 'Microphone').title).to.equal('Turn on microphone (M)');
  });
});

describe('an idle bar', () => {
  let clock: Clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => {
    clearCalls();
    clock.restore();
  });

  const shows = (element: TestCall) => {
    for (const animation of one(element, '.bar').getAnimations()) animation.finish();
    return getComputedStyle(one(element, '.bar')).opacity === '1';
  };

  it('fades from a low box with one picture after 4 s, and returns when somebody stirs', async () => {
    const element = await showCall(view(joined(['bo'])), 320, 240);
    expect(clock.waiting).to.include(4000);
    clock.run();
    expect(shows(element)).to.equal(false);
    for (const type of ['pointermove', 'click', 'keydown']) {
      one(element, '.stage').dispatchEvent(new Event(type, { bubbles: true }));
      expect(shows(element), type).to.equal(true);
      clock.run();
    }
    button(element, 'Leave').focus();
    expect(shows(element)).to.equal(true);
  });

  it('lets the touch that wakes it do nothing else', async () => {
    const element = await showCall(view(joined(['bo'])), 320, 240);
    clock.run();
    const { left, top } = button(element, 'Leave').getBoundingClientRect();
    const touched = (element.renderRoot as ShadowRoot).elementFromPoint(left + 9, top + 9);
    expect(touched?.closest('button')).to.equal(null);
    for (const type of ['pointerdown', 'pointermove']) {
      touched?.dispatchEvent(new PointerEvent(type, { pointerType: 'touch', bubbles: true }));
      expect(shows(element), type).to.equal(false);
    }
    touched?.dispatchEvent(new PointerEvent('click', { pointerType: 'touch', bubbles: true }));
    expect(shows(element)).to.equal(true);
  });

  it('stays beside a picture, with a notice, and with more people', async () => {
    for (const element of [
      await showCall(view(joined(['bo'])), 320, 400),
      await showCall(view(joined(['bo'])), 640, 160),
      await showCall(view(joined(['bo'], 'reconnecting')), 320, 240),
      await showCall(view(joined(['bo', 'cy'])), 320, 240),
    ]) {
      clock.run();
      expect(shows(element)).to.equal(true);
    }
  });

  it('leaves no timer behind', async () => {
    const element = await showCall(view(joined(['bo'])), 320, 240);
    element.remove();
    expect(clock.waiting).not.to.include(4000);
  });
});
