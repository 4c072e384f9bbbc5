/** What make-fixtures.py wrote down of transformers' answers, and how far ours are from it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const fixtures = [
  ...(['llama', 'qwen2', 'qwen3', 'qwen3-yarn'] as const),
  ...(['deepseek-v2-lite', 'deepseek-v2', 'deepseek-v3', 'deepseek-v3-fp8'] as const),
];

/** max |a - b| / max |b| over the vocabulary, in the worst of a prompt's positions. */
export const tolerance = 1e-4;

export interface Logits {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
  /** base64 of f32, one per position. */
  readonly logits: readonly string[];
}

export interface Truth {
  readonly prompts: readonly (Logits & { readonly greedy: readonly number[] })[];
  /** The multi-token-prediction module: nextTokens[i] is the token that followed tokens[i]. */
  readonly mtp?: readonly (Logits & { readonly nextTokens: readonly number[] })[];
}

export const folderOf = (name: string) => path.join(import.meta.dirname, name);

export function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(path.join(folderOf(name), 'truth.json'), 'utf8'));
}

/** `found`: logits after each of the prompt's tokens, and perhaps of more. */
export function worstError(found: readonly Float32Array[], { tokens, positions, logits }: Logits) {
  if (found.length < tokens.length) throw new Error(`${found.length} rows of ${tokens.length}`);
  return Math.max(...positions.map((p, i) => relativeError(found[p]!, f32(logits[i]!))));
}

/** max |a - b| / max |b|; NaN counts as worst. */
export function relativeError(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) throw new Error(`${found.length} logits`);
  const norm = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let worst = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference;
  }
  return worst / norm;
}

function f32(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}
