import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { InRoomState } from '../call/call-state.ts';
import {
  all,
  beyondAxe,
  button,
  clearCalls,
  hosting,
  joined,
  next,
  one,
  participant,
  showCall,
  view,
  words,
} from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

const controls = new Set(['microphone', 'camera', 'screen', 'leave']);
const shown = (state: InRoomState) => view(state, { controls });
const focused = (element: TestCall) => (element.renderRoot as ShadowRoot).activeElement as HTMLElement;
const openMenus = (element: TestCall) => all(element, '.menu').filter(menu => menu.matches(':popover-open'));

/** Opens the menu of that button by the keyboard, and waits until it has its place. */
async function open(element: TestCall, name: string): Promise<HTMLElement> {
  button(element, name).focus();
  const menu = one(element, `#${button(element, name).getAttribute('popovertarget')}`);
  const opened = new Promise(resolve => menu.addEventListener('toggle', resolve, { once: true }));
  await sendKeys({ press: 'Enter' });
  await opened;
  return menu;
}

const items = (menu: HTMLElement) =>
  [...menu.querySelectorAll<HTMLElement>('.item')].filter(one => one.checkVisibility());

describe('what hosts see', () => {
  afterEach(clearCalls);

  it('is More in the bar and a menu for each other participant; nobody else sees any of it', async () => {
    const element = await showCall(shown(hosting(['bo', 'cy'])));
    expect(all(element, '[aria-haspopup=menu]').map(({ ariaLabel }) => ariaLabel)).to.deep.equal([
      'Actions for bo',
      'Actions for cy',
      'More',
    ]);
    for (const role of ['member', 'guest'] as const) {
      const state = hosting(['bo', 'cy']);
      element.view = shown({ ...state, self: { ...state.self, role } });
      await element.updateComplete;
      expect(all(element, '[aria-haspopup], .menu'), role).to.be.empty;
    }
  });

  it('speaks of a guest where there is no name', async () => {
    const element = await showCall(shown(hosting([participant('bo', { displayName: '' })])));
    expect(button(element, 'Actions for Guest')).not.to.equal(undefined);
  });

  for (const [item, opener, detail] of [
    ['Turn off microphone', 'Actions for bo', { name: 'mute-participant', id: 'bo' }],
    ['Make host', 'Actions for bo', { name: 'make-host', id: 'bo' }],
    ['Remove from call', 'Actions for bo', { name: 'remove', id: 'bo' }],
    ['Lock the room', 'More', { name: 'lock', locked: true }],
    ['End for everyone', 'More', { name: 'end' }],
  ] as const) {
    it(`${item}: asks for it, closes, and gives the focus back`, async () => {
      const element = await showCall(shown(hosting(['bo'])));
      const menu = await open(element, opener);
      const asked = next(element.renderRoot, 'request-as-host');
      for (const one of items(menu)) {
        if (words(one) === item) break;
        await sendKeys({ press: 'ArrowDown' });
      }
      await sendKeys({ press: 'Enter' });
      expect(await asked).to.deep.equal(detail);
      expect(openMenus(element)).to.be.empty;
      expect(focused(element) === button(element, opener)).to.equal(true);
    });
  }

  it('says by a check mark that the room is locked, and asks for the other', async () => {
    const element = await showCall(shown(hosting(['bo'], { locked: true })));
    const [lock] = items(await open(element, 'More'));
    expect(lock!.getAttribute('role')).to.equal('menuitemcheckbox');
    expect(lock!.ariaChecked).to.equal('true');
    const asked = next(element.renderRoot, 'request-as-host');
    lock!.click();
    expect(await asked).to.deep.equal({ name: 'lock', locked: false });
  });

  it('keeps what there is nothing to do about, disabled: a press does nothing and the menu stays', async () => {
    const silentHost = participant('bo', { microphone: false, role: 'host' });
    const element = await showCall(shown(hosting([silentHost])));
    const [mute, makeHost, remove] = items(await open(element, 'Actions for bo'));
    let asked = false;
    element.renderRoot.addEventListener('request-as-host', () => (asked = true));
    for (const disabled of [mute!, makeHost!]) {
      expect(disabled.ariaDisabled).to.equal('true');
      disabled.click();
    }
    expect(asked).to.equal(false);
    expect(openMenus(element).length).to.equal(1);
    expect(remove!.ariaDisabled).to.equal(null);
  });

  it('is accessible, closed and open', async () => {
    const element = await showCall(shown(hosting(['bo', 'cy'], { locked: true })));
    await expect(element).to.be.accessible(beyondAxe);
    await open(element, 'More');
    await expect(element).to.be.accessible(beyondAxe);
    await open(element, 'Actions for cy');
    await expect(element).to.be.accessible(beyondAxe);
  });

  it('takes the focus along: who leaves while their menu is open leaves it to the bar', async () => {
    const element = await showCall(shown(hosting(['bo', 'cy'])));
    await open(element, 'Actions for bo');
    element.view = shown(hosting(['cy']));
    await element.updateComplete;
    expect(focused(element) === button(element, 'Microphone')).to.equal(true);
  });

  it('leaves the pictures alone: a tile’s button is seen by who points at it, walks to it or has just tapped', async () => {
    const element = await showCall(shown(hosting(['bo'])));
    const actions = button(element, 'Actions for bo');
    const opacity = async (): Promise<string> => {
      await Promise.all(actions.getAnimations().map(async ({ finished }) => finished));
      return getComputedStyle(actions).opacity;
    };
    one(element, '.controls').toggleAttribute('idle', true);
    expect(await opacity()).to.equal('0');
    one(element, '.stage').focus();
    await sendKeys({ press: 'Tab' });
    one(element, '.controls').toggleAttribute('idle', true);
    expect(focused(element) === actions).to.equal(true);
    expect(await opacity()).to.equal('1');
  });

  it('has More among the stops of the bar', async () => {
    const element = await showCall(shown(hosting(['bo'])));
    button(element, 'Leave').focus();
    await sendKeys({ press: 'ArrowLeft' });
    expect(focused(element) === button(element, 'More')).to.equal(true);
  });
});

