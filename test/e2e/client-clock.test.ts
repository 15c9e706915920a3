// A visitor whose clock is a day wrong (F18). The clock is simulated: the page's `Date` is shifted before its first script.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { inbound, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit, visitorOf } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

const dayMs = 86_400_000;

/** As text, because it runs in the page before everything else. */
const shifted = (ms: number) => `
  globalThis.Date = class extends Date {
    constructor(...all) { if (all.length) super(...all); else super(Date.now()); }
    static now() { return super.now() + ${ms}; }
  };`;

describe('a clock that is a day wrong', () => {
  let server: TestServer;
  const browsers: TestBrowser[] = [];
  const sites: Site[] = [];

  before(async () => {
    server = await startServer();
    browsers.push(await launchBrowser('chromium'), await launchBrowser('chromium'));
  });
  after(async () => {
    await Promise.all(browsers.map(browser => browser.close()));
    await Promise.all(sites.map(site => site.close()));
    await server.close();
  });

  for (const [word, ms] of [
    ['ahead', dayMs],
    ['behind', -dayMs],
  ] as const) {
    it(`${word} joins, gets through the relay and takes its seat again after a server that died (F18; simulated in the page)`, async () => {
      const url = async (name: string) => {
        const attributes = `room="clock-${word}" display-name="${name}" autojoin relay-only`;
        const site = await startSite(tag(server.url, attributes));
        sites.push(site);
        return site.url;
      };
      const ada = await visit(browsers[0]!, await url('Ada'));
      const page = await browsers[1]!.openPage();
      await page.evaluateOnNewDocument(shifted(ms));
      await page.goto(await url('Bo'));
      const bo = await visitorOf(page);
      const away = (await page.evaluate('Date.now()')) as number;
      assert.ok(Math.abs(away - Date.now() - ms) < 60_000, 'the clock is wrong');

      const whole = async (visitors: Visitor[]) => {
        for (const visitor of visitors) {
          await visitor.until(
            'the call',
            ({ status, participants: [other, ...more] }) =>
              status === 'joined' && other?.connection === 'connected' && more.length === 0,
          );
          await waitForMedia(visitor.page, { from: 1 });
        }
      };
      await whole([ada, bo]);
      for (const { localCandidateType } of await inbound(bo.page)) assert.equal(localCandidateType, 'relay');
      const idOfBo = () => ada.page.evaluate(`document.querySelector('video-call').participants[0].id`);
      const id = await idOfBo();

      const port = new URL(server.url).port;
      await server.kill();
      for (const visitor of [ada, bo]) await visitor.until('the loss', ({ status }) => status === 'reconnecting');
      server = await startServer({ PORT: port });
      // The relay died with it, so the way through it is found anew, with credentials of now.
      await whole([ada, bo]);
      assert.equal(await idOfBo(), id);
      await Promise.all([ada.page.close(), bo.page.close()]);
    });
  }
});
