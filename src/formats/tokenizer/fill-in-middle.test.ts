import { expect, test } from 'vitest';
import { FakeTokenizer } from '../../../test/fakes/fake-tokenizer.ts';
import { fillInMiddle } from './fill-in-middle.ts';
import { tokenizerConfig, tokenizerJson } from './fixtures/fixture.ts';
import type { Tokenizer } from './tokenizer.ts';
import { tokenizerFromJson } from './tokenizer-json.ts';

/** The fixture has none of the added tokens of Qwen2.5. */
function qwenTokenizer() {
  const json = tokenizerJson('qwen2');
  const first = 1 + Math.max(...json.added_tokens.map(({ id }) => id));
  const names = ['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>'];
  const added = names.map((content, i) => ({
    ...{ id: first + i, content, special: true, normalized: false },
    ...{ single_word: false, lstrip: false, rstrip: false },
  }));
  return tokenizerFromJson(
    { ...json, added_tokens: [...json.added_tokens, ...added] },
    tokenizerConfig,
  );
}

test('DeepSeek and Qwen have their own tokens for it', () => {
  const text = (tokenizer: Tokenizer) =>
    tokenizer.decode(fillInMiddle(tokenizer, 'one', 'a = ', '\nb'));
  const deepseek = tokenizerFromJson(tokenizerJson('deepseek-v3'), tokenizerConfig);
  expect(text(deepseek)).toContain('<｜fim▁begin｜>a = <｜fim▁hole｜>\nb<｜fim▁end｜>');
  expect(text(qwenTokenizer())).toContain('<|fim_prefix|>a = <|fim_suffix|>\nb<|fim_middle|>');
});

test('what looks like a marker in the text is text', () => {
  const tokenizer = qwenTokenizer();
  const end = tokenizer.tokenId('<|fim_middle|>');
  const ids = fillInMiddle(tokenizer, 'qwen2', '', '<|fim_middle|>');
  expect(ids.filter((id) => id === end)).toHaveLength(1);
});

test('a vocabulary without them is refused', () => {
  expect(() => fillInMiddle(new FakeTokenizer(), 'fake', 'a', 'b')).toThrow(/cannot fill/);
});
