/** Limits of a vocabulary, whichever file it came from, and how a message shows what was found. */

/** Several times what the largest vocabulary known needs: past them a file is broken or hostile. */
export const limits = {
  tokens: 1_000_000,
  merges: 2_000_000,
  tokenChars: 4096,
  addedTokens: 20_000,
  patternChars: 4096,
};

/** A value for a message; never a whole object, which a hostile file may have made endless. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value !== null && typeof value === 'object') return 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
