// Callers whose line is dead for a while, and callers who die: what the others see, and how soon all is well again.
// One room for all of it. Times are those of pages: from the moment that the line is whole to the pictures.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { BrowserName } from '../support/browsers.ts';
import { until } from '../support/media.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { openCaller } from './caller.ts';
import type { Caller, CallerView } from './caller.ts';
import { inHost, Network, publicRange } from './network.ts';
import type { WiredHost } from './network.ts';
import { backAfter, connectionsMade, watchPictures } from './pictures.ts';

/** Two busy cores run three browsers and all that is between them: what a page does in several steps is late by as much. */
const busyMs = 3_000;
/** As in `broken-paths.test.ts`: each fault meets a call at peace. */
const peaceMs = 8_000;
/** Seats are held for 18 s of heartbeat and 15 s; `npm test` waits for that to be over, `npm run lab` for two minutes. */
const longSec = process.env.LAB_CELLS === 'few' ? 45 : 120;

const seconds = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

describe('callers whose line is dead', () => {
  let network: Network;
  let server: TestServer;
  let url: string;
  const callers: Caller[] = [];
  const homes: WiredHost[] = [];
  let ada: Caller;
  let bo: Caller;
  let cy: Caller;

  async function enter(name: string, browser: BrowserName): Promise<Caller> {
    const home = await network.wiredHost(name.toLowerCase(), {});
    homes.push(home);
    const caller = await openCaller(home, browser, url);
    callers.push(caller);
    await caller.join(name);
    await watchPictures(caller);
    return caller;
  }

  const names = ({ participants }: CallerView) => participants.map(({ displayName }) => displayName).sort();
  /** Pictures of others that stand on the stage. */
  const tiles = (caller: Caller) =>
    caller.evaluate<number>(
      `document.querySelector('video-call').shadowRoot.querySelectorAll('li.tile:not(.self)').length`,
    );
  const untilTiles = (caller: Caller, count: number) =>
    until(async () => (await tiles(caller)) === count, { what: () => `tiles of others: ${count}` });
  const isWhole = ({ status, participants }: CallerView) =>
    status === 'joined' && participants.length === 2 && participants.every(one => one.connection === 'connected');

  before(async () => {
    network = new Network();
    const host = network.publicHost('server');
    url = `http://${host.address}:3000/#lab`;
    server = await startServer(
      { HOST: '0.0.0.0', PORT: '3000', TURN_PORT: '3478', TURN_PEER_ALLOW: publicRange },
      inHost(host),
    );
    ada = await enter('Ada', 'chromium');
    bo = await enter('Bo', 'firefox');
    cy = await enter('Cy', 'chromium');
    for (const caller of [ada, bo, cy]) await caller.until('the others', isWhole, 30_000);
  });
  after(async () => {
    await Promise.all(callers.map(caller => caller.close()));
    await server.close();
    network.close();
  });

  /** Cuts both lines for so long; returns when they are whole again, as the clock of the machine has it. */
  async function away(ms: number, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<number> {
    await seconds(peaceMs);
    const cut = (what: 'everything' | 'nothing') =>
      Promise.all(homes.slice(0, 2).map(({ wire }) => wire.change({ cut: what })));
    await cut('everything');
    await Promise.all([seconds(ms), meanwhile()]);
    await cut('nothing');
    return Date.now();
  }

  async function assertBack(t: TestContext, at: number, boundMs: number): Promise<void> {
    const back = await Promise.all([ada, bo, cy].map(caller => backAfter(caller, 2, at, boundMs + 20_000)));
    t.diagnostic(`pictures of both others after ${back.join(', ')} ms (Chromium, Firefox, Chromium that stayed)`);
    for (const ms of back) assert.ok(ms <= boundMs + busyMs, `${ms} ms`);
    for (const caller of [ada, bo, cy]) await caller.until('all three, once each', isWhole);
  }

  it('for 5 s see everyone again within 3 s', async t => {
    const made = () => Promise.all([ada, bo, cy].map(connectionsMade));
    const before = await made();
    await assertBack(t, await away(5_000), 3_000);
    // Mostly none; where a path carries nothing 2 s after it was negotiated, it is.
    const anew = (await made()).map((count, index) => count - before[index]!);
    t.diagnostic(`${anew.join(', ')} connections were made anew`);
    assert.ok(
      anew.every(count => count <= 2),
      `${anew.join()} connections were made anew`,
    );
  });

  it('for 30 s see everyone again within 5 s', async t => {
    await assertBack(t, await away(30_000), 5_000);
  });

  it(`for ${longSec} s are out of the room, and come back by themselves within 8 s`, async t => {
    const at = await away(longSec * 1000, () =>
      cy.until('that both are gone', view => names(view).length === 0, 60_000),
    );
    await assertBack(t, at, 8_000);
  });

  it('for ever, because they were killed, are gone within 30 s; asleep, within 40 s; who wakes is back, once', async t => {
    const at = Date.now();
    const gone = async (name: string, boundMs: number) => {
      await cy.until(`that ${name} is gone`, view => !names(view).includes(name), boundMs);
      t.diagnostic(`${name} was gone after ${Date.now() - at} ms`);
    };
    ada.freeze();
    await bo.kill();
    await gone('Bo', 30_000);
    await gone('Ada', 40_000);
    await untilTiles(cy, 0);

    ada.thaw();
    const awake = Date.now();
    for (const caller of [ada, cy]) {
      await caller.until('one other', ({ participants: [other, ...more] }) => {
        return other?.connection === 'connected' && more.length === 0;
      });
      const back = await backAfter(caller, 1, awake, 20_000);
      t.diagnostic(`pictures ${back} ms after waking`);
      await untilTiles(caller, 1);
    }
    assert.deepEqual(names(await cy.view()), ['Ada']);
  });
});
