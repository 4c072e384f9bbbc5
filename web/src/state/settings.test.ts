import { expect, test } from 'vitest';
import { parseNumber, ranges, requestOptions, SettingsStore, type Shelf } from './settings.ts';

function shelf(values: Record<string, string> = {}): Shelf & { values: Record<string, string> } {
  return {
    values,
    getItem: (key) => values[key] ?? null,
    setItem(key, value) {
      values[key] = value;
    },
    removeItem(key) {
      delete values[key];
    },
  };
}

const forbidden = (): Shelf => {
  throw new DOMException('no', 'SecurityError');
};

test('what was chosen is found again, the key only in the session', () => {
  const [kept, session] = [shelf(), shelf()];
  const store = () =>
    new SettingsStore(
      () => kept,
      () => session,
      ['vi-VN', 'en'],
    );
  store().merge({ language: 'zh', temperature: 0.3, apiKey: 'sk-secret', thinking: 'off' });
  expect(store().get()).toMatchObject({ language: 'zh', temperature: 0.3, apiKey: 'sk-secret' });
  expect(JSON.stringify(kept.values)).not.toContain('sk-secret');
  session.values = {};
  expect(
    new SettingsStore(
      () => kept,
      () => shelf(),
      [],
    ).get().apiKey,
  ).toBe('');
});

test('the language is the first of the reader’s that the page speaks', () => {
  const languageFor = (...wanted: string[]) =>
    new SettingsStore(
      () => shelf(),
      () => shelf(),
      wanted,
    ).get().language;
  expect(languageFor('fr-FR', 'zh-TW', 'en')).toBe('zh');
  expect(languageFor('VI')).toBe('vi');
  expect(languageFor('fr')).toBe('en');
});

test('a browser that forbids storage, and storage that holds nonsense', () => {
  const store = new SettingsStore(forbidden, forbidden, ['vi']);
  store.merge({ theme: 'dark' });
  expect(store.get()).toMatchObject({ language: 'vi', theme: 'dark' });
  const nonsense = [
    '{',
    'null',
    '[]',
    '{"language":"klingon","temperature":"hot","topP":7,"maxTokens":1.5,"theme":3}',
  ];
  for (const text of nonsense) {
    const found = new SettingsStore(() => shelf({ 'sampan.settings': text }), shelf, ['en']).get();
    expect(found).toMatchObject({ language: 'en', theme: 'system', thinking: 'auto' });
    expect([found.temperature, found.topP, found.maxTokens]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  }
});

test('numbers as people type them', () => {
  expect(parseNumber('', ranges.temperature)).toBeUndefined();
  expect(parseNumber(' 0,7 ', ranges.temperature)).toBe(0.7);
  expect(parseNumber('0', ranges.temperature)).toBe(0);
  for (const wrong of ['2.1', '-1', 'warm', '1e999']) {
    expect(parseNumber(wrong, ranges.temperature)).toBe('wrong');
  }
  expect(parseNumber('12.5', ranges.maxTokens)).toBe('wrong');
});

test('a request asks for what was chosen, and for nothing else', () => {
  const settings = new SettingsStore(shelf, shelf, []).get();
  expect(requestOptions(settings)).toEqual({});
  const set = { temperature: 0, topP: 0.9, maxTokens: 100 };
  expect(requestOptions({ ...settings, ...set })).toEqual({
    temperature: 0,
    top_p: 0.9,
    max_tokens: 100,
  });
  const thinking = (mode: typeof settings.thinking) =>
    requestOptions({ ...settings, thinking: mode, thinkingBudget: 64 });
  expect(thinking('off')).toEqual({ thinking: { type: 'disabled' } });
  expect(thinking('high')).toEqual({ reasoning_effort: 'high' });
  expect(thinking('budget')).toEqual({ thinking: { type: 'enabled', budget_tokens: 64 } });
});
