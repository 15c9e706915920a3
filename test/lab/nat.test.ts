// Calls through real NATs (RFC 4787), each in a network of its own: who meets directly, who through our relay, and what
// is said to those who cannot meet.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import type { BrowserName } from '../support/browsers.ts';
import { makeSignedCertificate } from '../support/certificate.ts';
import { until } from '../support/media.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { openCaller } from './caller.ts';
import type { Caller } from './caller.ts';
import { inHost, Network, publicRange } from './network.ts';
import type { Host, NatKind } from './network.ts';

type Place = NatKind | 'public';

describe('a call through NATs', () => {
  let network: Network | undefined;
  let server: TestServer | undefined;
  const callers: Caller[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'video-call-lab-'));
  after(() => rmSync(folder, { recursive: true }));

  afterEach(async () => {
    await Promise.all(callers.splice(0).map(caller => caller.close()));
    await server?.close();
    network?.close();
    server = network = undefined;
  });

  /** Two callers, each in its place, in one room of a server on a public host. */
  async function meet(
    places: [Place, Place],
    options: {
      browsers?: [BrowserName, BrowserName];
      attributes?: string[];
      environment?: Record<string, string>;
      /** TURN over TLS on 443, under this name. */
      tlsName?: string;
    } = {},
  ): Promise<[Caller, Caller]> {
    const { browsers = ['chromium', 'chromium'], attributes = [], environment = {}, tlsName } = options;
    network = new Network();
    const host = network.publicHost('server');
    const tls = tlsName === undefined ? undefined : makeSignedCertificate(folder, tlsName);
    const tlsSettings: Record<string, string> =
      tls && tlsName !== undefined
        ? { TLS_CERT: tls.cert, TLS_KEY: tls.key, TURN_TLS_PORT: '443', TURN_HOST: tlsName }
        : {};
    const site = tlsName === undefined ? `http://${host.address}:3000` : `https://${tlsName}:3000`;
    server = await startServer(
      {
        HOST: '0.0.0.0',
        PORT: '3000',
        TURN_PORT: '3478',
        TURN_PEER_ALLOW: publicRange,
        ...tlsSettings,
        ...environment,
      },
      inHost(host),
    );
    for (const [index, place] of places.entries()) {
      const label = `caller${index}`;
      const home: Host = place === 'public' ? network.publicHost(label) : network.privateHost(label, place);
      if (tlsName !== undefined) network.nameHost(home, tlsName, host.address);
      callers.push(await openCaller(home, browsers[index]!, `${site}/#lab`, tls?.authority));
    }
    const [first, second] = callers as [Caller, Caller];
    await first.join('Ada', attributes);
    await second.join('Bo', attributes);
    return [first, second];
  }

  /** Both are connected by `path` and both see and hear each other; returns the candidate types of the first's pair. */
  async function assertConnected(pair: [Caller, Caller], path: 'direct' | 'relay'): Promise<string[][]> {
    for (const caller of pair) {
      await caller.until(`a connection that is ${path}`, ({ participants: [other] }) => other?.path === path, 30_000);
      const before = await caller.inbound();
      await until(
        async () => {
          const now = await caller.inbound();
          return now.frames > before.frames && now.audioPackets > before.audioPackets;
        },
        { what: () => 'pictures and sound' },
      );
    }
    return Promise.all(pair.map(async caller => (await caller.inbound()).pair));
  }

  it('between two symmetric NATs goes through the relay', async () => {
    const pairs = await assertConnected(await meet(['symmetric', 'symmetric']), 'relay');
    for (const types of pairs) assert.ok(types.includes('relay'), `the selected pair is ${types.join(' and ')}`);
  });

  it('between two symmetric NATs without a relay is said to find no way within 20 s, and to have failed after 30 s', async () => {
    const pair = await meet(['symmetric', 'symmetric'], { environment: { TURN_PORT: 'off' } });
    for (const caller of pair) {
      await caller.until(
        'the word that there is no way yet',
        ({ words }) => /No way to (Ada|Bo) yet/.test(words),
        23_000,
      );
    }
    for (const caller of pair) {
      await caller.until('the failure', ({ participants: [other] }) => other?.connection === 'failed', 18_000);
      await caller.until('what to do', ({ words }) => words.includes('try another one'));
    }
  });

  it('between two callers who are relay-only goes from relay to relay', async () => {
    const pair = await meet(['public', 'public'], { attributes: ['relay-only'] });
    for (const types of await assertConnected(pair, 'relay')) assert.deepEqual(types, ['relay', 'relay']);
  });

  for (const places of [
    ['public', 'symmetric'],
    ['cone', 'cone'],
  ] satisfies [Place, Place][]) {
    it(`between ${places.join(' and ')} goes straight`, async () => {
      await assertConnected(await meet(places), 'direct');
    });
  }

  for (const browsers of [
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
  ] satisfies [BrowserName, BrowserName][]) {
    it(`between ${browsers.join(' and then ')} behind symmetric NATs goes through the relay`, async () => {
      await assertConnected(await meet(['symmetric', 'symmetric'], { browsers }), 'relay');
    });
  }

  for (const browser of ['chromium', 'firefox'] satisfies BrowserName[]) {
    it(`of ${browser} with UDP blocked on both sides goes to the relay over TCP`, async () => {
      const pair = await meet(['udp-blocked', 'udp-blocked'], { browsers: [browser, browser] });
      await assertConnected(pair, 'relay');
      for (const caller of pair) assert.equal((await caller.inbound()).relayProtocol, 'tcp');
    });

    it(`of ${browser} where only HTTPS gets out, on both sides, goes to the relay over TLS on port 443`, async () => {
      const tlsName = 'turn.lab.test';
      const pair = await meet(['strict', 'strict'], { browsers: [browser, browser], tlsName });
      await assertConnected(pair, 'relay');
      for (const caller of pair) assert.equal((await caller.inbound()).relayProtocol, 'tls');
    });
  }
});
