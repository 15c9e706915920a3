// Several people in one room: who is seen, who is gone, who does not get in.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { joinByHand, visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

describe('a room of three', () => {
  let server: TestServer;
  const browsers: TestBrowser[] = [];
  const sites: Site[] = [];

  before(async () => {
    server = await startServer({ ROOM_CAPACITY: '3' });
  });
  afterEach(async () => {
    await Promise.all(browsers.splice(0).map(browser => browser.close()));
    await Promise.all(sites.splice(0).map(site => site.close()));
  });
  after(() => server.close());

  const open = async (name: BrowserName, url: string): Promise<[Visitor, TestBrowser]> => {
    const browser = await launchBrowser(name);
    browsers.push(browser);
    return [await visit(browser, url), browser];
  };

  it('shows two others to each; who leaves is gone within 1 s, who is killed within 20 s; a fourth reads that it is full', async () => {
    const link = `${server.url}/#three-people-in-a-room`;
    const [ada] = await open('chromium', link);
    const [bo] = await open('chromium', link);
    const [mei, meisBrowser] = await open('firefox', link);
    for (const [visitor, name] of [
      [ada, 'Ada'],
      [bo, 'Bo'],
      [mei, 'Mei'],
    ] as const) {
      await joinByHand(visitor, name);
    }
    for (const visitor of [ada, bo, mei]) {
      await visitor.until('two others', ({ participants }) => participants.length === 2);
      await waitForMedia(visitor.page, { from: 2, timeoutMs: 40_000 });
    }

    const [sam] = await open('chromium', link);
    await sam.press('Join');
    await sam.until('the preview', ({ status }) => status === 'previewing');
    await sam.press('Join now');
    await sam.until('the refusal', ({ status }) => status === 'failed');
    await sam.reads(/The room is full/);
    await sam.reads(/It holds 3 people/);
    await browsers.pop()?.close();

    await bo.press('Leave');
    for (const visitor of [ada, mei]) {
      await visitor.until('Bo is gone', ({ participants }) => participants.length === 1, { timeoutMs: 3_000 });
    }
    await until(async () => !/\bBo\b(?! left)/.test(await ada.words()), {
      what: () => 'Bo to be nowhere but in «Bo left»',
    });

    await meisBrowser.kill();
    await ada.until('Mei is gone', ({ participants }) => participants.length === 0, { timeoutMs: 30_000 });
    await ada.reads(/You are the only one here/);
  });

  it('is joined from a page of another origin that has only the script tag and the element', async () => {
    const site = await startSite(tag(server.url, 'room="another-origin" display-name="Site" autojoin'));
    sites.push(site);
    const [visitor] = await open('chromium', site.url);
    await visitor.until('the call', ({ status }) => status === 'joined');
    const [other] = await open('chromium', `${server.url}/#another-origin`);
    await joinByHand(other, 'Demo');
    await Promise.all([waitForMedia(visitor.page, { from: 1 }), waitForMedia(other.page, { from: 1 })]);
  });

  it('is joined without camera and microphone', async () => {
    const site = await startSite(
      `<script>navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))</script>` +
        tag(server.url, 'room="no-devices" display-name="Silent"'),
    );
    sites.push(site);
    const [silent] = await open('chromium', site.url);
    await silent.press('Join');
    await silent.until('the message', ({ shadowRoot }) =>
      shadowRoot!.textContent.includes('No camera or microphone found'),
    );
    await silent.press('Join without them');
    await silent.until('the call', ({ status }) => status === 'joined');

    const [other] = await open('chromium', `${server.url}/#no-devices`);
    await joinByHand(other, 'Seen');
    await waitForMedia(silent.page, { from: 1 });
    await other.until(
      'a silent guest who is connected',
      ({ participants: [guest] }) => guest?.connection === 'connected' && !guest.camera && !guest.microphone,
    );
  });

  it('keeps one seat for a page that reloads: the others see no second tile', async () => {
    const link = `${server.url}/#reloaded`;
    const [ada] = await open('chromium', link);
    const site = await startSite(tag(server.url, 'room="reloaded" display-name="Bo" autojoin'));
    sites.push(site);
    const [bo] = await open('chromium', site.url);
    await joinByHand(ada, 'Ada');
    await waitForMedia(ada.page, { from: 1 });
    const idOfBo = () =>
      ada.page.evaluate(`document.querySelector('video-call').participants.map(({ id }) => id).join()`);
    const made = () => ada.page.evaluate('probe.connections.length') as Promise<number>;
    const before = await idOfBo();
    const madeBefore = await made();

    await bo.page.reload();
    await until(async () => (await made()) > madeBefore, { what: () => 'a connection to the page that is new' });
    await ada.until('Bo is back', ({ participants: [guest] }) => guest?.connection === 'connected');
    await waitForMedia(ada.page, { from: 1 });
    assert.equal(await idOfBo(), before);
  });

  for (const name of ['chromium', 'firefox'] as const) {
    it(`sees at once that a page in ${name} was left for another`, async () => {
      const link = `${server.url}/#left-in-${name}`;
      const [ada] = await open('chromium', link);
      const [bo] = await open(name, link);
      await joinByHand(ada, 'Ada');
      await joinByHand(bo, 'Bo');
      await waitForMedia(ada.page, { from: 1 });
      await bo.page.goto('about:blank');
      // Before any ping could have missed its pong.
      await ada.until('Bo is gone', ({ participants }) => participants.length === 0, { timeoutMs: 6_000 });
    });
  }

  it('outlives its server: media flows while it is away, and the roster is whole after its return', async () => {
    const port = new URL(server.url).port;
    const [ada] = await open('chromium', `${server.url}/#outlives`);
    const [bo] = await open('chromium', `${server.url}/#outlives`);
    await joinByHand(ada, 'Ada');
    await joinByHand(bo, 'Bo');
    await waitForMedia(ada.page, { from: 1 });
    const before = await ada.page.evaluate('probe.connections.length');

    await server.kill();
    await ada.until('reconnecting', ({ status }) => status === 'reconnecting');
    await ada.reads(/Connection lost\. Reconnecting/);
    await waitForMedia(ada.page, { from: 1 });

    server = await startServer({ ROOM_CAPACITY: '3', PORT: port });
    for (const visitor of [ada, bo]) {
      await visitor.until('the call', ({ status, participants }) => status === 'joined' && participants.length === 1);
    }
    await bo.press('Camera');
    await ada.until('Bo without camera', ({ participants: [guest] }) => guest?.camera === false);
    await waitForMedia(bo.page, { from: 1 });
    assert.equal(await ada.page.evaluate('probe.connections.length'), before, 'the connection is the same');
  });
});
