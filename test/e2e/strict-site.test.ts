// A site of another origin whose policy allows what README says that the element needs, and nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { read } from '../docs/markdown.ts';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';

const [, advised = ''] = /```csp\n(.*?)```/s.exec(read('README.md')) ?? [];

/** The advice for a server at `url`, upon a page that is closed otherwise. */
const policyFor = (url: string): string =>
  [
    "default-src 'none'",
    "require-trusted-types-for 'script'",
    ...advised
      .replaceAll('wss://calls.example.com', url.replace('http', 'ws'))
      .replaceAll('https://calls.example.com', url)
      .split(';')
      .map(line => line.trim()),
  ].join('; ');

describe('on a page with a strict policy', () => {
  let server: TestServer;
  let site: Site;
  const browsers: TestBrowser[] = [];

  before(async () => {
    server = await startServer();
    const headers = { 'content-security-policy': policyFor(server.url) };
    site = await startSite(tag(server.url, 'room="strict" display-name="Ada" autojoin'), headers);
  });
  after(async () => {
    await Promise.all(browsers.map(browser => browser.close()));
    await site.close();
    await server.close();
  });

  it('the lines that README gives are enough for a call in both browsers', async () => {
    assert.match(advised, /connect-src https:\S+ wss:/);
    const visitors = [];
    for (const name of ['chromium', 'firefox'] as const) {
      const browser = await launchBrowser(name);
      browsers.push(browser);
      visitors.push(await visit(browser, site.url));
    }
    for (const { page } of visitors) await waitForMedia(page, { from: 1 });
  });
});
