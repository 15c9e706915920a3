// Tests that need a real browser but no server: `*.browser.ts` beside the element they test, in Chromium and Firefox.
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { chromiumArguments, firefoxPreferences } from './scripts/browser-settings.mjs';
import { countReporter } from './scripts/count-reporter.mjs';
import { requireTool } from './scripts/tools.mjs';

const browser = (name, launchOptions) =>
  Object.assign(
    puppeteerLauncher({ concurrency: 1, launchOptions: { executablePath: requireTool(name), ...launchOptions } }),
    { name },
  );

export default {
  files: 'widget/**/*.browser.ts',
  nodeResolve: { browser: true, exportConditions: ['production'] },
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' })],
  browsers: [
    browser('chromium', { browser: 'chrome', args: chromiumArguments }),
    browser('firefox', { browser: 'firefox', extraPrefsFirefox: firefoxPreferences }),
  ],
  concurrentBrowsers: 1,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 300_000,
  testFramework: { config: { timeout: 20_000 } },
  reporters: [defaultReporter({ reportTestResults: true, reportTestProgress: false }), countReporter()],
};
