// A browser in a host of the lab. Every page of it is a fresh visitor's: no cache, no connection, no storage of another.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireTool } from '../../scripts/tools.mjs';
import { openCaller } from '../../test/lab/caller.ts';
import { inHost } from '../../test/lab/network.ts';
import type { Host } from '../../test/lab/network.ts';
import { launchBrowser } from '../../test/support/browsers.ts';
import type { TestBrowser } from '../../test/support/browsers.ts';

export interface BenchPage {
  evaluate: <Value>(expression: string) => Promise<Value>;
  close: () => Promise<void>;
}

export class BenchBrowser {
  readonly #browser: TestBrowser;

  private constructor(browser: TestBrowser) {
    this.#browser = browser;
  }

  /** Over a debugging pipe the driver stays outside; a page of `origin` may use camera and microphone. */
  static async launch(host: Host, origin: string): Promise<BenchBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'video-call-bench-'));
    const executablePath = join(folder, 'browser');
    await writeFile(executablePath, `#!/bin/sh\nexec ${inHost(host).join(' ')} ${requireTool('chromium')} "$@"\n`);
    await chmod(executablePath, 0o755);
    try {
      const args = [`--unsafely-treat-insecure-origin-as-secure=${origin}`];
      return new BenchBrowser(await launchBrowser('chromium', { executablePath, args }));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  async open(url: string): Promise<BenchPage> {
    const context = await this.#browser.browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(url);
    return {
      evaluate: async <Value>(expression: string) => (await page.evaluate(expression)) as Value,
      close: () => context.close(),
    };
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** Firefox has no pipe: its driver runs in the host as well, and it is started anew for each page. */
export async function openFirefox(host: Host, url: string): Promise<BenchPage> {
  return openCaller(host, 'firefox', url);
}
