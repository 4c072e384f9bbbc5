/**
 * Fill-in-the-middle prompts: the text before a gap and the text behind it, between tokens that
 * the model was trained with. Which tokens those are is told by the vocabulary; what the texts
 * bring stays plain text.
 */
import { error } from '../../base/errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Before the first text, between the two, behind the second. */
const markers = [
  ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>'], // DeepSeek-Coder, V2 and later
  ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'], // Qwen2.5 and later, StarCoder
] as const;

export function fillInMiddle(
  tokenizer: Tokenizer,
  modelName: string,
  before: string,
  after: string,
): number[] {
  const marks = marksOf(tokenizer);
  if (marks === undefined) throw error('fim_unsupported', { name: modelName });
  const [begin, hole, end] = marks;
  const bos = tokenizer.addBos ? tokenizer.bosTokenId : undefined;
  const plain = (text: string) => tokenizer.encode(text, { special: false });
  const ids = [begin, ...plain(before), hole, ...plain(after), end];
  return bos === undefined ? ids : [bos, ...ids];
}

/** Its vocabulary has the tokens for it. */
export function canFillInMiddle(tokenizer: Tokenizer): boolean {
  return marksOf(tokenizer) !== undefined;
}

function marksOf(tokenizer: Tokenizer): readonly [number, number, number] | undefined {
  for (const texts of markers) {
    const [begin, hole, end] = texts.map((text) => tokenizer.tokenId(text));
    if (begin !== undefined && hole !== undefined && end !== undefined) return [begin, hole, end];
  }
  return undefined;
}
