/** Damaged and hostile files: one error that names the field, from both formats. */

import { describe, expect, test } from 'vitest';
import { SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import {
  ggufMetadata,
  type TokenizerJson,
  tokenizerConfig,
  tokenizerJson,
} from './fixtures/fixture.ts';
import { tokenizerFromGguf } from './tokenizer-gguf.ts';
import { tokenizerFromJson } from './tokenizer-json.ts';

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SampanError) return `${thrown.code} ${thrown.message}`;
    throw thrown;
  }
  return 'nothing thrown';
}

describe('tokenizer.json', () => {
  type Damage = (json: TokenizerJson & Record<string, never>) => unknown;
  const split = (pattern: unknown, behavior = 'Isolated') => ({
    type: 'Sequence',
    pretokenizers: [{ type: 'Split', pattern, behavior }, { type: 'ByteLevel' }],
  });
  const cases: [string, Damage, RegExp][] = [
    [
      'no model',
      (j) => delete (j as Partial<TokenizerJson>).model,
      /^file_damaged tokenizer.json: model:/,
    ],
    [
      'another model',
      (j) => Object.assign(j.model, { type: 'Unigram' }),
      /^tokenizer_unknown .*model.type.*Unigram/,
    ],
    [
      'byte fallback',
      (j) => Object.assign(j.model, { byte_fallback: true }),
      /^tokenizer_unknown .*byte_fallback/,
    ],
    [
      'a vocabulary that is a list',
      (j) => Object.assign(j.model, { vocab: [] }),
      /model.vocab: found an array/,
    ],
    [
      'an id that is no number',
      (j) => Object.assign(j.model.vocab, { x: '1' }),
      /model.vocab\["x"\].*"1"/,
    ],
    ['a huge id', (j) => Object.assign(j.model.vocab, { xyz: 1e9 }), /xyz.*1000000000/],
    ['an id twice', (j) => Object.assign(j.model.vocab, { xyz: 5 }), /id 5 again/],
    [
      'a huge token',
      (j) => Object.assign(j.model.vocab, { ['x'.repeat(9999)]: 9999 }),
      /9999 characters/,
    ],
    [
      'a merge of three',
      (j) => j.model.merges.push(['a', 'b', 'c'] as never),
      /model.merges\[\d+\]: found an array/,
    ],
    ['a merge of one', (j) => j.model.merges.push('ab'), /model.merges\[\d+\].*"ab"/],
    [
      'a merge of unknown tokens',
      (j) => j.model.merges.push(['zq', 'qz']),
      /model.merges\[\d+\].*"zq"/,
    ],
    [
      'a merge of names every object has',
      (j) => j.model.merges.push(['constructor', 'toString']),
      /constructor/,
    ],
    [
      'an added token without text',
      (j) => j.added_tokens.push({ id: 1 } as never),
      /added_tokens\[\d+\].content/,
    ],
    [
      'an added token with a negative id',
      (j) => j.added_tokens.push({ id: -1, content: 'x', special: true }),
      /-1/,
    ],
    [
      'another normaliser',
      (j) => Object.assign(j, { normalizer: { type: 'Lowercase' } }),
      /normalizer.type.*Lowercase/,
    ],
    [
      'no pre-tokenizer',
      (j) => Object.assign(j, { pre_tokenizer: null }),
      /pre_tokenizer: found null/,
    ],
    [
      'no bytes',
      (j) => Object.assign(j, { pre_tokenizer: split({ Regex: 'a' }).pretokenizers[0] }),
      /ByteLevel as the last/,
    ],
    [
      'another pre-tokenizer',
      (j) => Object.assign(j, { pre_tokenizer: { type: 'Metaspace' } }),
      /Metaspace/,
    ],
    [
      'another behaviour',
      (j) => Object.assign(j, { pre_tokenizer: split({ Regex: 'a' }, 'Removed') }),
      /"Removed"/,
    ],
    [
      'no pattern',
      (j) => Object.assign(j, { pre_tokenizer: split({}) }),
      /pretokenizers\[0\].pattern/,
    ],
    [
      'a runaway pattern',
      (j) => Object.assign(j, { pre_tokenizer: split({ Regex: '(a+)+$' }) }),
      /a repeat inside a repeat/,
    ],
    [
      'a broken pattern',
      (j) => Object.assign(j, { pre_tokenizer: split({ Regex: '[z-a]' }) }),
      /a valid pattern/,
    ],
    [
      'a huge pattern',
      (j) => Object.assign(j, { pre_tokenizer: split({ Regex: 'a'.repeat(5000) }) }),
      /5000 characters/,
    ],
  ];

  test.each(cases)('%s', (_, damage, message) => {
    const json = tokenizerJson('qwen2');
    damage(json as never);
    expect(messageOf(() => tokenizerFromJson(json, tokenizerConfig))).toMatch(message);
  });

  test('values that are no object at all', () => {
    for (const value of [null, undefined, 5, 'x', [], true]) {
      expect(messageOf(() => tokenizerFromJson(value, {}))).toMatch(/the whole file/);
    }
    expect(messageOf(() => tokenizerFromJson(tokenizerJson('qwen2'), 'x'))).toMatch(
      /tokenizer_config/,
    );
  });

  test('nesting without end', () => {
    let step: object = { type: 'ByteLevel' };
    for (let i = 0; i < 100_000; i++) step = { type: 'Sequence', pretokenizers: [step] };
    const json = { ...tokenizerJson('qwen2'), pre_tokenizer: step };
    expect(messageOf(() => tokenizerFromJson(json, {}))).toMatch(/Sequence in a Sequence/);
  });

  test('2,500 mutations of a good file: a tokenizer that works, or one of our errors', () => {
    const random = mulberry32(9);
    const below = (n: number) => Math.floor(random() * n);
    const values = [
      null,
      -1,
      1.5,
      1e300,
      '',
      'x',
      true,
      [],
      {},
      ['a'],
      { type: 'Sequence' },
      '(a+)+',
    ];
    const small = tokenizerJson('added-flags');
    small.model.merges = small.model.merges.slice(0, 20);
    small.model.vocab = Object.fromEntries(Object.entries(small.model.vocab).slice(0, 290));
    const text = JSON.stringify(small);
    const seen = new Map<string, number>();
    for (let i = 0; i < 2500; i++) {
      const json = JSON.parse(text);
      let at = json;
      let key = '';
      for (let depth = 1 + below(5); depth > 0; depth--) {
        const keys = Object.keys(at);
        if (keys.length === 0) break;
        key = keys[below(keys.length)];
        if (depth === 1 || at[key] === null || typeof at[key] !== 'object') break;
        at = at[key];
      }
      if (key !== '') at[key] = values[below(values.length)];
      const outcome = messageOf(() => {
        const tokenizer = tokenizerFromJson(json, tokenizerConfig);
        tokenizer.decode(tokenizer.encode('word <left> abc \u00e9 12', { special: true }));
      });
      const kind = outcome.split(' ')[0];
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['file_damaged', 'nothing', 'tokenizer_unknown']);
    expect(seen.get('nothing')).toBeGreaterThan(100);
    expect(seen.get('file_damaged')).toBeGreaterThan(100);
  });
});

