/**
 * The chat page as tests hold it: a Chromium, the app with chat completions that each test writes
 * (fake-page-server.ts), and a fresh page for every test. See browser.ts for machines without
 * Chromium.
 */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { ensurePage } from '../../scripts/build-page.ts';
import { type FakePageServer, fakePageServer, words } from '../fakes/fake-page-server.ts';
import { browserPath, isBrowserNeeded, launchBrowser, openPage } from './browser.ts';

export const thought = words('reasoning', 'Forty times thirty-seven, and eight times.');
export const answered = words('text', 'The answer is 1776.');
export const endless = Array.from({ length: 400 }, (_, i) => [
  { text: ` w${i}` },
  { pauseMs: 20 },
]).flat();

export class PageUnderTest {
  server!: FakePageServer;
  page!: Page;
  /** What the browser complained of, and what it asked for; see openPage. */
  complaints: string[] = [];
  requests: string[] = [];
  #browser: Browser | undefined;

  async start(): Promise<void> {
    await ensurePage(() => {});
    [this.#browser, this.server] = await Promise.all([launchBrowser(), fakePageServer()]);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.server?.stop();
  }

  /** A browser that has never been here, on the page. */
  async open(options: BrowserContextOptions = {}): Promise<void> {
    await this.close();
    const opened = await openPage(this.#browser as Browser, this.server.url, options);
    Object.assign(this, opened);
    await this.question().waitFor();
  }

  async close(): Promise<void> {
    await this.page?.context().close();
  }

  async ask(text: string): Promise<void> {
    await this.question().fill(text);
    await this.question().press('Enter');
  }

  question(): Locator {
    return this.page.locator('#question');
  }

  answers(): Locator {
    return this.page.getByRole('article', { name: 'Answer' });
  }

  /** Waits until the answer with this index is whole. */
  settled(index = 0): Promise<void> {
    return this.page.locator('.answer[aria-busy=false]').nth(index).waitFor();
  }

  isQuestionFocused(): Promise<boolean> {
    return this.page.evaluate('document.activeElement.id === "question"');
  }
}

/** Tests of the page; each begins with an answer to `What is 37 * 48?` in store. */
export function describePage(title: string, tests: (the: PageUnderTest) => void): void {
  describe.skipIf(browserPath === undefined && !isBrowserNeeded)(title, () => {
    const the = new PageUnderTest();
    beforeAll(() => the.start());
    afterAll(() => the.stop());
    beforeEach(async () => {
      the.server.script = [...thought, ...answered];
      the.server.asked.length = 0;
      the.server.controls.length = 0;
      the.server.numLeft = 0;
      await the.open();
    });
    afterEach(() => the.close());
    tests(the);
  });
}
