// Who is `relay-only` tells nobody where they are: in both browsers, and however the browser words its candidates.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { inbound, waitForMedia } from '../support/media.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { joinByHand, visit, visitorOf } from '../support/visitor.ts';

declare global {
  /** What the page has heard over its socket. */
  var heard: string[];
}

/** As text, because it runs in the page before everything else. */
const noteHeard = `
  globalThis.heard = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...all) { super(...all); this.addEventListener('message', ({ data }) => heard.push(String(data))); }
  };`;

/** Each line of SDP or candidate that has an address in it. */
function addressLines(messages: string[]): string[] {
  return messages
    .filter(text => text.includes('"signal"'))
    .flatMap(text => text.split(/\\r\\n|"/))
    .filter(line => /^(a=)?candidate:|^c=|^a=rtcp:/.test(line));
}

describe('relay-only', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  for (const name of ['chromium', 'firefox'] satisfies BrowserName[]) {
    it(`of ${name}: the other one hears of relayed addresses only, and media flows`, async () => {
      const browsers: TestBrowser[] = [];
      try {
        browsers.push(await launchBrowser('chromium'), await launchBrowser(name));
        const [first, second] = browsers as [TestBrowser, TestBrowser];
        const url = `${server.url}/#relay-only-${name}`;
        const page = await first.openPage();
        await page.evaluateOnNewDocument(noteHeard);
        await page.goto(url);
        const ada = await visitorOf(page);
        await joinByHand(ada, 'Ada');

        const bo = await visit(second, url);
        await bo.page.evaluate(() => document.querySelector('video-call')?.setAttribute('relay-only', ''));
        await joinByHand(bo, 'Bo');
        await Promise.all([waitForMedia(page, { from: 1 }), waitForMedia(bo.page, { from: 1 })]);
        for (const { localCandidateType } of await inbound(bo.page)) assert.equal(localCandidateType, 'relay');

        const lines = addressLines(await page.evaluate(() => globalThis.heard));
        const candidates = lines.filter(line => line.includes('candidate:'));
        assert.ok(candidates.length > 0, 'no candidate was heard of');
        for (const line of candidates) assert.match(line, / typ relay raddr 0\.0\.0\.0 rport 0/);
        for (const line of lines.filter(one => !candidates.includes(one))) assert.match(line, /IN IP4 0\.0\.0\.0$/);
      } finally {
        await Promise.all(browsers.map(browser => browser.close()));
      }
    });
  }
});
