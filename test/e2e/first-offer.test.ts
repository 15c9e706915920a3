// The first offer travels inside the join, cold and warm, in both browsers and between them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { until, waitForMedia } from '../support/media.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { joinByHand, visit, visitorOf } from '../support/visitor.ts';

declare global {
  /** What the page has sent, by whatever way. */
  var sent: string[];
}

const orders: [BrowserName, BrowserName][] = [
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
];

/** Notes what is sent; as text, because it runs in the page before everything else. */
const noteSent = `
  globalThis.sent = [];
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { sent.push(String(data)); return send.call(this, data); };
  if (location.hash.endsWith('cold')) {
    // A server far away, as far as the socket is concerned: on this machine it would be open before anything is gathered.
    const late = run => event => setTimeout(run, 2500, event);
    globalThis.WebSocket = class extends WebSocket {
      set onopen(run) { super.onopen = late(run); }
      set onmessage(run) { super.onmessage = late(run); }
    };
  }
  const original = globalThis.fetch;
  globalThis.fetch = (url, options) => { if (options?.body) sent.push(String(options.body)); return original(url, options); };`;

/** What the preview makes ready: whoever presses sooner than that offers a little later. */
const hasGathered = () =>
  globalThis.probe.connections.some(({ iceGatheringState }) => iceGatheringState === 'complete');

describe('the first offer', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  for (const [there, comes] of orders) {
    for (const way of ['cold', 'warm'] as const) {
      it(`of a ${comes} that joins a ${there} ${way} is in the join, and there is no other`, async () => {
        const browsers: TestBrowser[] = [];
        try {
          browsers.push(await launchBrowser(there), await launchBrowser(comes));
          const [first, second] = browsers as [TestBrowser, TestBrowser];
          const url = `${server.url}/#offer-${there}-${comes}-${way}`;
          const ada = await visit(first, url);
          await joinByHand(ada, 'Ada');

          const page = await second.openPage();
          await page.evaluateOnNewDocument(noteSent);
          await page.goto(url);
          const bo = await visitorOf(page);
          if (way === 'warm') {
            await bo.press('Join');
            await bo.until('the preview', ({ status }) => status === 'previewing');
            await until(() => page.evaluate(hasGathered), { what: () => 'a connection that has gathered' });
            await bo.press('Join now');
            await bo.until('the call', ({ status }) => status === 'joined');
          } else {
            await page.evaluate(() => document.querySelector('video-call')?.setAttribute('autojoin', ''));
            await bo.until('the call', ({ status }) => status === 'joined');
          }
          await Promise.all([waitForMedia(ada.page, { from: 1 }), waitForMedia(bo.page, { from: 1 })]);
          const sent = await page.evaluate(() => globalThis.sent);
          const joins = sent.filter(text => text.includes('"secret"'));
          assert.ok(
            joins.some(text => text.includes('"offer":{')),
            'no join has an offer in it',
          );
          // A restart may follow; no connection but this one was ever offered.
          const offers = sent.filter(text => text.includes('"signal"') && text.includes('"type":"offer"'));
          assert.deepEqual(
            offers.filter(text => text.includes('"generation":1,')),
            [],
          );
          assert.equal(await page.evaluate(() => globalThis.probe.held().connections.length), 1);
        } finally {
          await Promise.all(browsers.map(browser => browser.close()));
        }
      });
    }
  }
});
