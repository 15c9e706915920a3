// What a visitor sees when a script that comes later does not come, and when it comes after all.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { HTTPRequest, Page } from 'puppeteer-core';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visitorOf } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

describe('a script that comes later and does not come', () => {
  let server: TestServer;
  let site: Site;
  let browser: TestBrowser;
  let page: Page;

  before(async () => {
    server = await startServer();
    site = await startSite(tag(server.url, 'room="chunks" display-name="Ada"'));
    browser = await launchBrowser('chromium');
  });
  afterEach(() => page.close());
  after(async () => {
    await browser.close();
    await site.close();
    await server.close();
  });

  /** A page to which every script whose name begins so is what `answer` makes of it, until it is let through. */
  async function without(names: string[], answer: (request: HTTPRequest) => unknown) {
    page = await browser.openPage();
    const held: HTTPRequest[] = [];
    let isOpen = false;
    let asked = 0;
    await page.setRequestInterception(true);
    page.on('request', request => {
      const isMeant = names.some(name => request.url().includes(`/chunks/${name}-`));
      if (isMeant) asked += 1;
      if (!isMeant || isOpen) void request.continue();
      else if (answer(request) === 'held') held.push(request);
    });
    await page.goto(site.url);
    const letThrough = () => {
      isOpen = true;
      for (const request of held.splice(0)) void request.continue();
    };
    return { visitor: await visitorOf(page), letThrough, asked: () => asked };
  }

  const fail = (request: HTTPRequest) => void request.abort('failed');
  const ownPicture = (visitor: Visitor) =>
    visitor.until('own picture', ({ shadowRoot }) => shadowRoot!.querySelector('video') !== null);

  it('leaves one’s own picture and the bar to who is alone, and the link to send once it is there', async () => {
    const { visitor, letThrough, asked } = await without(['alone'], fail);
    await page.evaluate(`document.querySelector('video-call').join()`);
    await ownPicture(visitor);
    assert.doesNotMatch(await visitor.words(), /Copy link/);
    letThrough();
    await visitor.reads(/Copy link/);
    assert.ok(asked() > 1 && asked() < 20, `asked ${asked()} times`);
    await visitor.press('Leave');
  });

  it('puts who has left before the poster', async () => {
    const { visitor, letThrough } = await without(['endings'], fail);
    await page.evaluate(`document.querySelector('video-call').join()`);
    await visitor.until('the call', ({ status }) => status === 'joined');
    await visitor.press('Leave');
    await visitor.reads(/Join the call/);
    letThrough();
    await visitor.reads(/You left/);
  });

  it('says that the server does not answer where nothing can be said of what went wrong', async () => {
    const { visitor } = await without(['endings'], fail);
    await page.evaluate(`document.querySelector('video-call').room = 'no room'`);
    await page.evaluate(`document.querySelector('video-call').join().catch(() => undefined)`);
    await visitor.reads(/does not answer/);
  });

  it('waits no longer for one that hangs than for one that fails', async () => {
    const { visitor, letThrough } = await without(['alone'], () => 'held');
    await page.evaluate(`document.querySelector('video-call').join()`);
    await ownPicture(visitor);
    letThrough();
    await visitor.reads(/Copy link/);
    await visitor.press('Leave');
  });
});
