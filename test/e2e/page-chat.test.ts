/** Talking with a model on the chat page, also when server or stream fail; in a real Chromium. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ModelPool } from '../../src/engine/model-pool.ts';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { Log } from '../../src/server/log.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { startServer } from '../../src/server/start-server.ts';
import { words } from '../fakes/fake-page-server.ts';
import { answered, describePage, endless, thought } from './page-under-test.ts';

describePage('the chat page', (the) => {
  test('a question is typed, thinking and answer appear, with their figures', async () => {
    the.server.script = [...thought, { pauseMs: 20_000 }, ...answered];
    await the.ask('What is 37 * 48?');
    const fold = the.page.getByRole('button', { name: /Thinking/ });
    await fold.waitFor();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    await the.page.getByText('Forty times thirty-seven, and eight times.').waitFor();
    the.server.goOn();

    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();
    const done = the.page.getByRole('button', { name: /Thought for [\d.]+ s 6 tokens/ });
    expect(await done.getAttribute('aria-expanded')).toBe('false');
    expect(await the.page.getByText('Forty times').count()).toBe(0);
    await done.click();
    await the.page.getByText('Forty times').waitFor();
    const figures = await the.page.locator('.figures').innerText();
    expect(figures).toMatch(/tokens\/s[\s\S]*11 tokens[\s\S]*first token after[\s\S]*in all/);
    // For a screen reader once, as a whole.
    await the.page
      .locator('[aria-live=polite]', { hasText: 'Answer: The answer is 1776.' })
      .waitFor({
        state: 'attached',
      });
    expect(the.server.asked[0]).toMatchObject({
      model: 'nano',
      messages: [{ role: 'user', content: 'What is 37 * 48?' }],
    });
    expect(the.complaints).toEqual([]);
  });

  test('stop stops, by button and by Esc, and keeps what came', async () => {
    the.server.script = endless;
    await the.ask('Go on');
    await the.page.getByText('w5 ').waitFor();
    await the.page.getByRole('button', { name: 'Stop' }).click();
    await the.answers().getByText('Stopped.').waitFor();
    expect(await the.answers().first().innerText()).toContain('w5');
    await expect.poll(() => the.server.numLeft).toBe(1);

    await the.ask('And on');
    await the.page.getByText('w3 ').nth(1).waitFor();
    await the.page.keyboard.press('Escape');
    await expect.poll(() => the.server.numLeft).toBe(2);
    await the.answers().nth(1).getByText('Stopped.').waitFor();
  });

  test('thinking that goes on is told to come to its answer', async () => {
    the.server.script = [...thought, { pauseMs: 20_000 }, ...answered];
    await the.ask('Hurry');
    await the.page.getByRole('button', { name: 'Answer now' }).click();
    await the.answers().getByText('The answer is 1776.').waitFor();
    expect(the.server.controls).toEqual([{ id: 'chatcmpl-1', action: 'reasoning_end' }]);
    expect(await the.page.getByRole('button', { name: 'Answer now' }).count()).toBe(0);
  });

  test('a reload keeps the conversations, and an answer as far as it came', async () => {
    await the.ask('first question');
    await the.settled();
    await the.page.reload();
    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();
    await the.page.getByRole('button', { name: /Thought for/ }).waitFor();

    the.server.script = endless;
    await the.ask('second question');
    await the.page.getByText('w70 ').waitFor(); // saved once a second
    await the.page.reload();
    await the.answers().getByText('The connection broke off here').waitFor();
    expect(await the.answers().nth(1).innerText()).toContain('w5 ');
  });

  test('a lost server is said, looked for, and recovered from', async () => {
    await the.server.stop();
    try {
      await the.ask('Anybody?');
      await the.page.getByRole('alert').getByText('cannot be reached. Trying again').waitFor();
      await the.answers().getByText('The server cannot be reached.').waitFor();
    } finally {
      await the.server.start();
    }
    await the.page.getByText('The server is back.').waitFor();
    expect(await the.page.getByRole('alert').count()).toBe(0);
    await the.page.getByRole('button', { name: 'Try again' }).click();
    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();
    expect(await the.answers().count()).toBe(1);
  });

  test('a stream that breaks off keeps what came, and is tried again', async () => {
    the.server.script = [...words('text', 'Half of an'), { pauseMs: 20_000 }, { cut: true }];
    await the.ask('Go');
    await the.answers().getByText('Half of an').waitFor();
    the.server.goOn();
    await the.answers().getByText('broke off here. What had arrived is kept.').waitFor();
    expect(await the.answers().innerText()).toContain('Half of an');
    the.server.script = answered;
    await the.page.getByRole('button', { name: 'Try again' }).click();
    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();
    expect(await the.answers().getByText('Half of an').count()).toBe(0);
  });

  test('a refusal is put in plain words, with those of the server', async () => {
    const message = 'This request has 2100 tokens; the context of nano holds 2048.';
    the.server.script = [{ status: 400, error: { code: 'context_length_exceeded', message } }];
    await the.ask('x'.repeat(3000));
    await the.answers().getByText('longer than the context of this model').waitFor();
    await the.answers().getByText(message).waitFor();
  });

  test('a question is edited: what came after it is gone', async () => {
    await the.ask('one');
    await the.settled();
    await the.ask('two');
    await the.settled(1);
    await the.page.getByRole('button', { name: 'Edit the question' }).first().click();
    await the.page.getByRole('textbox', { name: 'Edit the question' }).fill('uno');
    await the.page.keyboard.press('Enter');
    await expect.poll(() => the.server.asked.length).toBe(3);
    await the.settled();
    expect(await the.page.locator('.bubble').allInnerTexts()).toEqual(['uno']);
    expect(the.server.asked[2]?.messages).toEqual([{ role: 'user', content: 'uno' }]);
  });

  test('conversations are named, found, exported, deleted and brought back', async () => {
    await the.ask('apples and pears');
    await the.settled();
    await the.page.keyboard.press('Control+k');
    await the.ask('boats');
    await the.settled();
    const list = the.page.getByRole('navigation').getByRole('listitem');
    expect(await list.count()).toBe(2);

    await the.page.getByRole('button', { name: 'Rename “boats”' }).click();
    await the.page.getByLabel('New name').fill('sampans');
    await the.page.keyboard.press('Enter');
    await the.page.getByRole('searchbox').fill('pears');
    await expect.poll(() => list.count()).toBe(1);
    await the.page.getByRole('searchbox').fill('');

    const download = the.page.waitForEvent('download');
    await the.page.getByRole('button', { name: 'Export all as JSON' }).click();
    const file = await (await download).path();
    const { conversations } = JSON.parse(readFileSync(file, 'utf8'));
    const titles = conversations.map(({ title }: { title: string }) => title);
    expect(titles).toEqual(['sampans', 'apples and pears']);

    await the.page.getByRole('button', { name: 'Delete “sampans”' }).click();
    await expect.poll(() => list.count()).toBe(1);
    await the.page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => list.count()).toBe(2);
    await the.page.reload();
    await expect.poll(() => list.count()).toBe(2);
  });

  test('the built-in model answers, and the server says how it does', async () => {
    const models = new ModelPool([{ name: 'nano' }]);
    const real = await startServer({
      ...{ models, address: { host: '127.0.0.1', port: 0 }, keys: new ApiKeys([], 'none') },
      settings: { ...defaultSettings, version: '0.0.0' },
      ...{ log: new Log('text', 'error', () => {}), env: {} },
    });
    try {
      real.ready();
      await the.page.goto(real.url);
      await the.page.getByRole('button', { name: '37 * 48' }).click();
      await the.answers().getByText('1776').waitFor();
      await the.page.getByRole('button', { name: /Thought for/ }).waitFor();
      await the.page.getByRole('button', { name: 'Show what the server is doing' }).click();
      await the.page
        .locator('.panel')
        .getByText(/(?:native|wasm|reference), \d+ thread/)
        .waitFor();
      await the.page.keyboard.press('Escape');
      await the.page.getByRole('button', { name: 'Settings' }).click();
      await the.page.getByRole('radio', { name: 'Off' }).check({ force: true });
      await the.page.keyboard.press('Escape');
      await the.ask('What is 12 + 30?');
      await the.settled(1);
      expect(await the.page.getByRole('button', { name: /Thought for/ }).count()).toBe(1);
      expect(the.complaints).toEqual([]);
    } finally {
      await real.close(0);
    }
  });
});
