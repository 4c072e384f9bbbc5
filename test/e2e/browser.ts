/**
 * A Chromium for tests of the page. Where the machine has none the tests are skipped, with a word
 * on how to get it; continuous integration must have one.
 */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const browserPath = places.find((place) => place !== undefined && existsSync(place));
export const isBrowserNeeded = process.env.CI !== undefined && process.env.CI !== 'false';
if (browserPath === undefined && !isBrowserNeeded) {
  console.warn(
    'Tests of the chat page are skipped: no Chromium (on Debian: apt install chromium).',
  );
}

/** Nothing of its own goes out: no updates, no reports, no look-ups. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export async function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no Chromium on this machine');
  return chromium.launch({ executablePath: browserPath, args, headless: true });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained of: errors, broken policies, failed requests are among it. */
  readonly complaints: string[];
  /** Addresses that were asked for. */
  readonly requests: string[];
}

/** English, and nothing drawn that is not looked at: the tests share two cores. */
const calm = {
  locale: 'en-GB',
  viewport: { width: 900, height: 640 },
  reducedMotion: 'reduce',
} as const;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ ...calm, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (cause) => complaints.push(String(cause)));
  page.on('request', (request) => requests.push(request.url()));
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { page, complaints, requests };
}
