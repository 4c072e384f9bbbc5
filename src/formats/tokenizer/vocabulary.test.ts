import { expect, test } from 'vitest';
import { PackedTexts } from '../packed-texts.ts';
import { Vocabulary } from './vocabulary.ts';

test('20,000 texts, some the beginnings of others, have the ids they were given', () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => 'ab€𝄞'.repeat(i % 5) + i.toString(36));
  const vocabulary = new Vocabulary(PackedTexts.of(texts));
  for (const id of texts.keys()) if (id % 7 !== 3) expect(vocabulary.add(id)).toBe(true);
  for (const [id, text] of texts.entries()) {
    const isKnown = id % 7 !== 3;
    expect(vocabulary.id(text)).toBe(isKnown ? id : undefined);
    expect(vocabulary.text(id)).toBe(isKnown ? text : undefined);
    expect(vocabulary.has(id)).toBe(isKnown);
  }
  expect(vocabulary.id('')).toBeUndefined();
  expect(vocabulary.has(-1) || vocabulary.has(0.5) || vocabulary.has(1e9)).toBe(false);
});

test('a text that has an id gets no second one; the highest id sets the size', () => {
  const vocabulary = new Vocabulary(PackedTexts.of(['x', '', 'x', 'y', 'z']));
  expect(vocabulary.size).toBe(0);
  expect([0, 1, 2, 3].map((id) => vocabulary.add(id))).toEqual([true, true, false, true]);
  expect(vocabulary.id('x')).toBe(0);
  expect(vocabulary.id('')).toBe(1);
  expect(vocabulary.size).toBe(4);
});
