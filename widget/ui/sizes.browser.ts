// What a person came for is inside the box, in every size that README promises.
import { expect } from '@open-wc/testing';
import { CallError } from '../call/call-error.ts';
import type { CallErrorCode } from '../call/call-error.ts';
import {
  all,
  clearCalls,
  hosting,
  joined,
  linkOf,
  off,
  on,
  one,
  participant,
  showCall,
  view,
} from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

/** The least box, what README's tag becomes on a phone, and the ones around the steps of the layout. */
const boxes = [
  [200, 150],
  [200, 280],
  [304, 280],
  [320, 180],
  [320, 240],
  [464, 280],
  [480, 160],
  [480, 270],
  [640, 360],
  [800, 160],
] as const;

const failed = (code: CallErrorCode) => view({ status: 'failed', local: off, error: new CallError(code) });
const previewing = (change = {}, local = {}) => view({ status: 'previewing', local: { ...on, ...local } }, change);
const link = `https://calls.example.com/rooms/#${'kk2-ahsWq8zZt1uL0f3xYA'.repeat(3)}`;

/** Every message that has something to press, among them the ones with most to say. */
const messages = {
  poster: view({ status: 'idle', local: off }),
  'permission blocked': previewing({}, { ...off, problem: new CallError('permission-denied') }),
  'no device': previewing({}, { ...off, problem: new CallError('device-not-found') }),
  'joining slowly': view({ status: 'joining', local: on }, { slowJoin: true }),
  waiting: view({ status: 'waiting', place: 1, local: on }),
  alone: view(joined()),
  'alone, with a notice': view(joined(), { notice: { kind: 'left', name: 'Maximiliana Theodora '.repeat(4) } }),
  'room full': failed('room-full'),
  'no server': failed('server-unreachable'),
  unforeseen: failed('internal'),
  left: view({ status: 'left', local: off, reason: 'left' }),
};

function expectInside(inner: Element, outer: Element, where: string): void {
  const { left, top, right, bottom } = inner.getBoundingClientRect();
  const box = outer.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  expect(right - left, `${where}: width`).to.be.at.least(44);
  expect(bottom - top, `${where}: height`).to.be.at.least(43.9);
  expect(top, `${where}: top`).to.be.at.least(box.top - 0.5);
  expect(bottom, `${where}: bottom`).to.be.at.most(box.bottom + 0.5);
  expect(left, `${where}: left`).to.be.at.least(box.left - 0.5);
  expect(right, `${where}: right`).to.be.at.most(box.right + 0.5);
  const hit = (inner.getRootNode() as ShadowRoot).elementFromPoint(x, y);
  expect(inner.contains(hit), `${where}: covered by ${hit?.className}`).to.equal(true);
}

const resize = (element: TestCall, [width, height]: readonly [number, number]): void => {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
};

describe('the buttons of a message', () => {
  afterEach(clearCalls);

  for (const [name, shown] of Object.entries(messages)) {
    it(`lie inside the stage in every box: ${name}`, async () => {
      const element = await showCall(shown);
      for (const box of boxes) {
        resize(element, box);
        const pressable = all(element, '.actions > *');
        expect(pressable).not.to.be.empty;
        for (const button of pressable) {
          expectInside(button, one(element, '.stage'), `${button.textContent.trim()} in ${box.join(' × ')}`);
        }
      }
    });
  }
});

describe('the link to send', () => {
  afterEach(clearCalls);

  for (const [name, state] of Object.entries({ copied: { copied: true }, 'to be copied by hand': { shown: link } })) {
    it(`lies inside the stage in every box: ${name}`, async () => {
      const element = await showCall(view(joined()));
      const inside = await linkOf(element, state);
      for (const box of boxes) {
        resize(element, box);
        expectInside(inside.firstElementChild!, one(element, '.stage'), box.join(' × '));
      }
    });
  }
});

describe('the answers to who knocks', () => {
  afterEach(clearCalls);

  for (const [name, shown] of Object.entries({
    'a long name': view(
      hosting(['bo'], { knocks: [{ id: 'cy', displayName: 'Wolfeschlegelsteinhausenberger '.repeat(2) }] }),
    ),
    'alone, with three': view(hosting([], { knocks: ['cy', 'di', 'ed'].map(id => ({ id, displayName: id })) })),
    'muted by a host': view(joined(['bo']), { notice: { kind: 'mutedByHost' } }),
  })) {
    it(`lie inside the stage in every box: ${name}`, async () => {
      const element = await showCall(shown);
      for (const box of boxes) {
        resize(element, box);
        for (const answer of all(element, '.notice button')) {
          expectInside(answer, one(element, '.stage'), `${answer.textContent.trim()} in ${box.join(' × ')}`);
        }
        const { width, height } = one(element, '.sentence p').getBoundingClientRect();
        expect(Math.min(width / 5, height), `the words in ${box.join(' × ')}`).to.be.at.least(12);
      }
    });
  }
});

