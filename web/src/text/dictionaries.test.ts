import { describe, expect, test } from 'vitest';
import { planWords } from '../plan/text/plan-words.ts';
import { dictionaries } from './dictionaries.ts';

const pages = [
  ['chat', dictionaries],
  ['plan', planWords],
] as const;

/** Names and signs that are the same everywhere. */
const same = new Set([
  ...['settings.topP', 'table.ttft', 'table.tpot', 'field.tokens', 'answer.best'],
]);

/** Every sentence of a dictionary by its path; functions are called with numbers and words. */
function sentences(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value === 'function') {
    const args = Array.from({ length: value.length }, (_, i) => i + 2);
    return new Map([[path, String(value(...args))]]);
  }
  const entries = Object.entries(value as object);
  return new Map(
    entries.flatMap(([key, inner]) => [...sentences(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

describe.each(pages)('the %s page', (_, words) => {
  const english = sentences(words.en);

  test.each(['vi', 'zh'] as const)('%s has every sentence, in its own words', (language) => {
    const own = sentences(words[language]);
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort());
    const untranslated = [...own].filter(([path, text]) => {
      const isSame = text === english.get(path) && /[a-z]{3}/i.test(text) && !same.has(path);
      return (text.trim() === '' && english.get(path) !== '') || isSame;
    });
    expect(untranslated).toEqual([]);
  });

  test('Vietnamese is written with its marks, Chinese with its characters', () => {
    const letters = (language: 'vi' | 'zh') => [...sentences(words[language]).values()].join();
    expect(letters('vi').match(/[À-ỹ]/g)?.length).toBeGreaterThan(300);
    expect(letters('zh').match(/\p{Script=Han}/gu)?.length).toBeGreaterThan(300);
    // Composed letters: what a search types must equal what is shown.
    expect(letters('vi').normalize('NFC')).toBe(letters('vi'));
  });

  test('numbers in sentences come out in them', () => {
    for (const [path, text] of english) {
      const wanted = text.match(/\d/g) ?? [];
      for (const language of ['vi', 'zh'] as const) {
        if (path.startsWith('empty.questions')) continue;
        const found = sentences(words[language]).get(path)?.match(/\d/g) ?? [];
        expect([...found].sort(), `${language} ${path}`).toEqual([...wanted].sort());
      }
    }
  });
});
