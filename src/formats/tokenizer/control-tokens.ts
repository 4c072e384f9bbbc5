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
 * <｜User｜> is not marked special in DeepSeek's tokenizer.json, <|im_end|> is; neither is text for a
 * reader. <think> is: it is split off by the reasoning parser.
 */
export function looksLikeControl(text: string): boolean {
  return /^<[|｜].*[|｜]>$/u.test(text);
}
