// Devices that come, go and are changed in a call of two real browsers, and what the other side gets to see of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/browsers.ts';
import type { TestBrowser } from '../support/browsers.ts';
import { until, waitForMedia } from '../support/media.ts';
import { startSite, tag } from '../support/other-origin.ts';
import type { Site } from '../support/other-origin.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { visit } from '../support/visitor.ts';
import type { Visitor } from '../support/visitor.ts';

/** Cameras of which the second and third give formats that no encoder takes, and a screen without a picker. */
const manyDevices = [
  '--use-fake-device-for-media-stream=device-count=4',
  '--auto-select-desktop-capture-source=Entire screen',
  '--auto-accept-this-tab-capture',
];

describe('devices in a call', () => {
  let server: TestServer;
  let site: Site;
  let ada: TestBrowser;
  let bo: TestBrowser;
  let here: Visitor;
  let there: Visitor;

  const call = <Value>(expression: string, visitor = here): Promise<Value> =>
    visitor.page.evaluate(
      `(async () => { const call = document.querySelector('video-call'); ${expression} })()`,
    ) as Promise<Value>;
  /** What the others are told of Ada. */
  const seenOfAda = () => call<Record<string, unknown>>('return call.participants[0]', there);
  const tellsThere = (what: string, holds: (ada: Record<string, unknown>) => boolean) =>
    until(async () => holds(await seenOfAda()), { what: () => what });
  /** The label of what runs, of one kind. */
  const running = (kind: 'audio' | 'video') => call<string>(`return probe.live('${kind}')`);

  before(async () => {
    server = await startServer();
    site = await startSite(tag(server.url, 'room="devices" display-name="Ada" autojoin'));
    [ada, bo] = await Promise.all([launchBrowser('chromium', { args: manyDevices }), launchBrowser('chromium')]);
    here = await visit(ada, site.url);
    there = await visit(bo, site.url);
    await waitForMedia(there.page, { from: 1 });
  });
  after(async () => {
    await Promise.all([ada.close(), bo.close()]);
    await site.close();
    await server.close();
  });

  it('another camera takes over without the others seeing it go off, and the round of cameras ends where it began', async () => {
    const first = await running('video');
    const last = 'fake_device_3';
    await call(`
      window.seen = [];
      call.addEventListener('camera-toggle', () => seen.push('toggled'));
      const devices = await navigator.mediaDevices.enumerateDevices();
      await call.selectDevice('camera', devices.find(({ label }) => label === '${last}').deviceId);`);
    assert.equal(await running('video'), last);
    await waitForMedia(there.page, { from: 1 });
    await call('await call.cycleCamera();');
    assert.equal(await running('video'), first);
    await waitForMedia(there.page, { from: 1 });
    assert.deepEqual(await call('return seen'), []);
  });

  it('a device of which nothing is known is refused, and the one that runs goes on', async () => {
    const code = await call(
      `return call.selectDevice('microphone', 'nowhere').then(() => 'fine', error => error.code)`,
    );
    assert.equal(code, 'device-not-found');
    await waitForMedia(there.page, { from: 1 });
  });

  it('a camera that ended is asked for again by itself (the end is simulated: stop and an `ended` event)', async () => {
    await call(`probe.end('video')`);
    await waitForMedia(there.page, { from: 1, frames: 20 });
    await tellsThere('a camera that is on', ({ camera }) => camera === true);
  });

  it('a permission that is taken back leaves a call with sound, words, and a way back (F26; simulated in part)', async () => {
    await call(`
      window.real = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      await new Promise(resolve => setTimeout(resolve, 5_500));
      probe.end('video');`);
    // The words pass by themselves, so they are not waited for in turn.
    await Promise.all([
      here.until('the words', ({ shadowRoot }) =>
        (shadowRoot?.textContent ?? '').includes('Camera and microphone are blocked'),
      ),
      tellsThere('a camera that is off', ({ camera, microphone }) => camera === false && microphone === true),
    ]);
    await call('MediaDevices.prototype.getUserMedia = real;');
    await here.press('Camera');
    await tellsThere('a camera that is on again', ({ camera }) => camera === true);
    await waitForMedia(there.page, { from: 1 });
  });

  it('a microphone that is muted keeps its device; a camera that is off gives it back', async () => {
    await call('await call.toggleMicrophone(false); await call.toggleCamera(false);');
    await tellsThere('both off', ({ camera, microphone }) => !camera && !microphone);
    assert.equal(await running('video'), '');
    assert.notEqual(await running('audio'), '');
    await call('await call.toggleMicrophone(true); await call.toggleCamera(true);');
    await waitForMedia(there.page, { from: 1 });
  });

  it('a screen is a picture of its own at the others, until the browser’s own bar ends it', async () => {
    await call(`
      window.seen = [];
      call.addEventListener('screen-share-toggle', ({ detail }) => seen.push(detail.enabled));
      await call.toggleScreenShare(true);`);
    await tellsThere('a screen', ({ screen }) => screen === true);
    await there.until(
      'a screen and a camera',
      ({ shadowRoot }) => shadowRoot?.querySelectorAll('.screen video').length === 1,
    );
    await waitForMedia(there.page, { from: 1 });
    await until(
      () =>
        call<boolean>(
          `return [...call.shadowRoot.querySelectorAll('.screen video')].some(one => one.videoWidth > 0)`,
          there,
        ),
      { what: () => 'pictures of the screen' },
    );
    await call(`probe.end('screen')`);
    await tellsThere('no screen', ({ screen, camera }) => screen === false && camera === true);
    assert.deepEqual(await call('return seen'), [true, false]);
  });

  it('the two see the same verification code, and figures of their connection', async () => {
    const codes = await Promise.all(
      [here, there].map(visitor => call<string>('return call.participants[0].verificationCode', visitor)),
    );
    assert.match(codes[0] ?? '', /^\d{30}$/);
    assert.equal(codes[1], codes[0]);
    const { participants } = await call<{ participants: Record<string, never>[] }>('return call.getStats()');
    const [{ path, received, sent } = {}] = participants as { path?: string; received?: never; sent?: never }[];
    assert.equal(path, 'direct');
    const names = (streams: object = {}) =>
      Object.keys(streams).filter(name => name === 'camera' || name === 'microphone');
    assert.deepEqual(
      [names(received), names(sent)],
      [
        ['microphone', 'camera'],
        ['microphone', 'camera'],
      ],
    );
  });

  it('a diagnosis really tries the server, each relay, camera and microphone', async () => {
    const checks =
      await call<{ name: string; result: string; reason: string; url?: string }[]>('return call.diagnose()');
    const names = [...new Set(checks.map(({ name }) => name))];
    assert.deepEqual(names.sort(), ['camera', 'microphone', 'relay', 'signalling', 'stun']);
    assert.deepEqual(
      checks.filter(({ result }) => result === 'failed'),
      [],
    );
  });
});
