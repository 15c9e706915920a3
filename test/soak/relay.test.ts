// Calls that only the relay carries, for longer than any lifetime of TURN: allocations (600 s), channels (600 s) and
// permissions (300 s) are all refreshed by the browsers, over each transport. Not part of `npm test`: `npm run soak`.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurnServer } from '../../turn/index.ts';
import type { TurnServer } from '../../turn/index.ts';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { makeSignedCertificate } from '../support/certificate.ts';
import { inbound, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 11);
const lookEveryMs = 30_000;
const secret = 'soak';

describe(`for ${minutes} minutes through the relay alone`, { concurrency: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'video-call-soak-'));
  const files = makeSignedCertificate(folder, 'localhost');
  let relay: TurnServer;
  const browsers: TestBrowser[] = [];
  const started: (TestServer | Site)[] = [];

  before(async () => {
    const certificate = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    relay = await createTurnServer({
      port: 0,
      listen: ['127.0.0.1'],
      secrets: [secret],
      tls: { port: 0, certificate },
    });
  });
  after(async () => {
    await Promise.all(browsers.map(browser => browser.close()));
    await Promise.all(started.map(each => each.close()));
    await relay.close();
    rmSync(folder, { recursive: true });
  });

  const urlOver = (transport: 'udp' | 'tcp' | 'tls'): string => {
    const { port } = relay.addresses.find(address => address.transport === transport)!;
    return transport === 'tls'
      ? `turns:localhost:${port}?transport=tcp`
      : `turn:127.0.0.1:${port}?transport=${transport}`;
  };

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    it(`Chromium and Firefox over ${transport}: pictures and sound never stop`, async () => {
      const environment = { TURN_PORT: 'off', TURN_SECRET: secret, TURN_URLS: urlOver(transport) };
      const server = await startServer(environment);
      started.push(server);
      const site = await startSite(tag(server.url, `room="soak-${transport}" display-name="Ada" autojoin relay-only`));
      started.push(site);
      const visitors: Visitor[] = [];
      // A browser for each page: one that lies behind another is not drawn.
      for (const name of ['chromium', 'firefox'] as const) {
        const browser = await launchBrowser(name, { certificateAuthority: files.authority });
        browsers.push(browser);
        visitors.push(await visit(browser, site.url));
      }
      for (const { page } of visitors) await waitForMedia(page, { from: 1, timeoutMs: 60_000 });

      const endsAt = Date.now() + minutes * 60_000;
      let before = await Promise.all(visitors.map(({ page }) => inbound(page)));
      while (Date.now() < endsAt) {
        await sleep(lookEveryMs);
        const now = await Promise.all(visitors.map(({ page }) => inbound(page)));
        now.forEach(([connection, ...others], index) => {
          const [earlier] = before[index]!;
          assert.ok(connection && earlier && others.length === 0, 'one connection each, the same all the time');
          assert.equal(connection.state, 'connected');
          assert.equal(connection.localCandidateType, 'relay');
          assert.ok(connection.framesDecoded > earlier.framesDecoded, 'pictures arrived');
          assert.ok(connection.audioPackets > earlier.audioPackets, 'sound arrived');
        });
        before = now;
      }
    });
  }
});
