/**
 * Text in which none of some words occurs, as states: how much of a word the text ends with
 * (Aho and Corasick, 1975). The step that would complete a word is not there.
 */
import { charactersOf, normalRanges, otherRanges } from '../../formats/grammar/code-points.ts';
import type { CodePointRange } from '../../formats/grammar/grammar.ts';

export interface FreeTextEdge {
  readonly ranges: readonly CodePointRange[];
  readonly to: number;
}

/** Edges of each state; the first state is the start, and text may end in any. */
export function freeTextStates(words: readonly string[]): readonly (readonly FreeTextEdge[])[] {
  const targets = words.map((word) => [...word]);
  // A state is a proper prefix of some word.
  const prefixes = new Map<string, number>([['', 0]]);
  for (const word of targets) {
    for (let n = 1; n < word.length; n++) {
      const prefix = word.slice(0, n).join('');
      if (!prefixes.has(prefix)) prefixes.set(prefix, prefixes.size);
    }
  }
  const alphabet = [...new Set(targets.flat())];
  const other = otherRanges(normalRanges(charactersOf(alphabet.join(''))));
  return [...prefixes.keys()].map((prefix) => {
    const edges: FreeTextEdge[] = [{ ranges: other, to: 0 }];
    for (const char of alphabet) {
      const text = prefix + char;
      if (words.some((word) => text.endsWith(word))) continue;
      edges.push({ ranges: charactersOf(char), to: longestSuffix(text, prefixes) });
    }
    return edges;
  });
}

function longestSuffix(text: string, prefixes: ReadonlyMap<string, number>): number {
  const chars = [...text];
  for (let from = 0; from < chars.length; from++) {
    const state = prefixes.get(chars.slice(from).join(''));
    if (state !== undefined) return state;
  }
  return 0;
}
