// A call with hosts, pressed through the element's own interface: who is let in, refused, muted, removed, made a host.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mintToken } from '../../server/token.ts';
import type { MintTokenOptions } from '../../server/token.ts';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName, TestBrowser } from '../support/browsers.ts';
import { held, inbound, until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

const secret = 'a secret of at least thirty-two bytes';

/** What is focused, through the shadow root: its name, or its words. */
const focusedName = `(() => {
  const { activeElement } = document.querySelector('video-call').shadowRoot;
  return activeElement ? activeElement.ariaLabel ?? activeElement.innerText.trim() : '';
})()`;

/** Walks there as a person without a mouse does. */
async function walkTo({ page }: Visitor, name: string, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  await page.bringToFront();
  while (seen.at(-1) !== name) {
    assert.ok(seen.length < 100, `no focus comes upon ${name}; it was upon ${seen.slice(-20).join(', ')}`);
    await page.keyboard.press(key as 'Tab');
    seen.push((await page.evaluate(focusedName)) as string);
  }
}

async function pressByKeyboard(visitor: Visitor, name: string, key?: string): Promise<void> {
  await walkTo(visitor, name, key);
  await visitor.page.keyboard.press('Enter');
}

/** Until a notice takes a press: nobody is let in by one that was meant for what stood there before. */
async function pressInNotice(visitor: Visitor, sentence: RegExp, press: () => Promise<void>): Promise<void> {
  const shown = `(() => {
    const notice = document.querySelector('video-call').shadowRoot.querySelector('video-call-notice');
    return notice?.isSettled ? notice.innerText : '';
  })()`;
  let seen = '';
  await until(async () => sentence.test((seen = (await visitor.page.evaluate(shown)) as string)), {
    what: () => `a notice that says ${sentence}; it says ${seen}`,
  });
  await press();
}

/** Opens a menu by the mouse and chooses from it. */
async function choose(visitor: Visitor, menu: string, item: string): Promise<void> {
  const { page } = visitor;
  await page.bringToFront();
  // A notice may stand upon the button, and a pointer upon the notice would hold it there.
  await page.mouse.move(1, 1);
  const isFree = `(() => {
    const { shadowRoot } = document.querySelector('video-call');
    const button = [...shadowRoot.querySelectorAll('button')].find(({ ariaLabel }) => ariaLabel === '${menu}');
    const notice = shadowRoot.querySelector('.notice')?.getBoundingClientRect();
    const { left, right, top, bottom } = button?.getBoundingClientRect() ?? {};
    return button && !(notice?.left < right && left < notice?.right && notice?.top < bottom && top < notice?.bottom);
  })()`;
  // What comes between may take the press.
  const tryToOpen = async () => {
    await until(async () => Boolean(await page.evaluate(isFree)), { what: () => `a free button named ${menu}` });
    await visitor.press(menu);
    return page.waitForSelector('video-call >>> video-call-menu:popover-open[placed]', { timeout: 8_000 });
  };
  const open = await tryToOpen().catch(tryToOpen);
  for (const each of await open!.$$('.item')) {
    if ((await each.evaluate(one => (one as HTMLElement).innerText.trim())) !== item) continue;
    await each.click();
    return;
  }
  throw new Error(`${menu} does not offer ${item}`);
}

/** What an ending says may come a moment after the state, with its part of the interface. */
async function reads(visitor: Visitor, expected: RegExp): Promise<void> {
  let seen = '';
  await until(async () => expected.test((seen = await visitor.words())), {
    what: () => `the words ${expected}; there are: ${seen}`,
  });
}

const names = async ({ page }: Visitor): Promise<string[]> =>
  page.evaluate(`[...document.querySelector('video-call').shadowRoot.querySelectorAll('button')].map(
    ({ ariaLabel, innerText }) => ariaLabel ?? innerText.trim())`) as Promise<string[]>;

/** METRICS_LISTEN names its port before it is known. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise(resolve => probe.close(resolve));
  return port;
}

describe('a call with a host', () => {
  let server: TestServer;
  const browsers: TestBrowser[] = [];
  const sites: Site[] = [];

  before(async () => {
    server = await startServer({ AUTH_SECRET: secret });
  });
  afterEach(async () => {
    await Promise.all(browsers.splice(0).map(browser => browser.close()));
    await Promise.all(sites.splice(0).map(site => site.close()));
  });
  after(() => server.close());

  const open = async (name: BrowserName): Promise<TestBrowser> => {
    const browser = await launchBrowser(name);
    browsers.push(browser);
    return browser;
  };

  /** The site's page for this person, as the site's backend would make it. */
  const come = async (
    browser: TestBrowser,
    claims: Omit<MintTokenOptions, 'secret'>,
    serverUrl = server.url,
  ): Promise<Visitor> => {
    const token = await mintToken({ secret, ...claims });
    const site = await startSite(tag(serverUrl, `room="${claims.room}" token="${token}" autojoin`));
    sites.push(site);
    return visit(browser, site.url);
  };
  const joined = (visitor: Visitor) => visitor.until('the call', ({ status }) => status === 'joined');

  it('is led by the interface alone: let in, refuse, lock, mute, remove, hand over, end', async () => {
    const room = 'led';
    const [one, two, three] = [await open('chromium'), await open('firefox'), await open('chromium')];
    const ada = await come(one, { room, name: 'Ada', role: 'host' });
    await joined(ada);

    // One is let in, by the keyboard, and one is refused, by the mouse.
    const bo = await come(two, { room, name: 'Bo', knock: true });
    await bo.until('the line', ({ status }) => status === 'waiting');
    await reads(bo, /Waiting to be let in\s+Someone in the call has been asked\. You are number 1 in line\./);
    const cy = await come(three, { room, name: 'Cy', knock: true });
    await cy.until('the line', ({ shadowRoot }) => shadowRoot!.textContent.includes('You are number 2 in line.'));
    await pressInNotice(ada, /Bo wants to join\./, () => pressByKeyboard(ada, 'Let in'));
    await joined(bo);
    await pressInNotice(ada, /Cy wants to join\./, () => ada.press('Refuse'));
    await cy.until('the refusal', ({ status }) => status === 'failed');
    await reads(cy, /You were not let in\s+Ask the host if this is a mistake\./);
    await cy.page.close();

    const di = await come(three, { room, name: 'Di', user: 'di' });
    for (const visitor of [ada, bo, di]) {
      await visitor.until('two others', ({ participants }) => participants.length === 2);
      await waitForMedia(visitor.page, { from: 2, timeoutMs: 40_000 });
    }
    assert.ok((await names(ada)).includes('Actions for Bo'));
    for (const visitor of [bo, di]) assert.doesNotMatch((await names(visitor)).join(), /More|Actions/);

    // Nobody comes into a locked room.
    await choose(ada, 'More', 'Lock the room');
    const ed = await come(three, { room, name: 'Ed' });
    await ed.until('the lock', ({ status }) => status === 'failed');
    await reads(ed, /The room is locked\s+Ask someone inside to unlock it\./);
    await ed.page.close();
    await choose(ada, 'More', 'Lock the room');

    // Who is muted is told, and turns it on again by an own press.
    await choose(ada, 'Actions for Bo', 'Turn off microphone');
    await ada.until('Bo is silent', ({ participants }) =>
      participants.some(({ displayName, microphone }) => displayName === 'Bo' && !microphone),
    );
    await reads(bo, /A host turned your microphone off\./);
    await bo.page.bringToFront();
    await bo.press('Unmute');
    await ada.until('Bo is heard', ({ participants }) => participants.every(({ microphone }) => microphone));
    await until(async () => !(await bo.words()).includes('A host turned'), { what: () => 'that to be told no more' });

    // Who is removed is gone everywhere at once, and the same token opens no door.
    await di.page.bringToFront();
    await pressByKeyboard(ada, 'Actions for Di');
    await pressByKeyboard(ada, 'Remove from call', 'ArrowDown');
    await di.until('the removal', ({ status }) => status === 'left', { timeoutMs: 5_000 });
    await reads(di, /You were removed\s+A host took you out of this call\./);
    const { tracks, connections, sockets } = await held(di.page);
    assert.deepEqual({ tracks, connections }, { tracks: [], connections: [] }, 'held by who was removed');
    assert.ok(sockets.length <= 1, 'a socket that closes');
    for (const visitor of [ada, bo]) {
      await visitor.until('Di is gone', ({ participants }) => participants.length === 1, { timeoutMs: 2_000 });
      assert.equal((await inbound(visitor.page)).length, 1, 'connections that are still open');
      await waitForMedia(visitor.page, { from: 1 });
    }
    await di.page.reload();
    await di.until('the same door', ({ error }) => error?.code === 'removed');
    await reads(di, /You were removed/);

    // The new host ends it for everybody, by the keyboard and in the other browser.
    await choose(ada, 'Actions for Bo', 'Make host');
    await until(async () => (await names(bo)).includes('More'), { what: () => 'More for Bo' });
    await walkTo(bo, 'Microphone');
    await pressByKeyboard(bo, 'More', 'ArrowRight');
    await pressByKeyboard(bo, 'End for everyone', 'ArrowDown');
    for (const visitor of [ada, bo]) {
      await visitor.until('the end', ({ status }) => status === 'left');
      await reads(visitor, /The call has ended\s+A host ended it for everyone\./);
      assert.deepEqual((await held(visitor.page)).connections, []);
    }
  });

  it('takes the relay from who is removed within 2 s, also when their browser does nothing for it', async t => {
    // A relay that nobody has used before.
    const port = await freePort();
    const own = await startServer({ AUTH_SECRET: secret, METRICS_LISTEN: `127.0.0.1:${port}` });
    t.after(() => own.close());
    const users = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^turn_users\S* (\d+)$/m.exec(text)?.[1]);
    };
    const room = 'relayed';
    const [one, two, three] = [await open('chromium'), await open('firefox'), await open('chromium')];
    const ada = await come(one, { room, name: 'Ada', role: 'host', relayOnly: true }, own.url);
    await joined(ada);
    const bo = await come(two, { room, name: 'Bo', relayOnly: true }, own.url);
    const di = await come(three, { room, name: 'Di', relayOnly: true }, own.url);
    for (const visitor of [ada, bo, di]) await waitForMedia(visitor.page, { from: 2, timeoutMs: 40_000 });
    for (const { localCandidateType } of await inbound(di.page)) assert.equal(localCandidateType, 'relay');

    await until(async () => (await users()) === 3, { what: () => 'three users of the relay' });
    // Nobody who is sent away need be so polite as to close what they have.
    await di.page.evaluate('RTCPeerConnection.prototype.close = () => undefined');
    await choose(ada, 'Actions for Di', 'Remove from call');
    await until(async () => (await users()) === 2, { timeoutMs: 2_000, what: () => 'the relay to forget Di' });
    for (const visitor of [ada, bo]) await waitForMedia(visitor.page, { from: 1 });
  });
});
