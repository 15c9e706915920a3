// The promise of the README: open the page, press Join, send the link, see and hear each other.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { waitForMedia } from '../support/media.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { joinByHand, visit } from '../support/visitor.ts';

const orders: [BrowserName, BrowserName][] = [
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
];

describe('a first call', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  for (const [host, guest] of orders) {
    it(`between ${host} and ${guest}: the link is sent, both see and hear each other`, async () => {
      const browsers: TestBrowser[] = [];
      try {
        browsers.push(await launchBrowser(host), await launchBrowser(guest));
        const [hostBrowser, guestBrowser] = browsers as [TestBrowser, TestBrowser];

        const ada = await visit(hostBrowser, server.url);
        await joinByHand(ada, 'Ada');
        await ada.reads(/You are the only one here/);
        const link = ada.page.url();
        assert.match(link, /#[A-Za-z0-9_-]{22}$/, 'the room is unguessable');

        const bo = await visit(guestBrowser, link);
        await joinByHand(bo, 'Bo');

        await Promise.all([waitForMedia(ada.page, { from: 1 }), waitForMedia(bo.page, { from: 1 })]);
        await ada.reads(/Bo/);
        await bo.reads(/Ada/);

        await bo.press('Leave');
        await ada.until('Bo is gone', ({ participants }) => participants.length === 0, { timeoutMs: 3_000 });
        await bo.reads(/You left the call/);
      } finally {
        await Promise.all(browsers.map(browser => browser.close()));
      }
    });
  }
});
