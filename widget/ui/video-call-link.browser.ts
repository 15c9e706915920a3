import { expect } from '@open-wc/testing';
import { button, clearCalls, joined, linkOf, showCall, view, words } from './testing/test-call.ts';

describe('<video-call-link>', () => {
  const { clipboard } = navigator;
  const written: string[] = [];

  beforeEach(() => {
    written.length = 0;
    clipboard.writeText = text => {
      written.push(text);
      return Promise.resolve();
    };
  });
  afterEach(() => {
    Reflect.deleteProperty(clipboard, 'writeText');
    clearCalls();
  });

  it('copies the address of the page and says so, but not for ever when it is moved', async () => {
    const element = await showCall(view(joined()));
    const link = await linkOf(element);
    button(element, 'Copy link').click();
    await Promise.resolve();
    await link.updateComplete;
    expect(written).to.deep.equal([location.href]);
    expect(words(link)).to.equal('Link copied');
    const elsewhere = document.body.appendChild(document.createElement('div'));
    elsewhere.append(element);
    await link.updateComplete;
    expect(words(link)).to.equal('Copy link');
    elsewhere.remove();
  });
});
