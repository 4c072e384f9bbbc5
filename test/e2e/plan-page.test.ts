/** The plan page, in a real Chromium: moving, sharing, looking closer, in every language, by keys. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensurePage } from '../../scripts/build-page.ts';
import { type FakePageServer, fakePageServer } from '../fakes/fake-page-server.ts';
import {
  browserPath,
  isBrowserNeeded,
  launchBrowser,
  type OpenedPage,
  openPage,
} from './browser.ts';

const phone = { viewport: { width: 360, height: 700 }, isMobile: true, hasTouch: true };
const wide = { viewport: { width: 1280, height: 900 } };

describe.skipIf(browserPath === undefined && !isBrowserNeeded)('the plan page', () => {
  let server: FakePageServer;
  let browser: Browser;
  let opened: OpenedPage;
  let page: Page;

  beforeAll(async () => {
    await ensurePage(() => {});
    [browser, server] = await Promise.all([launchBrowser(), fakePageServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(async () => {
    // Whatever a test did: nothing failed, no policy was broken, nothing was asked of elsewhere.
    expect(opened.complaints).toEqual([]);
    const origins = opened.requests
      .map((address) => new URL(address))
      .filter(({ protocol }) => protocol !== 'blob:')
      .map(({ origin }) => origin);
    expect(new Set(origins)).toEqual(new Set([server.url]));
    await page.context().close();
  });

  async function open(path = '/plan', options: BrowserContextOptions = wide): Promise<void> {
    opened = await openPage(browser, server.url + path, options);
    page = opened.page;
    await page.locator('.plan-answer[aria-busy=false] tbody tr').first().waitFor();
  }

  /** What the table says, row by row. */
  const rows = () => page.locator('.plan-answer > section table tbody tr').allInnerTexts();
  /** A plan over every layout takes a second or two where others compute too. */
  const shown = () => expect.poll(rows, { timeout: 15_000 });
  const settled = () => page.locator('.plan-answer[aria-busy=false]').waitFor();
  const query = () => new URL(page.url()).searchParams;
  const slider = (name: string) => page.getByRole('slider', { name });

  test('the ranked table and the chart have the same chips, each with a name', async () => {
    await open();
    const chips = await page
      .locator('.plan-answer tbody tr')
      .evaluateAll((found) =>
        (found as unknown as { dataset: { chip: string } }[]).map(({ dataset }) => dataset.chip),
      );
    expect(chips.length).toBeGreaterThan(3);
    const marks = await page
      .locator('.chart .point')
      .evaluateAll((found) =>
        (found as unknown as { dataset: { chip: string } }[]).map(({ dataset }) => dataset.chip),
      );
    expect([...marks].sort()).toEqual([...chips].sort());
    expect(await page.locator('.chart .point .label').count()).toBe(chips.length);
    expect(await page.getByRole('img', { name: 'Cost against latency' }).count()).toBe(1);
    await expect.poll(() => page.title()).toBe('Plan · Sampan');
  });

  test('a slider that is moved changes the plan, and the address keeps it', async () => {
    await open();
    const before = await rows();
    await slider('Requests per second').focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    await shown().not.toEqual(before);
    await settled();
    const field = page.getByRole('textbox', { name: 'Requests per second' });
    const rate = await field.inputValue();
    expect(Number(rate)).toBeGreaterThan(40);
    await expect.poll(() => query().get('rate')).toBe(rate);

    const after = await rows();
    await page.reload();
    await shown().toEqual(after);
    expect(await field.inputValue()).toBe(rate);
  });

  test('a link brings the same plan to somebody else', async () => {
    await open();
    await page.getByRole('textbox', { name: 'Tokens of a prompt' }).fill('12345');
    await page.getByRole('textbox', { name: 'Time per output token' }).fill('');
    await page.getByLabel('Currency').selectOption('CNY');
    await page.getByText('Own prices').click();
    const price = page.getByRole('textbox', { name: /^Price of one/ }).first();
    await price.fill('0.01');
    await page.getByRole('radio', { name: 'whole reply' }).check({ force: true });
    await page.getByRole('button', { name: 'TTFT' }).click();
    await expect.poll(() => query().get('sort')).toBe('ttft');
    expect(query().get('tpot')).toBe('any');
    expect(query().get('price')).toMatch(/^[\w.-]+:0\.01:CNY$/);
    await settled();
    const [told, address] = [await rows(), page.url()];

    await page.context().close();
    await open(address.slice(server.url.length), { ...wide, locale: 'en-GB' });
    await shown().toEqual(told);
    expect(await page.getByRole('radio', { name: 'whole reply' }).isChecked()).toBe(true);
    expect(await page.getByRole('columnheader', { name: 'TTFT' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });

  test('a hostile address is put right, and says so', async () => {
    const attack = '"><img src=x onerror=window.pwned=1>';
    const parts = { rate: '1e400', in: 'abc', model: attack, chip: '__proto__', [attack]: attack };
    await open(`/plan?${new URLSearchParams(parts)}&price=__proto__:1:USD`);
    const alert = page.getByRole('alert');
    for (const said of ['out of range. 10000 is used', 'no number. 2000 is used', 'is not known']) {
      await alert.getByText(said).first().waitFor();
    }
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(query().get('rate')).toBe('10000');
    expect(query().has(attack)).toBe(false);
    await alert.getByRole('button', { name: 'Close' }).click();
    expect(await alert.count()).toBe(0);
  });

  test('a number that is none is not taken', async () => {
    await open();
    const before = await rows();
    const field = page.getByRole('textbox', { name: 'Tokens of a reply' });
    await field.fill('many');
    await page.getByText('A number from 2 to 1,000,000.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await rows()).toEqual(before);
    await field.blur();
    expect(await field.inputValue()).toBe('800');
  });

  test('a chip’s detail: figures with sources, roofline, prices; by link too', async () => {
    await open();
    const first = page.locator('.plan-answer tbody tr').first().getByRole('button');
    const name = await first.innerText();
    await first.click();
    const dialog = page.getByRole('dialog', { name });
    const roofline = dialog.getByRole('img', { name: /^Roofline of/ });
    expect(await roofline.locator('title').first().textContent()).toContain(name);
    await dialog.getByRole('img', { name: 'Where the time goes' }).waitFor();
    const link = dialog.getByRole('link').first();
    expect(await link.getAttribute('href')).toMatch(/^https?:/);
    expect(await link.getAttribute('rel')).toContain('noopener');
    const bandwidth = dialog.getByRole('row', { name: /^Bandwidth/ });
    expect(await bandwidth.innerText()).toMatch(/GB\/s[\s\S]*\d{4}/);
    await dialog.getByText('Export, as reported; never used to rank').waitFor();

    const before = await rows();
    await dialog.getByRole('textbox', { name: /^Price of one/ }).fill('9999');
    await shown().not.toEqual(before);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await rows()).not.toEqual(before);

    await page.locator('.chart .point').last().locator('.mark').click();
    await page.getByRole('dialog').waitFor();
    await expect.poll(() => query().get('chip')).not.toBeNull();
    await page.reload();
    await page.getByRole('dialog').getByText('Figures', { exact: true }).waitFor();
  });

  test('who cannot do it is told with the reason', async () => {
    await open();
    const before = await page.locator('.refused li').count();
    // Chips with the same reason share it.
    expect(before).toBeLessThan(await page.locator('.refused [data-chip]').count());
    await page.getByRole('textbox', { name: 'Time per output token' }).fill('1');
    await page.getByText('No chip can do this within these limits.').waitFor();
    const refused = page.locator('.refused li');
    expect(await refused.count()).toBeGreaterThan(before);
    expect(await refused.first().locator('p').first().innerText()).not.toBe('');
    await refused.first().getByRole('button').first().click();
    await page.getByRole('dialog').getByText('Why not').waitFor();
  });

  test('rows are sorted by a column, down and up again', async () => {
    await open();
    const head = page.getByRole('columnheader', { name: /^TPOT/ });
    const times = async () => {
      const texts = await page.locator('.plan-answer tbody tr .with-bar').allInnerTexts();
      return texts.map((text) => Number.parseFloat(text.replaceAll(',', '')));
    };
    await head.getByRole('button').click();
    const up = await times();
    expect(up).toEqual([...up].sort((a, b) => a - b));
    await head.getByRole('button').click();
    await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
    expect(await times()).toEqual(up.toReversed());
  });

  test('the report is saved as one file', async () => {
    await open();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a report' }).click();
    expect((await download).suggestedFilename()).toBe('sampan-plan-deepseek-r1.html');
  });

  test('in Vietnamese and Chinese; the chat and the plan share the choice', async () => {
    await open('/plan', { ...wide, locale: 'vi-VN' });
    await page.getByRole('heading', { name: 'Các phương án' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('vi');
    await page.getByRole('combobox', { name: 'Ngôn ngữ' }).selectOption('zh');
    await page.getByRole('heading', { name: '部署方案' }).waitFor();
    await page.getByRole('link', { name: '对话' }).click();
    await page.getByRole('link', { name: '为模型规划芯片' }).click();
    await page.getByRole('heading', { name: '部署方案' }).waitFor();
  });

  test('everything can be done with the keyboard', async () => {
    await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Skip to the answer');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('answer');
    const first = page.locator('.plan-answer tbody tr').first().getByRole('button');
    const name = await first.innerText();
    await first.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.innerText')).toBe(name);
    const limit = slider('Time per output token');
    await limit.focus();
    await page.keyboard.press('End');
    await expect.poll(() => query().get('tpot')).toBe('any');
    expect(await limit.getAttribute('aria-valuetext')).toBe('no limit');
  });

  test('every control has a name, every landmark is there', async () => {
    await open();
    for (const role of ['main', 'banner', 'complementary'] as const) {
      expect(await page.getByRole(role).count(), role).toBeGreaterThan(0);
    }
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree' as never)) as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const controls = /^(?:button|textbox|combobox|radio|link|image|img|slider|dialog)$/;
    const shown = nodes.filter(({ ignored, role }) => !ignored && controls.test(role?.value ?? ''));
    expect(shown.length).toBeGreaterThan(30);
    expect(shown.filter(({ name }) => (name?.value ?? '').trim() === '')).toEqual([]);
  });

  test('on a phone nothing is wider than the screen', async () => {
    await open('/plan?tpot=any', { ...phone, locale: 'vi-VN' });
    const width = (selector: string) =>
      page.evaluate(`document.querySelector('${selector}').scrollWidth`);
    expect(await width('html')).toBe(360);
    await page.locator('.plan-answer tbody tr').first().getByRole('button').tap();
    await page.getByRole('dialog').waitFor();
    expect(await width('dialog')).toBeLessThanOrEqual(360);
    expect(await width('.sheet')).toBeLessThanOrEqual(360);
  });
});
