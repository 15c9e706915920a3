import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browserHint } from './permission-hint.ts';

const mac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15';
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0';

describe('where the switch for camera and microphone is', () => {
  for (const [what, userAgent, maxTouchPoints, hint] of [
    ['Chrome', `Mozilla/5.0 (X11; Linux x86_64) ${chrome} Safari/537.36`, 0, 'chrome'],
    ['Edge', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/130.0.0.0`, 0, 'chrome'],
    ['Chrome on Android', `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, 5, 'android'],
    ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 0, 'firefox'],
    ['Safari on a Mac', mac, 0, 'safari'],
    ['Safari on an iPad', mac, 5, 'ios'],
    ['Safari on an iPhone', mac.replace('Macintosh', 'iPhone'), 5, 'ios'],
  ] as const) {
    it(`in ${what}`, () => assert.equal(browserHint({ userAgent, maxTouchPoints }), `permission.hint.${hint}`));
  }
});