describe('the bar of a host', () => {
  afterEach(clearCalls);

  it('fits into every box, with More before Leave', async () => {
    const controls = new Set(['microphone', 'camera', 'screen', 'leave']);
    const element = await showCall(view(hosting(['bo']), { controls }));
    for (const box of boxes) {
      resize(element, box);
      const buttons = all(element, '.controls button').filter(button => button.checkVisibility());
      expect(buttons.at(-2)?.ariaLabel).to.equal('More');
      for (const button of buttons) {
        expectInside(button, one(element, '.frame'), `${button.ariaLabel} in ${box.join(' × ')}`);
      }
    }
  });
});

describe('the preview', () => {
  afterEach(clearCalls);

  const video = new MediaStream();
  for (const [name, shown] of Object.entries({
    'with a name to type': previewing({ selfMedia: { video } }),
    'with the name given': previewing({ selfMedia: { video }, askName: false }),
    'without camera': previewing({}, { camera: 'off' }),
  })) {
    it(`has the way in and both devices inside every box: ${name}`, async () => {
      const element = await showCall(shown);
      for (const box of [...boxes, [200, 200], [320, 150]] as const) {
        resize(element, box);
        for (const button of [...all(element, '.preview .button'), ...all(element, '.input')]) {
          expectInside(button, one(element, '.stage'), `${button.ariaLabel ?? button.className} in ${box.join(' × ')}`);
        }
      }
    });
  }
});

describe('a long name', () => {
  afterEach(clearCalls);

  const name = 'Maximiliana Theodora von und zu Hohenzollern-Sigmaringen';
  for (const kind of ['joined', 'noConnection'] as const) {
    it(`leaves the notice inside the stage and above the bar: ${kind}`, async () => {
      const notice = { kind, id: 'bo', name };
      const element = await showCall(view(joined([participant('bo', { displayName: name })]), { notice }));
      for (const box of boxes) {
        resize(element, box);
        const stage = one(element, '.stage').getBoundingClientRect();
        const shown = one(element, '.notice').getBoundingClientRect();
        const where = box.join(' × ');
        expect(shown.top, where).to.be.at.least(stage.top - 0.5);
        expect(shown.bottom, where).to.be.at.most(stage.bottom + 0.5);
        const { lineHeight } = getComputedStyle(one(element, '.sentence p'));
        const lines = one(element, '.sentence p').clientHeight / parseFloat(lineHeight);
        expect(lines, where).to.be.at.most(box[1] < 200 ? 2.1 : 3.1);
        const bar = one(element, '.controls').getBoundingClientRect();
        if (bar.left < shown.right) expect(shown.bottom <= bar.top || shown.top >= bar.bottom, where).to.equal(true);
      }
    });
  }
});

describe('what a site puts into the box', () => {
  afterEach(clearCalls);

  for (const [slot, shown] of Object.entries({
    poster: view({ status: 'idle', local: off }),
    empty: view(joined()),
  })) {
    it(`stands in the middle: ${slot}`, async () => {
      const element = await showCall(shown, 640, 360);
      element.insertAdjacentHTML('beforeend', `<p slot="${slot}" style="margin:0">One moment</p>`);
      const stage = one(element, '.stage').getBoundingClientRect();
      const inner = element.querySelector('p')!.getBoundingClientRect();
      expect(inner.left + inner.right).to.be.closeTo(stage.left + stage.right, 2);
      expect(inner.top + inner.bottom).to.be.closeTo(stage.top + stage.bottom, 2);
    });

    it(`may fill it: ${slot}`, async () => {
      const element = await showCall(shown, 640, 360);
      element.insertAdjacentHTML('beforeend', `<div slot="${slot}" style="inline-size:100%;block-size:100%"></div>`);
      const stage = one(element, '.stage');
      const inner = element.querySelector('div')!;
      expect([inner.offsetWidth, inner.offsetHeight]).to.deep.equal([stage.offsetWidth, stage.offsetHeight]);
    });
  }
});

describe('alone on a full page', () => {
  afterEach(clearCalls);

  it('shows oneself large', async () => {
    const element = await showCall(view(joined()), 1280, 720);
    const { width, height } = one(element, '.own').getBoundingClientRect();
    const stage = one(element, '.stage').getBoundingClientRect();
    expect(height / stage.height).to.be.greaterThan(0.4);
    expect(width / height).to.be.closeTo(1.6, 0.02);
  });
});
