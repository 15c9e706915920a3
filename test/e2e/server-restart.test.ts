// The server dies during a call of three and comes back: media goes on meanwhile, straight and through a relay of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { inbound, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

const names = ['Ada', 'Bo', 'Cy'];
const outageMs = 5_000;
/** A busy machine costs less than this; a path that is lost or made anew would cost packets, or another connection. */
const calmMs = 1_000;
const jitterMs = 500;
/** The count falls when one comes late, and one that is overtaken is lost for a moment. */
const overtakenMax = 3;

/** The page notes the longest time without a decoded frame over each connection, and how many people it showed at most. */
const watch = `
  globalThis.gaps = new Map();
  globalThis.most = 0;
  const last = new Map();
  const look = async connection => {
    let frames = 0;
    for (const one of (await connection.getStats()).values())
      if (one.type === 'inbound-rtp' && one.kind === 'video') frames += one.framesDecoded ?? 0;
    const now = performance.now();
    const before = last.get(connection) ?? { frames, at: now };
    gaps.set(connection, Math.max(gaps.get(connection) ?? 0, now - before.at));
    last.set(connection, frames > before.frames ? { frames, at: now } : before);
  };
  setInterval(() => {
    most = Math.max(most, document.querySelector('video-call').participants.length);
    for (const one of probe.connections) if (one.signalingState !== 'closed') void look(one);
  }, 50);`;

describe('a server that is killed during a call of three', () => {
  let server: TestServer | undefined;
  let relay: ChildProcess | undefined;
  const sites: Site[] = [];
  const browsers: TestBrowser[] = [];

  afterEach(async () => {
    await Promise.all(browsers.splice(0).map(browser => browser.close()));
    await Promise.all(sites.splice(0).map(site => site.close()));
    await server?.close();
    relay?.kill('SIGKILL');
    server = relay = undefined;
  });

  /** Three who see each other, with further attributes on their elements. */
  async function meet(attributes: string): Promise<Visitor[]> {
    const visitors: Visitor[] = [];
    for (const name of names) {
      const site = await startSite(tag(server!.url, `room="restart" display-name="${name}" autojoin ${attributes}`));
      sites.push(site);
      const browser = await launchBrowser('chromium');
      browsers.push(browser);
      visitors.push(await visit(browser, site.url));
    }
    for (const { page } of visitors) {
      await waitForMedia(page, { from: 2, timeoutMs: 40_000 });
      await page.evaluate(watch);
    }
    return visitors;
  }

  /** The longest gap of each page since it was asked last. */
  const longestGaps = (visitors: Visitor[]): Promise<number[]> =>
    Promise.all(
      visitors.map(
        ({ page }) =>
          page.evaluate(
            `(() => { const most = Math.max(...gaps.values()); gaps.clear(); return most; })()`,
          ) as Promise<number>,
      ),
    );
  /** Packets of pictures and sound that never came, at each of them, since the call began. */
  const lost = (visitors: Visitor[]): Promise<number[]> =>
    Promise.all(
      visitors.map(
        ({ page }) =>
          page.evaluate(`Promise.all(probe.connections.map(one => one.getStats())).then(reports => reports
            .flatMap(report => [...report.values()])
            .reduce((sum, one) => sum + (one.type === 'inbound-rtp' ? one.packetsLost : 0), 0))`) as Promise<number>,
      ),
    );
  const made = (visitors: Visitor[]) =>
    Promise.all(visitors.map(({ page }) => page.evaluate('probe.connections.length') as Promise<number>));
  const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

  async function outlive(t: TestContext, visitors: Visitor[], environment: Record<string, string>): Promise<void> {
    const port = new URL(server!.url).port;
    await longestGaps(visitors);
    await wait(outageMs);
    const calm = await longestGaps(visitors);
    const connections = await made(visitors);
    const lostBefore = await lost(visitors);

    await server!.kill();
    for (const visitor of visitors) await visitor.until('the loss', ({ status }) => status === 'reconnecting');
    const before = await Promise.all(visitors.map(({ page }) => inbound(page)));
    await wait(outageMs);
    const during = await Promise.all(visitors.map(({ page }) => inbound(page)));
    for (const [index, now] of during.entries()) {
      const grown = now.map(({ framesDecoded }, at) => framesDecoded - before[index]![at]!.framesDecoded);
      assert.ok(grown.length === 2 && grown.every(frames => frames > 0), `${names[index]} got ${grown.join()} frames`);
    }

    server = await startServer({ ...environment, PORT: port });
    const at = performance.now();
    for (const visitor of visitors) {
      await visitor.until(
        'the whole roster',
        ({ status, participants }) =>
          status === 'joined' && participants.length === 2 && participants.every(one => one.connection === 'connected'),
        { timeoutMs: 10_000 },
      );
    }
    const wholeMs = Math.round(performance.now() - at);
    await Promise.all(visitors.map(({ page }) => waitForMedia(page, { from: 2 })));
    const gaps = await longestGaps(visitors);
    t.diagnostic(
      `whole ${wholeMs} ms after the server; longest gap ${calm.map(Math.round).join(', ')} ms before, ${gaps.map(Math.round).join(', ')} ms around the outage`,
    );
    for (const [index, count] of (await lost(visitors)).entries()) {
      assert.ok(
        count - lostBefore[index]! <= overtakenMax,
        `${names[index]} lost ${count - lostBefore[index]!} packets`,
      );
    }
    const allowed = Math.max(calmMs, ...calm) + jitterMs;
    assert.ok(Math.max(...gaps) <= allowed, `a gap of ${Math.max(...gaps)} ms where ${allowed} ms would be calm`);
    assert.deepEqual(await made(visitors), connections, 'the connections are the same');
    const most = await Promise.all(visitors.map(({ page }) => page.evaluate('most')));
    assert.deepEqual(most, [2, 2, 2], 'nobody was there twice');
  }

  it('costs no frame where the paths are direct; the roster is whole within 10 s, with nobody twice', async t => {
    server = await startServer();
    await outlive(t, await meet(''), {});
  });

  it('costs no frame where all goes through a relay that is a process of its own', async t => {
    const secret = 'a relay that outlives the server';
    const main = join(import.meta.dirname, '../../dist/server/main.js');
    relay = spawn(process.execPath, [main, 'turn'], {
      env: { ...process.env, TURN_PORT: '0', TURN_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let banner = '';
    while (!banner.includes('and works')) {
      const [chunk] = (await once(relay.stdout!, 'data')) as [Buffer];
      banner += chunk.toString();
    }
    const relayPort = /STUN, TURN +port (\d+)/.exec(banner)?.[1];
    const environment = {
      TURN_PORT: 'off',
      TURN_SECRET: secret,
      TURN_URLS: `turn:localhost:${relayPort}?transport=udp`,
    };
    server = await startServer(environment);
    const visitors = await meet('relay-only');
    for (const { page } of visitors) {
      for (const { localCandidateType } of await inbound(page)) assert.equal(localCandidateType, 'relay');
    }
    await outlive(t, visitors, environment);
  });
});