describe('a menu', () => {
  afterEach(() => {
    clearCalls();
    document.documentElement.dir = '';
  });

  it('is walked by arrows, Home and End, round and round; Escape closes it and gives the focus back', async () => {
    const element = await showCall(shown(hosting(['bo'])));
    const menu = await open(element, 'Actions for bo');
    const [mute, makeHost, remove] = items(menu);
    expect(button(element, 'Actions for bo').ariaExpanded).to.equal('true');
    expect(focused(element) === mute).to.equal(true);
    for (const [press, to] of [
      ['ArrowDown', makeHost],
      ['End', remove],
      ['ArrowDown', mute],
      ['ArrowUp', remove],
      ['Home', mute],
    ] as const) {
      await sendKeys({ press });
      expect(words(focused(element)), press).to.equal(words(to!));
    }
    await sendKeys({ press: 'Escape' });
    expect(openMenus(element)).to.be.empty;
    expect(focused(element) === button(element, 'Actions for bo')).to.equal(true);
    expect(button(element, 'Actions for bo').ariaExpanded).to.equal('false');
  });

  it('lets Tab go on from its button', async () => {
    const element = await showCall(shown(hosting(['bo', 'cy'])));
    await open(element, 'Actions for bo');
    await sendKeys({ press: 'Tab' });
    expect(openMenus(element)).to.be.empty;
    expect(focused(element).ariaLabel).to.equal('Actions for cy');
  });

  for (const dir of ['ltr', 'rtl']) {
    it(`lies whole in the page, on top of everything, beside its button, also from the least box: ${dir}`, async () => {
      document.documentElement.dir = dir;
      for (const [width, height] of [
        [200, 150],
        [320, 180],
        [640, 360],
        [800, 160],
      ] as const) {
        const element = await showCall(shown(hosting(['bo'])), width, height);
        for (const name of ['Actions for bo', 'More']) {
          const menu = await open(element, name);
          const { left, right, top, bottom } = menu.getBoundingClientRect();
          const where = `${name} in ${width} × ${height}`;
          expect(left, where).to.be.at.least(0);
          expect(right, where).to.be.at.most(document.documentElement.clientWidth);
          const from = button(element, name).getBoundingClientRect();
          expect(Math.min(Math.abs(top - from.bottom), Math.abs(from.top - bottom)), where).to.be.at.most(8);
          expect(left < from.right && from.left < right, where).to.equal(true);
          for (const item of items(menu)) {
            const box = item.getBoundingClientRect();
            expect(box.height, where).to.be.at.least(43.9);
            const hit = (element.renderRoot as ShadowRoot).elementFromPoint(box.left + 20, box.top + box.height / 2);
            expect(item.contains(hit), where).to.equal(true);
          }
          await sendKeys({ press: 'Escape' });
        }
        element.remove();
      }
    });
  }

  it('holds the screen under 304 px, where the bar has no room for it', async () => {
    const element = await showCall(shown(hosting(['bo'])), 303, 400);
    expect(items(await open(element, 'More')).map(words)).to.deep.equal([
      'Share screen',
      'Lock the room',
      'End for everyone',
    ]);
    expect(button(element, 'Leave').getBoundingClientRect().right).to.be.at.most(element.getBoundingClientRect().right);
    const asked = next(element.renderRoot, 'request-screen');
    await sendKeys({ press: 'Enter' });
    expect(await asked).to.deep.equal({ on: true });
    element.style.width = '304px';
    expect(items(await open(element, 'More')).map(words)).to.deep.equal(['Lock the room', 'End for everyone']);
  });

  it('of who hosts no longer is gone', async () => {
    const element = await showCall(shown(hosting(['bo'])));
    await open(element, 'Actions for bo');
    element.view = view(joined(['bo']), { controls });
    await element.updateComplete;
    expect(all(element, '.menu')).to.be.empty;
    expect(focused(element) === button(element, 'Microphone')).to.equal(true);
  });
});
