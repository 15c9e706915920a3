// Runs inside a host of the lab: starts a browser there and evaluates in its page what it reads from its standard input.
// A debugging port would be on that host's own loopback, so the whole driver lives there (../shared/lab.md).
import { createInterface } from 'node:readline';
import { launchBrowser } from '../support/browsers.ts';
import type { BrowserName } from '../support/browsers.ts';

export interface DriverRequest {
  id: number;
  /** JavaScript for the page; its value comes back as JSON. */
  expression: string;
}
export type DriverAnswer = { id: number } & ({ value: unknown } | { error: string });

const [name, url, certificateAuthority] = process.argv.slice(2) as [BrowserName, string, string | undefined];
const { origin, hostname } = new URL(url);

const browser = await launchBrowser(name, {
  args: [`--unsafely-treat-insecure-origin-as-secure=${origin}`],
  preferences: {
    'dom.securecontext.allowlist': hostname,
    'media.devices.insecure.enabled': true,
    'media.getusermedia.insecure.enabled': true,
  },
  ...(certificateAuthority && { certificateAuthority }),
});
const page = await browser.openPage();
// Chromium gives up what it loads when an interface comes or goes, as the lab lets them for others.
const open = (): Promise<unknown> =>
  page.goto(url).catch((error: unknown) => {
    if (!String(error).includes('ERR_NETWORK_CHANGED')) throw error;
    return open();
  });
await open();
process.stdout.write('ready\n');

for await (const line of createInterface({ input: process.stdin })) {
  const { id, expression } = JSON.parse(line) as DriverRequest;
  const answer: DriverAnswer = await page.evaluate(expression).then(
    value => ({ id, value }),
    (error: unknown) => ({ id, error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
