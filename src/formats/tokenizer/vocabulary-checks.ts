/** Limits and consistency of a vocabulary, whichever file it came from. */
import { error } from '../../base/errors.ts';

/** Several times what the largest vocabulary known needs: past them a file is broken or hostile. */
export const limits = {
  tokens: 1_000_000,
  merges: 2_000_000,
  tokenChars: 4096,
  addedTokens: 20_000,
  patternChars: 4096,
};

type Vocab = Readonly<Record<string, number>>;

/** Merges as pairs; both parts and their join must be tokens, or encoding would lose text. */
export function checkMerges(
  merges: readonly unknown[],
  vocab: Vocab,
  file: string,
  field: string,
): [string, string][] {
  return merges.map((merge, i) => {
    const pair = typeof merge === 'string' ? splitMerge(merge) : merge;
    if (!isPair(pair)) {
      const expected = 'two tokens with a space between them';
      throw error('file_damaged', { file, field: `${field}[${i}]`, found: show(merge), expected });
    }
    for (const token of [pair[0], pair[1], pair[0] + pair[1]]) {
      if (vocab[token] !== undefined) continue;
      const expected = 'tokens of the vocabulary';
      throw error('file_damaged', { file, field: `${field}[${i}]`, found: show(token), expected });
    }
    return pair;
  });
}

/** At the first space after the first character: byte-level tokens hold none, others may begin with one. */
function splitMerge(merge: string): [string, string] | undefined {
  const space = merge.indexOf(' ', 1);
  return space < 0 ? undefined : [merge.slice(0, space), merge.slice(space + 1)];
}

function isPair(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => typeof part === 'string' && part.length > 0)
  );
}

/** A value for a message; never a whole object, which a hostile file may have made endless. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