describe('GGUF metadata', () => {
  const cases: [string, string, unknown, RegExp][] = [
    ['another model', 'model', 'llama', /^tokenizer_unknown .*tokenizer.ggml.model.*llama.*gpt2/],
    ['no model', 'model', undefined, /tokenizer.ggml.model: found nothing/],
    ['a model that is a number', 'model', 5, /tokenizer.ggml.model: found number/],
    [
      'an unknown kind',
      'pre',
      'tekken',
      /^tokenizer_unknown .*tekken.*deepseek-llm, deepseek-coder/,
    ],
    ['a kind every object has', 'pre', 'constructor', /^tokenizer_unknown/],
    ['no tokens', 'tokens', undefined, /tokenizer.ggml.tokens/],
    ['tokens that are numbers', 'tokens', [1, 2], /tokens\[0\]: found number/],
    ['tokens twice', 'tokens', ['a', 'b', 'a'], /token/],
    ['no merges', 'merges', undefined, /tokenizer.ggml.merges/],
    ['merges of unknown tokens', 'merges', ['zq qz'], /merges\[0\].*"zq"/],
    ['a merge without a space', 'merges', ['ab'], /merges\[0\].*"ab"/],
    ['too few types', 'token_type', [1, 1], /2 entries.*one per token/],
    ['types that are a text', 'token_type', 'x', /token_type.*string/],
    ['a BOS that is a text', 'bos_token_id', 'x', /bos_token_id.*string/],
    ['add_bos_token that is a number', 'add_bos_token', 1, /add_bos_token.*number/],
  ];

  test.each(cases)('%s', (_, key, value, message) => {
    const metadata = ggufMetadata('qwen2');
    if (value === undefined) metadata.delete(`tokenizer.ggml.${key}`);
    else metadata.set(`tokenizer.ggml.${key}`, value);
    expect(messageOf(() => tokenizerFromGguf(metadata, 'a.gguf'))).toMatch(message);
  });

  test('ids as bigint, and "none" written as 0xffffffff', () => {
    const metadata = ggufMetadata('qwen2');
    const bos = metadata.get('tokenizer.ggml.bos_token_id') as number;
    metadata.set('tokenizer.ggml.bos_token_id', BigInt(bos));
    metadata.set('tokenizer.ggml.eos_token_id', 0xffffffff);
    const tokenizer = tokenizerFromGguf(metadata);
    expect(tokenizer.bosTokenId).toBe(bos);
    expect(tokenizer.eosTokenIds.has(0xffffffff)).toBe(false);
    metadata.set('tokenizer.ggml.eot_token_id', 7n);
    expect(tokenizerFromGguf(metadata).eosTokenIds.has(7)).toBe(true);
  });
});
