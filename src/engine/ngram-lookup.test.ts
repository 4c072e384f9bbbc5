import { expect, test } from 'vitest';
import { mulberry32 } from '../base/mulberry32.ts';
import { NgramLookup } from './ngram-lookup.ts';

/** A lookup that saw the tokens one by one, as a reply. */
function read(tokens: readonly number[], lookup = new NgramLookup()): NgramLookup {
  for (let end = 1; end <= tokens.length; end++) {
    lookup.update(Int32Array.from(tokens.slice(0, end)), 0);
  }
  return lookup;
}
const draft = (lookup: NgramLookup, tokens: readonly number[], count: number) =>
  lookup.draft(Int32Array.from(tokens), count);

/** Drafted and right tokens if each token of a text is drafted where the lookup believes in it. */
function believed(tokens: readonly number[]): { drafted: number; right: number } {
  const lookup = new NgramLookup();
  const all = Int32Array.from(tokens);
  let [drafted, right] = [0, 0];
  for (let end = 1; end < tokens.length; end++) {
    lookup.update(all.subarray(0, end), 0);
    if (lookup.chance === 0) continue;
    drafted++;
    if (lookup.draft(all.subarray(0, end), 1)[0] === tokens[end]) right++;
  }
  return { drafted, right };
}

test('drafts what followed the same tokens before: the longest match, of those the last', () => {
  const last = [1, 2, 3, 4, 70, 1, 2, 3, 4, 71, 9, 1, 2, 3, 4];
  expect(draft(read(last), last, 3)).toEqual([71, 9, 1]);
  const longest = [1, 2, 3, 4, 70, 8, 3, 4, 71, 9, 1, 2, 3, 4];
  expect(draft(read(longest), longest, 1)).toEqual([70]);
});

test('a match that reaches the end goes on with its own drafts', () => {
  const tokens = [5, 1, 2, 3, 1, 2, 3, 1, 2];
  expect(draft(read(tokens), tokens, 7)).toEqual([3, 1, 2, 3, 1, 2, 3]);
});

test('matches are those of a plain search, but for the few that others took the place of', () => {
  const random = mulberry32(1);
  const tokens = Array.from({ length: 1500 }, () => Math.floor(random() * 12));
  const all = Int32Array.from(tokens);
  const lookup = new NgramLookup();
  let [same, total] = [0, 0];
  for (let end = 5; end < tokens.length; end++) {
    lookup.update(all.subarray(0, end), end);
    const place = search(tokens, end);
    if (place === undefined) continue;
    total++;
    if (lookup.draft(all.subarray(0, end), 1)[0] === tokens[place]) same++;
  }
  expect(total).toBeGreaterThan(1000);
  expect(same / total).toBeGreaterThan(0.8);
});

/** The place after the last earlier occurrence of the longest of the last 4, 3 or 2 tokens. */
function search(tokens: readonly number[], end: number): number | undefined {
  for (const size of [4, 3, 2]) {
    for (let other = end - 1; other >= size; other--) {
      let same = 0;
      while (same < size && tokens[other - 1 - same] === tokens[end - 1 - same]) same++;
      if (same === size) return other;
    }
  }
  return undefined;
}

test('taken in one by one or all at once, the tokens give the same drafts', () => {
  const random = mulberry32(2);
  const tokens = Array.from({ length: 2000 }, () => Math.floor(random() * 8));
  const atOnce = new NgramLookup();
  atOnce.update(Int32Array.from(tokens), 0);
  expect(draft(atOnce, tokens, 7)).toEqual(draft(read(tokens), tokens, 7));
  expect(atOnce.chance).toBe(read(tokens).chance);
});

test('a repetition is believed after three hits, then more with each; two misses end that', () => {
  const passage = Array.from({ length: 30 }, (_, i) => 100 + i);
  const text = [...passage, ...passage, 7, 8, 9, 100, 101];
  const lookup = new NgramLookup();
  const chances = text.map((_, end) => {
    lookup.update(Int32Array.from(text.slice(0, end + 1)), 0);
    return lookup.chance;
  });
  const again = chances.slice(passage.length, 2 * passage.length);
  const first = again.findIndex((chance) => chance > 0);
  // Two tokens to match and three hits; one more where a short n-gram's place was taken by another.
  expect(first).toBeLessThanOrEqual(5);
  expect(again.slice(first).every((chance, i, all) => i === 0 || chance > all[i - 1])).toBe(true);
  expect(again.at(-1)).toBeGreaterThan(0.95);
  expect(chances.at(-1)).toBe(0);
});

test('a long run is believed at once after many misses, and no longer than it lasts', () => {
  const random = mulberry32(4);
  const noise = Array.from({ length: 400 }, () => Math.floor(random() * 12));
  const passage = Array.from({ length: 20 }, (_, i) => 100 + i);
  const lookup = new NgramLookup();
  const text = [...noise, ...passage, ...passage, 1, 2];
  const chances = text.map((_, end) => {
    lookup.update(Int32Array.from(text.slice(0, end + 1)), 0);
    return lookup.chance;
  });
  const again = chances.slice(noise.length + passage.length);
  expect(again[0]).toBe(0);
  // Two tokens to match, three hits: 4 of 5, then more.
  expect(again.slice(3, 7)).toEqual([0, 4 / 5, 5 / 6, 6 / 7]);
  expect(again[20]).toBe(0);
});

test.each([4, 16, 300])('random text of %i different tokens is hardly ever drafted', (kinds) => {
  const random = mulberry32(3);
  const tokens = Array.from({ length: 4000 }, () => Math.floor(random() * kinds));
  expect(believed(tokens).drafted).toBeLessThan(0.02 * tokens.length);
});

test('a prompt is looked back to, but its own repetitions are no evidence', () => {
  const prompt = Array.from({ length: 60 }, (_, i) => i % 6);
  const lookup = new NgramLookup();
  lookup.update(Int32Array.from(prompt), prompt.length);
  expect(lookup.chance).toBe(0);
  expect(draft(lookup, prompt, 2)).toEqual([0, 1]);
});
