// A visitor before a page with a call: presses what a person presses, reads what a person reads.
import type { Page } from 'puppeteer-core';
import type { TestBrowser } from './browsers.ts';
import { until } from './media.ts';
import type { UntilOptions } from './media.ts';

export interface Visitor {
  page: Page;
  /** Presses the button that has this name, by a real mouse click. */
  press: (name: string) => Promise<void>;
  /** All words that the element shows. */
  words: () => Promise<string>;
  /** Waits until they match: what a screen says may come a moment after the state. */
  reads: (pattern: RegExp) => Promise<void>;
  status: () => Promise<string>;
  /** Tiles of others. */
  remoteTiles: () => Promise<number>;
  until: (
    what: string,
    condition: (element: VideoCallView) => boolean,
    options?: { timeoutMs?: number },
  ) => Promise<void>;
}

/** The public face of the element, as far as conditions read it. */
export interface VideoCallView extends HTMLElement {
  status: string;
  participants: { id: string; connection: string; displayName: string; microphone: boolean; camera: boolean }[];
  error?: { code: string };
}

/** Opens `url` and acts as a visitor on the page's first `<video-call>`. */
export async function visit(browser: TestBrowser, url: string): Promise<Visitor> {
  const page = await browser.openPage(url);
  return visitorOf(page);
}

export async function visitorOf(page: Page): Promise<Visitor> {
  await page.bringToFront();
  const read = <Value>(expression: string): Promise<Value> => page.evaluate(expression) as Promise<Value>;
  const status = () => read<string>(`document.querySelector('video-call').status`);
  const words = () =>
    read<string>(`document.querySelector('video-call').shadowRoot.querySelector('section').innerText`);
  const visitor: Visitor = {
    page,
    words,
    status,
    reads: async pattern => {
      let seen = '';
      const matches = async () => pattern.test((seen = await words()));
      await until(matches, { what: () => `${String(pattern)} in the words «${seen}»` });
    },
    remoteTiles: () => read<number>(`document.querySelector('video-call').participants.length`),
    press: async name => {
      const find = async () => {
        for (const button of await page.$$('video-call >>> button')) {
          const isIt = await button.evaluate(
            (one, wanted) => one.ariaLabel === wanted || (one as HTMLElement).innerText.trim() === wanted,
            name,
          );
          if (isIt) return button;
        }
        return undefined;
      };
      let button = await find();
      await until(async () => (button ??= await find()) !== undefined, { what: () => `a button named ${name}` });
      await button?.click();
    },
    until: (what, condition, options = {}) => {
      let seen = '';
      const settings: UntilOptions = { ...options, what: () => `${what}; the element is ${seen}` };
      return until(async () => {
        seen = `${await status().catch(() => 'missing')}: ${await words().catch(() => '')}`;
        // As text, because the page's own policy forbids it to evaluate any.
        return read<boolean>(`(${condition.toString()})(document.querySelector('video-call'))`);
      }, settings);
    },
  };
  return visitor;
}

/** From the poster into the room, as a person goes. */
export async function joinByHand(visitor: Visitor, name?: string): Promise<void> {
  await visitor.press('Join');
  await visitor.until('the preview', ({ status }) => status === 'previewing');
  if (name !== undefined) {
    const field = await visitor.page.waitForSelector('video-call >>> input[name=name]', { visible: true });
    await field!.type(name);
  }
  await visitor.press('Join now');
  await visitor.until('the call', ({ status }) => status === 'joined');
}
