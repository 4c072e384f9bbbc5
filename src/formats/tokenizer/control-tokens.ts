/** What a token's text says about it where files disagree or are silent. */

/**
 * Tokens that end a reply in the vocabularies of the family: a distill's vocabulary still has its
 * parent's end tokens, and ending there is better than running on.
 */
export const endOfReplyTexts: ReadonlySet<string> = new Set([
  '<｜end▁of▁sentence｜>',
  '<|EOT|>',
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end_of_text|>',
]);

/**
 * Whether a token is never part of a reply's text. <｜User｜> is not marked special in DeepSeek's
 * tokenizer.json though it is as little text as <|im_end|>. The tags of reasoning are text even
 * where a file marks them: the reasoning parser splits them off.
 */
export function isControlToken(text: string, isMarked: boolean): boolean {
  if (text === '<think>' || text === '</think>') return false;
  return isMarked || /^<[|｜].*[|｜]>$/u.test(text);
}
