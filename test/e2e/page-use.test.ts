/**
 * Whoever uses the chat page, and whatever a model writes: languages, keyboard, screen readers,
 * phones, hostile answers; in a real Chromium.
 */
import { expect, test } from 'vitest';
import { fakePageServer, words } from '../fakes/fake-page-server.ts';
import { describePage, endless } from './page-under-test.ts';

const phone = { viewport: { width: 360, height: 700 }, isMobile: true, hasTouch: true };
const showcase = `Let $x^2$ be, and $$\\frac{1}{2}$$ too.

\`\`\`ts
const line = '${'long '.repeat(60)}';
\`\`\`

| a | b |
|---|--:|
| ${'wide '.repeat(30)} | ${'x'.repeat(200)} |

![a picture](https://example.com/cat.png) and [a link](https://example.com/) and ${'y'.repeat(300)}`;

describePage('the chat page', (the) => {
  test('another language is chosen, and kept', async () => {
    await the.page.getByRole('button', { name: 'Settings' }).click();
    await the.page.getByRole('radio', { name: 'Tiếng Việt' }).check({ force: true });
    await the.page.getByRole('heading', { name: 'Cài đặt' }).waitFor();
    await the.page.keyboard.press('Escape');
    await the.page.reload();
    await the.page.getByRole('heading', { name: 'Hôm nay ta cùng tính gì nhỉ?' }).waitFor();
    expect(await the.page.locator('html').getAttribute('lang')).toBe('vi');
    await the.page.getByRole('button', { name: '37 * 48 bằng bao nhiêu?' }).click();
    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();

    await the.open({ locale: 'zh-CN' });
    await the.page.getByRole('heading', { name: '今天想算点什么？' }).waitFor();
  });

  test('settings reach the server; the key stays in this tab', async () => {
    await the.page.getByRole('button', { name: 'Settings' }).click();
    await the.page.getByLabel('Temperature').fill('9');
    await the.page.getByText('A number from 0 to 2').waitFor();
    await the.page.getByLabel('Temperature').fill('0.5');
    await the.page.getByLabel('System prompt').fill('Be brief.');
    await the.page.getByRole('radio', { name: 'Token limit' }).check({ force: true });
    await the.page.getByLabel('Most tokens of thinking').fill('64');
    await the.page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await the.page.getByLabel('API key').fill('sk-secret');
    await the.page.getByRole('button', { name: 'Close', exact: true }).click();
    await the.page.getByLabel('Model').selectOption('deepseek-r1:8b');
    await the.ask('Hello');
    await the.settled();
    expect(the.server.asked[0]).toMatchObject({
      ...{ model: 'deepseek-r1:8b', temperature: 0.5 },
      thinking: { type: 'enabled', budget_tokens: 64 },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
    });
    expect(await the.page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await the.page.evaluate('JSON.stringify(localStorage)')).not.toContain('sk-secret');
    expect(await the.page.evaluate('sessionStorage.getItem("sampan.apiKey")')).toBe('sk-secret');
  });

  test('a server that wants a key says so, and is asked with the one entered', async () => {
    const server = await fakePageServer(['me:sk-secret']);
    try {
      await the.page.goto(server.url);
      await the.page.getByRole('alert').getByText('wants an API key').waitFor();
      await the.page.getByRole('button', { name: 'Enter a key' }).click();
      await the.page.getByLabel('API key').fill('sk-secret');
      await the.page.keyboard.press('Enter');
      await the.page.getByRole('button', { name: 'Close', exact: true }).click();
      await the.page.getByLabel('Model').waitFor();
      expect(await the.page.getByRole('alert').count()).toBe(0);
    } finally {
      await server.stop();
    }
  });

  test('everything can be done with the keyboard', async () => {
    const first = the.page.locator('a[href], button, input, select, textarea').first();
    expect(await first.innerText()).toBe('Skip to the question');
    await first.focus();
    await the.page.keyboard.press('Enter'); // the link that skips to the question
    expect(await the.isQuestionFocused()).toBe(true);
    await the.page.keyboard.type('two');
    await the.page.keyboard.press('Shift+Enter');
    await the.page.keyboard.type('lines');
    expect(await the.question().inputValue()).toBe('two\nlines');
    // An input method composes: its Enter takes the word and does not send.
    await the
      .question()
      .dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(the.server.asked).toEqual([]);
    await the.page.keyboard.press('Enter');
    await the.settled();
    expect(the.server.asked[0]?.messages[0]?.content).toBe('two\nlines');
    expect(await the.question().inputValue()).toBe('');

    await the.page.keyboard.press('Control+k');
    await the.page.getByRole('heading', { name: 'What shall we work out?' }).waitFor();
    expect(await the.isQuestionFocused()).toBe(true);
    const conversation = the.page.getByRole('button', { name: 'two', exact: true });
    await conversation.focus();
    await the.page.keyboard.press('Enter');
    await the.page.getByText('The answer is 1776.', { exact: true }).waitFor();
    expect(await conversation.getAttribute('aria-current')).toBe('true');
  });

  test('what a model writes is never run', async () => {
    const attack = [
      '<script>window.pwned = 1</script>',
      '<img src=x onerror="window.pwned = 2">',
      '[click](javascript:window.pwned=3) [data](data:text/html,<script>window.pwned=4</script>)',
      '<svg><animate onbegin="window.pwned=5" attributeName=x></svg>',
      '$\\href{javascript:window.pwned=6}{x}$ $\\htmlData{a=b}{x}$ $x" onmouseover="window.pwned=7$',
      '```"><img src=x onerror=window.pwned=8>\ncode\n```',
      '<iframe srcdoc="<script>parent.pwned=9</script>"></iframe>',
    ];
    the.server.script = attack.flatMap((text) => [{ reasoning: `${text}\n\n` }]);
    the.server.script = [...the.server.script, ...attack.map((text) => ({ text: `${text}\n\n` }))];
    await the.ask('Attack <img src=x onerror="window.pwned = 10">');
    await the.settled();
    await the.page.getByRole('button', { name: /Thought for/ }).click();
    for (const link of await the.page.getByText('click', { exact: true }).all()) await link.click();
    expect(await the.page.evaluate('window.pwned')).toBeUndefined();
    const inMessages = the.page.locator('.messages');
    expect(await inMessages.locator('script, img, iframe, svg animate').count()).toBe(0);
    expect(await inMessages.locator('[href^="javascript"], [href^="data"]').count()).toBe(0);
    expect(await inMessages.innerText()).toContain('<script>window.pwned = 1</script>');
  });

  test('no request leaves the origin, and no policy is broken', async () => {
    the.server.script = words('text', showcase);
    await the.ask('Show me');
    await the.settled();
    await the.page.locator('.katex').first().waitFor();
    await the.page.evaluate('document.fonts.ready');
    expect(await the.page.evaluate('document.fonts.check("16px KaTeX_Main")')).toBe(true);
    const origins = new Set(the.requests.map((url) => new URL(url).origin));
    expect([...origins]).toEqual([the.server.url]);
    expect(the.complaints).toEqual([]);
    const link = the.page.getByRole('link', { name: 'a link' });
    expect(await link.getAttribute('rel')).toContain('noopener');
  });

  test('code is copied', async () => {
    await the.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    the.server.script = [{ text: '```js\nlet a = 1 < 2;\n```' }];
    await the.ask('Code');
    await the.settled();
    await the.page.getByRole('button', { name: 'Copy code' }).click();
    await the.page.getByText('Copied').waitFor();
    expect(await the.page.evaluate('navigator.clipboard.readText()')).toBe('let a = 1 < 2;');
  });

  test('whoever scrolls up is left there; the way back is offered', async () => {
    const paragraphs = Array.from({ length: 60 }, (_, i) => ({ text: `Paragraph ${i}.\n\n` }));
    const half = paragraphs.splice(30);
    the.server.script = [...paragraphs, { pauseMs: 20_000 }, ...half];
    await the.ask('Long');
    await the.answers().getByText('Paragraph 29.').waitFor();
    const scroller = the.page.locator('.scroller');
    const distance = () =>
      the.page.evaluate<number>(
        '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector(".scroller"))',
      );
    await expect.poll(distance).toBeLessThan(60);
    await scroller.hover();
    await the.page.mouse.wheel(0, -400);
    the.server.goOn();
    await the.settled();
    expect(await distance()).toBeGreaterThan(300);
    await the.page.getByRole('button', { name: 'To the latest message' }).click();
    expect(await distance()).toBeLessThan(60);
  });

  test('while an answer is written, finished messages and the list are left alone', async () => {
    the.server.script = words('text', showcase);
    await the.ask('First');
    await the.settled();
    await the.page.locator('.katex').first().waitFor();
    await the.page.evaluate(`
      window.changes = [];
      const watch = new MutationObserver((list) => window.changes.push(...list));
      const what = { subtree: true, childList: true, characterData: true };
      for (const place of document.querySelectorAll('.answer .markdown, .bubble, .sidebar')) {
        watch.observe(place, what);
      }`);
    the.server.script = endless.slice(0, 60);
    await the.ask('Second');
    await the.settled(1);
    expect(await the.page.evaluate('window.changes.length')).toBe(0);
  });

  test('on a phone nothing is wider than the screen', async () => {
    await the.open({ ...phone, locale: 'vi-VN' });
    const widthOf = (selector: string) => `document.querySelector('${selector}').scrollWidth`;
    expect(await the.page.evaluate(widthOf('html'))).toBe(360);
    the.server.script = words('text', showcase);
    await the.ask('z'.repeat(200));
    await the.settled();
    expect(await the.page.evaluate(widthOf('html'))).toBe(360);
    expect(await the.page.evaluate(widthOf('.scroller'))).toBe(360);
    await the.page.getByRole('button', { name: 'Mở danh sách trò chuyện' }).tap();
    await the.page.getByRole('button', { name: 'Trò chuyện mới', exact: true }).tap();
    await the.page.getByRole('heading', { name: 'Hôm nay ta cùng tính gì nhỉ?' }).waitFor();
    await the.page.getByRole('button', { name: 'Cài đặt' }).tap();
    expect(await the.page.evaluate(widthOf('dialog'))).toBeLessThan(360);
  });

  test('landmarks are there, and every control has a name', async () => {
    await the.ask('What is 37 * 48?');
    await the.settled();
    for (const role of ['main', 'navigation', 'banner'] as const) {
      expect(await the.page.getByRole(role).count(), role).toBeGreaterThan(0);
    }
    await the.page.getByRole('button', { name: 'Settings' }).click();
    const session = await the.page.context().newCDPSession(the.page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree' as never)) as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const controls = /^(?:button|textbox|searchbox|combobox|radio|link|img|dialog|meter)$/;
    const shown = nodes.filter(({ ignored, role }) => !ignored && controls.test(role?.value ?? ''));
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.filter(({ name }) => (name?.value ?? '').trim() === '')).toEqual([]);
  });
});
