// Pages that go, come back, are frozen or fall asleep during a call (F24, F25): what the others see, and how soon it is whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, afterEach, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visitorOf } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

describe('a page in a call', () => {
  let server: TestServer;
  const browsers: TestBrowser[] = [];
  const sites: Site[] = [];

  before(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await Promise.all(browsers.splice(0).map(browser => browser.close()));
    await Promise.all(sites.splice(0).map(site => site.close()));
  });
  after(() => server.close());

  /** Ada in Chromium, who watches, and Bo in `name`, to whom it happens. */
  async function call(room: string, name: BrowserName): Promise<[Visitor, Visitor, TestBrowser]> {
    const [ada, bo] = await Promise.all(
      (['Ada', 'Bo'] as const).map(async (who, index) => {
        const site = await startSite(tag(server.url, `room="${room}" display-name="${who}" autojoin`));
        const browser = await launchBrowser(index === 0 ? 'chromium' : name);
        sites.push(site);
        browsers.push(browser);
        const page = await browser.openPage();
        // Before the element, whose own going takes time.
        await page.evaluateOnNewDocument(
          `addEventListener('pagehide', () => localStorage.setItem('gone', Date.now()))`,
        );
        await page.goto(site.url);
        return { browser, visitor: await visitorOf(page) };
      }),
    );
    await Promise.all([ada, bo].map(one => waitForMedia(one!.visitor.page, { from: 1 })));
    return [ada!.visitor, bo!.visitor, bo!.browser];
  }

  /** From now on the page writes down when somebody joined and left, and how many tiles there are, by its own clock. */
  const watch = ({ page }: Visitor) =>
    page.evaluate(`(() => {
      const call = document.querySelector('video-call');
      window.seen = { most: 0, left: 0, joined: 0 };
      call.addEventListener('participant-left', () => (seen.left ||= Date.now()));
      call.addEventListener('participant-joined', () => (seen.joined = Date.now()));
      setInterval(() => (seen.most = Math.max(seen.most, call.participants.length)), 10);
    })()`);
  const seenBy = ({ page }: Visitor) =>
    page.evaluate('seen') as Promise<{ most: number; left: number; joined: number }>;
  /** The moment at which the page went, by the clock of the machine. */
  const goneAt = ({ page }: Visitor) => page.evaluate(`Number(localStorage.getItem('gone'))`) as Promise<number>;

  const restored = {
    chromium: 'restored from the back/forward cache',
    firefox: 'loaded anew, for under automation Firefox does not keep it',
  };
  for (const name of ['chromium', 'firefox'] as const) {
    it(`in ${name} that is left is seen to go within 1 s, and is in the call again by Back: ${restored[name]} (F24)`, async t => {
      const [ada, bo] = await call(`back-${name}`, name);
      await watch(ada);
      await bo.page.evaluate(`addEventListener('pageshow', ({ persisted }) => (window.wasKept = persisted))`);
      const elsewhere = await startSite('<p>elsewhere</p>');
      sites.push(elsewhere);
      await bo.page.goto(elsewhere.url);
      await ada.until('Bo is gone', ({ participants }) => participants.length === 0, { timeoutMs: 6_000 });
      await bo.page.goBack();
      await bo.until('the call', ({ status }) => status === 'joined');
      await Promise.all([ada, bo].map(({ page }) => waitForMedia(page, { from: 1 })));
      const { left, most } = await seenBy(ada);
      const ms = left - (await goneAt(bo));
      const wasKept = Boolean(await bo.page.evaluate('window.wasKept'));
      t.diagnostic(`seen to go after ${ms} ms; ${wasKept ? 'restored from memory' : 'loaded anew'}`);
      // Less than 0 where a browser closes the sockets of a page before it tells the page.
      assert.ok(left > 0 && ms <= 1_000, `${ms} ms`);
      assert.equal(most, 1);
      assert.equal(wasKept, name === 'chromium');
    });

    it(`in ${name} that is loaded anew is never seen twice (F24)`, async () => {
      const [ada, bo] = await call(`reload-${name}`, name);
      await watch(ada);
      for (let round = 0; round < 3; round++) {
        await bo.page.reload();
        await bo.until('the call', ({ status, participants }) => status === 'joined' && participants.length === 1);
      }
      await Promise.all([ada, bo].map(({ page }) => waitForMedia(page, { from: 1 })));
      assert.equal((await seenBy(ada)).most, 1);
    });
  }

  it('that lies behind another tab for 10 s stays in the call (F25, 10 min shortened)', async () => {
    const [ada, bo] = await call('hidden', 'chromium');
    await watch(ada);
    const front = await bo.page.browserContext().newPage();
    await front.bringToFront();
    await until(async () => (await bo.page.evaluate('document.visibilityState')) === 'hidden', {
      what: () => 'a page that is hidden',
    });
    await new Promise(resolve => setTimeout(resolve, 10_000));
    assert.equal(await ada.status(), 'joined');
    assert.equal((await seenBy(ada)).left, 0);
    await bo.page.bringToFront();
    await Promise.all([ada, bo].map(({ page }) => waitForMedia(page, { from: 1 })));
  });

  it('that the browser freezes for 25 s is in the call again within 5 s of its thawing (F25; frozen by the debugger)', async t => {
    const [ada, bo] = await call('frozen', 'chromium');
    const debugging = await bo.page.createCDPSession();
    await debugging.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise(resolve => setTimeout(resolve, 25_000));
    const at = performance.now();
    await debugging.send('Page.setWebLifecycleState', { state: 'active' });
    await assertBack(t, ada, bo, at);
  });

  it('of a machine that sleeps for 40 s is in the call again within 5 s of its waking (F25, 1 h shortened; SIGSTOP)', async t => {
    const [ada, bo, browser] = await call('asleep', 'chromium');
    const all = familyOf(browser.process.pid!);
    const slept = new Promise(resolve => setTimeout(resolve, 40_000));
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    try {
      await ada.until(
        'Bo is not said to be connected',
        ({ participants: [other] }) => other?.connection !== 'connected',
        { timeoutMs: 30_000 },
      );
      await slept;
    } finally {
      for (const pid of all.toReversed()) process.kill(pid, 'SIGCONT');
    }
    await assertBack(t, ada, bo, performance.now());
  });

  /** Once each, connected, and pictures move: what is said is true. */
  async function assertBack(t: TestContext, ada: Visitor, bo: Visitor, awakeAt: number): Promise<void> {
    const isWhole = ({ status, participants: [other, ...more] }: Parameters<Parameters<Visitor['until']>[1]>[0]) =>
      status === 'joined' && other?.connection === 'connected' && more.length === 0;
    for (const visitor of [bo, ada]) await visitor.until('the whole call', isWhole, { timeoutMs: 10_000 });
    await Promise.all([ada, bo].map(({ page }) => waitForMedia(page, { from: 1, frames: 3, timeoutMs: 10_000 })));
    const ms = Math.round(performance.now() - awakeAt);
    t.diagnostic(`back after ${ms} ms`);
    assert.ok(ms <= 5_000, `${ms} ms`);
  }
});

/** A process and all that it started. */
function familyOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map(row => row.trim().split(/\s+/).map(Number) as [number, number]);
  const family = [pid];
  for (const one of family) family.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
  return family;
}
