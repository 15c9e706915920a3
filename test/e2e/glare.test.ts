// Both sides renegotiate at once (W3C webrtc-pc §10.7), in real calls: media flows on.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { inbound, until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

const rounds = 50;
/** Who offers and who gives way is decided by the ids, so a pair of two browsers is played both ways. */
const pairs: { polite: BrowserName; impolite: BrowserName }[] = [
  { polite: 'chromium', impolite: 'chromium' },
  { polite: 'chromium', impolite: 'firefox' },
  { polite: 'firefox', impolite: 'chromium' },
];

const idOf = ({ page }: Visitor) =>
  page.evaluate(`document.querySelector('video-call').self?.id ?? ''`) as Promise<string>;

/** Joins anew until the first visitor's id is the greater one: of two offers that cross it takes back its own. */
async function makePolite(first: Visitor, second: Visitor): Promise<void> {
  while ((await idOf(first)) < (await idOf(second))) {
    await first.page.evaluate(
      `document.querySelector('video-call').leave().then(() => document.querySelector('video-call').join())`,
    );
  }
}

/** Waits for some more of it over the newest connection. */
async function soundGoesOn(page: Page, when: string): Promise<void> {
  const newest = async () => (await inbound(page)).at(-1);
  const before = await newest();
  await until(
    async () => {
      const now = await newest();
      const start = now?.made === before?.made ? (before?.audioPackets ?? 0) : 0;
      return (now?.audioPackets ?? 0) > start + 5;
    },
    // Chromium may cling to the path before; then the connection is made anew, 2 s later as a rule.
    { timeoutMs: 40_000, what: () => `sound after ${when}` },
  );
}

describe('glare', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  for (const { polite, impolite } of pairs) {
    it(`between a polite ${polite} and an impolite ${impolite}: ${rounds} times both offer at once, media flows on`, async () => {
      const browsers: TestBrowser[] = [];
      // A room of its own: the seats of those who were in the test before are held for a while.
      const site = await startSite(tag(server.url, `room="glare-${polite}-${impolite}" autojoin`));
      try {
        for (const name of [polite, impolite]) browsers.push(await launchBrowser(name));
        const visitors = await Promise.all(browsers.map(browser => visit(browser, site.url)));
        await Promise.all(visitors.map(visitor => visitor.until('the call', ({ status }) => status === 'joined')));
        await makePolite(...(visitors as [Visitor, Visitor]));
        const pages = visitors.map(({ page }) => page);
        const newest = async () => Promise.all(pages.map(async page => (await inbound(page)).at(-1)?.made));
        for (const page of pages) await waitForMedia(page, { from: 1 });
        let made = await newest();

        for (let round = 0; round < rounds; round++) {
          const start = Date.now() + 30;
          const fragments = await Promise.all(
            pages.map(page =>
              page.evaluate(async at => {
                const connection = globalThis.probe.connections.findLast(one => one.signalingState !== 'closed')!;
                const before = connection.currentLocalDescription?.sdp;
                while (Date.now() < at) await new Promise(resolve => setTimeout(resolve));
                connection.restartIce();
                return before;
              }, start),
            ),
          );
          for (const [side, page] of pages.entries()) {
            await until(
              () =>
                page.evaluate(before => {
                  const connection = globalThis.probe.connections.findLast(one => one.signalingState !== 'closed')!;
                  return connection.signalingState === 'stable' && connection.currentLocalDescription?.sdp !== before;
                }, fragments[side]),
              { what: () => `round ${round} to end on side ${side}` },
            );
          }
          await Promise.all(pages.map((page, side) => soundGoesOn(page, `round ${round} on side ${side}`)));
          // One that was made anew, because Chromium clings to the path before, shows a picture first as any other does.
          const now = await newest();
          if (now.join() !== made.join()) for (const page of pages) await waitForMedia(page, { from: 1 });
          made = now;
        }
        for (const page of pages) {
          // What fifty restarts lose may pause a picture; it is back within 20 s of the last.
          await waitForMedia(page, { from: 1, timeoutMs: 40_000 });
          assert.equal((await inbound(page)).length, 1, 'still one connection');
        }
      } finally {
        await Promise.all(browsers.map(browser => browser.close()));
        await site.close();
      }
    });
  }
});
