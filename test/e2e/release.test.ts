// What the element holds once a call is over: nothing. Counted by wrappers that were there before the element.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { held, until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

/** What stays for as long as the page does: Socket.IO's client adds one listener when its script is loaded. */
const loaded = {
  tracks: [],
  connections: [],
  sockets: [],
  audioContexts: [],
  timers: [],
  listeners: ['Window offline'],
};

/** Waits for sockets to finish closing, then says what is still held. */
async function assertHeld(visitor: Visitor, expected: object): Promise<void> {
  let seen: unknown;
  await until(
    async () => {
      seen = await held(visitor.page);
      return JSON.stringify(seen) === JSON.stringify(expected);
    },
    { timeoutMs: 5_000, what: () => `nothing to be held: ${JSON.stringify(seen, null, 2)}` },
  ).catch((error: unknown) => assert.deepEqual(seen, expected, String(error)));
}

for (const name of ['chromium', 'firefox'] as const) {
  describe(`after a call in ${name}`, () => {
    let server: TestServer;
    let site: Site;
    let browser: TestBrowser;
    let other: TestBrowser;

    before(async () => {
      server = await startServer();
      site = await startSite(tag(server.url, 'room="release" display-name="Ada" autojoin'));
      other = await launchBrowser('chromium');
      browser = await launchBrowser(name);
    });
    afterEach(async () => {
      for (const page of [...(await browser.browser.pages()), ...(await other.browser.pages())]) {
        if (page.url() !== 'about:blank') await page.close();
      }
    });
    after(async () => {
      await Promise.all([browser.close(), other.close()]);
      await site.close();
      await server.close();
    });

    const inCall = async (): Promise<Visitor> => {
      await visit(other, site.url);
      const visitor = await visit(browser, site.url);
      await waitForMedia(visitor.page, { from: 1 });
      return visitor;
    };

    /** What the page holds while the element stands idle: the element listens for the page's going and coming. */
    const idle = { ...loaded, listeners: [...loaded.listeners, 'Window pagehide', 'Window pageshow'] };

    it('leaving frees camera, microphone, connections, socket and timers', async () => {
      const visitor = await inCall();
      await visitor.press('Leave');
      await visitor.until('the end', ({ status }) => status === 'left');
      await assertHeld(visitor, idle);
    });

    it('removing the element frees everything, listeners too', async () => {
      const visitor = await inCall();
      await visitor.page.evaluate(`document.querySelector('video-call').remove()`);
      await assertHeld(visitor, loaded);
    });

    it('moving the element twenty times keeps the call: one socket, one connection, and nothing left after it (F27)', async () => {
      const visitor = await inCall();
      const made = () => visitor.page.evaluate('[probe.sockets.length, probe.connections.length].join()');
      const before = await made();
      for (let round = 0; round < 20; round++) {
        await visitor.page.evaluate(`(() => {
          const place = document.body.appendChild(document.createElement('div'));
          place.append(document.querySelector('video-call'));
        })()`);
      }
      await waitForMedia(visitor.page, { from: 1 });
      assert.equal(await visitor.status(), 'joined');
      assert.equal(await made(), before);
      await visitor.page.evaluate(`document.querySelector('video-call').remove()`);
      await assertHeld(visitor, loaded);
    });

    it('changing the room twenty times leaves one call', async () => {
      const visitor = await inCall();
      for (let round = 0; round < 20; round++) {
        await visitor.page.evaluate(`document.querySelector('video-call').room = 'release-${round}'`);
      }
      await visitor.until('the last room', ({ status }) => status === 'joined');
      let counts: number[] = [];
      await until(
        async () => {
          const { tracks, sockets, connections } = await held(visitor.page);
          counts = [tracks.length, sockets.length, connections.length];
          return counts.join() === '2,1,0';
        },
        { what: () => `two tracks, one socket and nobody to connect to: ${counts.join()}` },
      );
      await visitor.page.evaluate(`document.querySelector('video-call').remove()`);
      await assertHeld(visitor, loaded);
    });
  });
}
