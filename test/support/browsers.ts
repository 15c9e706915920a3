// Real browsers for tests: each launch is a process of its own with a fresh profile, fake camera and microphone.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import type { Browser, LaunchOptions, Page } from 'puppeteer-core';
import { requireTool } from '../../scripts/tools.mjs';
import { chromiumArguments, firefoxPreferences } from '../../scripts/browser-settings.mjs';
import { probeSource } from './probe-source.ts';

export type BrowserName = 'chromium' | 'firefox';

export interface TestBrowser {
  name: BrowserName;
  browser: Browser;
  process: ChildProcess;
  /** A tab that counts what scripts hold (see `probe.ts`); `url` is opened when given. */
  openPage: (url?: string) => Promise<Page>;
  /** Ends the browser as a user does. */
  close: () => Promise<void>;
  /** Ends the browser as a crash does: no page hears of it. */
  kill: () => Promise<void>;
}

export interface TestBrowserOptions {
  /** Chromium only: more command line arguments. */
  args?: string[];
  /** Firefox only: more preferences. */
  preferences?: Record<string, boolean | number | string>;
  /** PEM file: Firefox trusts it; Chromium is started so that it trusts any. */
  certificateAuthority?: string;
  /** Runs in place of the found browser, such as a script that enters a network namespace. */
  executablePath?: string;
}

const closeDeadlineMs = 10_000;

export async function launchBrowser(name: BrowserName, options: TestBrowserOptions = {}): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), `video-call-${name}-`));
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const shared = { executablePath: options.executablePath ?? requireTool(name), userDataDir: profile, headless: true };
  if (name === 'firefox' && options.certificateAuthority) trustInFirefox(profile, options.certificateAuthority);
  const trustAll = options.certificateAuthority ? ['--ignore-certificate-errors'] : [];
  const settings: LaunchOptions =
    name === 'chromium'
      ? { ...shared, browser: 'chrome', pipe: true, args: [...chromiumArguments, ...trustAll, ...(options.args ?? [])] }
      : { ...shared, browser: 'firefox', extraPrefsFirefox: { ...firefoxPreferences, ...options.preferences } };

  const browser = await puppeteer.launch({ ...settings, protocolTimeout: 60_000 }).catch(async (error: unknown) => {
    await removeProfile();
    throw error;
  });
  const process = browser.process();
  if (!process) throw new Error(`${name} was launched without a process`);
  const exited = new Promise<void>(resolve => process.once('exit', () => resolve()));

  const kill = async () => {
    process.kill('SIGKILL');
    if (process.exitCode === null && process.signalCode === null) await exited;
    await removeProfile();
  };
  const close = async () => {
    const deadline = AbortSignal.timeout(closeDeadlineMs);
    const late = new Promise<void>(resolve => deadline.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([browser.close().catch(() => undefined), late]);
    await kill();
  };
  const openPage = async (url?: string) => {
    // Storage of its own: two pages of one browser would be one user, and the newer take over from the older.
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.evaluateOnNewDocument(probeSource);
    if (url) await page.goto(url);
    return page;
  };
  return { name, browser, process, openPage, close, kill };
}

/** `acceptInsecureCerts` does not cover TURN, so the profile gets a database that knows the authority. */
function trustInFirefox(profile: string, file: string): void {
  const certutil = requireTool('certutil');
  execFileSync(certutil, ['-N', '-d', `sql:${profile}`, '--empty-password']);
  execFileSync(certutil, ['-A', '-d', `sql:${profile}`, '-n', 'lab', '-t', 'CT,C,C', '-i', file]);
}
