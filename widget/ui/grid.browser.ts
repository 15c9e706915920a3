import { expect } from '@open-wc/testing';
import { participant, all, clearCalls, joined, one, showCall, view, words } from './testing/test-call.ts';
import type { TestCall } from './testing/test-call.ts';

const people = (count: number) => Array.from({ length: count - 1 }, (_, index) => `p${index}`);
const call = (count: number) => view(joined(people(count)), { controls: new Set() });

/** Columns that are drawn: different starts of tiles in the fullest row. */
function columns(element: TestCall): number {
  const lefts = all(element, '.tile').map(tile => Math.round(tile.getBoundingClientRect().left));
  const tops = all(element, '.tile').map(tile => Math.round(tile.getBoundingClientRect().top));
  return lefts.filter((_, index) => tops[index] === tops[0]).length;
}

/** A stage of that size: the bar of no controls takes its padding, so the box is measured, then mended. */
async function showStage(count: number, width: number, height: number): Promise<TestCall> {
  const element = await showCall(call(count), width + 16, height + 16);
  const stage = one(element, '.stage').getBoundingClientRect();
  element.style.width = `${width * 2 + 16 - stage.width}px`;
  element.style.height = `${height * 2 + 16 - stage.height}px`;
  return element;
}

describe('the grid', () => {
  afterEach(clearCalls);

  // LOOK §4: columns of that many people, and from which aspect ratio of the stage on.
  for (const [count, steps] of Object.entries({
    3: [1, [8, 9], 2, [2, 1], 3],
    4: [1, [2, 3], 2, [8, 3], 4],
    5: [1, [8, 15], 2, [4, 3], 3, [10, 3], 5],
    6: [1, [4, 9], 2, [4, 3], 3, [4, 1], 6],
    7: [1, [8, 21], 2, [1, 1], 3, [16, 9], 4, [14, 3], 7],
    8: [1, [1, 3], 2, [1, 1], 3, [16, 9], 4, [16, 3], 8],
  } satisfies Record<number, (number | [number, number])[]>)) {
    it(`has the columns that give ${count} people the largest pictures`, async () => {
      for (const [index, step] of steps.entries()) {
        if (typeof step === 'number') continue;
        const ratio = step[0] / step[1];
        const height = ratio < 1 ? 1200 : 600;
        const before = await showStage(Number(count), height * (ratio - 0.02), height);
        expect(columns(before), `under ${step.join('/')}`).to.equal(steps[index - 1]);
        const after = await showStage(Number(count), height * (ratio + 0.02), height);
        expect(columns(after), `over ${step.join('/')}`).to.equal(steps[index + 1]);
        clearCalls();
      }
    });
  }

  it('never draws a tile under 96 × 72 px, nor outside the stage', async () => {
    for (const count of [2, 3, 4, 5, 6, 7, 8]) {
      const element = await showCall(call(count));
      for (const width of [200, 256, 320, 400, 480, 640, 800]) {
        for (const height of [150, 160, 200, 240, 270, 360, 480, 700]) {
          element.style.width = `${width}px`;
          element.style.height = `${height}px`;
          const stage = one(element, '.stage').getBoundingClientRect();
          for (const tile of all(element, '.tile').filter(shown => shown.checkVisibility())) {
            const { width: w, height: h, left, top, right, bottom } = tile.getBoundingClientRect();
            const where = `${count} people in ${width} × ${height}: ${w} × ${h}`;
            const upon = getComputedStyle(tile).position === 'absolute';
            expect(w, where).to.be.at.least(upon ? 72 : 95.9);
            expect(h, where).to.be.at.least(upon ? 32 : 71.9);
            expect([left >= stage.left - 1, top >= stage.top - 1], where).to.deep.equal([true, true]);
            expect([right <= stage.right + 1, bottom <= stage.bottom + 1], where).to.deep.equal([true, true]);
          }
        }
      }
      element.remove();
    }
  });

  it('shows in a sidebar the first of many, oneself, and how many there are', async () => {
    const element = await showCall(call(8), 200, 360);
    const visible = all(element, '.tile').filter(tile => tile.checkVisibility());
    expect(visible.map(tile => tile.className.trim().split(/\s+/).at(-1))).to.deep.equal(['large', 'self']);
    expect(words(one(element, '.people'))).to.equal('People8');
    expect(one(element, '.people').checkVisibility()).to.equal(true);
  });

  it('names everyone, oneself last, and says whose microphone is off', async () => {
    const element = await showCall(view(joined([participant('bo', { microphone: false }), 'cy'])));
    expect(all(element, 'li').map(words)).to.deep.equal(['B Microphone off bo', 'C cy', 'AL You']);
    expect(one(element, 'ul').ariaLabel).to.equal('People');
  });

  it('calls a guest who gave no name, and draws one person and no empty chip', async () => {
    const guest = participant('bo', { displayName: '', camera: false });
    for (const others of [[guest], [guest, 'cy']]) {
      const element = await showCall(view(joined(others)));
      const [tile] = all(element, 'li');
      expect(words(tile!)).to.equal('Guest');
      expect(tile!.querySelector('bdi')!.offsetWidth).to.be.greaterThan(0);
      expect(tile!.querySelectorAll('.avatar circle').length).to.equal(1);
    }
    const muted = await showCall(view(joined([{ ...guest, microphone: false }])));
    expect(words(one(muted, 'li'))).to.equal('Microphone off Guest');
  });

  it('says in words how a connection is', async () => {
    const others = (['connecting', 'reconnecting', 'failed'] as const).map(connection =>
      participant(connection, { connection }),
    );
    const element = await showCall(view(joined(others)));
    expect(all(element, '.words').map(words)).to.deep.equal(['Connecting…', 'Reconnecting…', 'No connection']);
  });

  it('keeps the picture of who stays when others come and go', async () => {
    const stream = new MediaStream();
    const media = () => ({ video: stream });
    const element = await showCall(view(joined(['bo']), { media }));
    const picture = one(element, 'video');
    for (const others of [['bo', 'cy'], ['al', 'bo', 'cy'], ['bo']]) {
      element.view = view(joined(others), { media });
      await element.updateComplete;
      expect(all(element, 'video').includes(picture)).to.equal(true);
      expect(picture.srcObject === stream).to.equal(true);
    }
  });

  it('shows no picture of a camera that the roster says is off', async () => {
    const media = () => ({ video: new MediaStream() });
    const element = await showCall(view(joined([participant('bo', { camera: false }), 'cy']), { media }));
    expect(all(element, 'video').length).to.equal(1);
  });

  it('mirrors oneself and nobody else', async () => {
    const stream = { video: new MediaStream() };
    const element = await showCall(view(joined(['bo']), { media: () => stream, selfMedia: stream }));
    const mirrored = all(element, '.tile').map(tile => tile.querySelector('.mirrored') !== null);
    expect(mirrored).to.deep.equal([false, true]);
  });
});

describe('the box', () => {
  afterEach(clearCalls);

  it('is 16 : 9, but not under 280 px high unless the site says so', async () => {
    expect((await showCall(call(2), 640)).offsetHeight).to.equal(360);
    expect((await showCall(call(2), 200)).offsetHeight).to.equal(280);
    expect((await showCall(call(2), 200)).offsetWidth).to.equal(200);
    expect((await showCall(call(2), 200, 150)).offsetHeight).to.equal(150);
  });
});
