import { expect, test } from 'vitest';
import { special } from '../../../test/fakes/fake-tokenizer.ts';
import {
  compileForBytes,
  isText,
  tokensOf,
  writeText,
} from '../../../test/fakes/grammar-writer.ts';
import { VocabularyTokenizer } from '../../../test/fakes/vocabulary-tokenizer.ts';
import {
  characters,
  charactersBut,
  choice,
  freeText,
  type Grammar,
  literal,
  never,
  optional,
  repeat,
  rule,
  sequence,
  tag,
} from '../../formats/grammar/grammar.ts';
import { anyJson } from '../../formats/grammar/json-text.ts';
import { triggered } from '../../formats/grammar/triggered.ts';
import { grammarConstraint } from '../constraint.ts';
import { CompiledGrammar } from './compiled-grammar.ts';
import { GrammarMatcher } from './grammar-matcher.ts';
import { TokenTrie } from './token-trie.ts';

const of = (root: Grammar, rules: [string, Grammar][] = []) =>
  compileForBytes({ root, rules: new Map(rules) });

test.each<[string, Grammar, string[], string[]]>([
  ['literal', literal('aé'), ['aé'], ['a', '', 'aéa', 'ae']],
  ['class', characters([0x61, 0x63], [0x4e00, 0x9fff]), ['a', '漢'], ['d', '', 'ab', 'é']],
  ['negated class', charactersBut([0x61, 0x63]), ['d', '😀', '\n', '\u07ff', '\uffff'], ['b', '']],
  ['choice', choice(literal('ab'), literal('ac')), ['ab', 'ac'], ['a', 'abc']],
  ['nothing', choice(never, literal('x')), ['x'], ['']],
  ['optional', sequence(optional(literal('-')), literal('1')), ['-1', '1'], ['-', '--1']],
  ['repeat', repeat(literal('ab'), 2, 3), ['abab', 'ababab'], ['ab', 'abababab', 'aba']],
  ['repeat of maybe nothing', repeat(optional(literal('a')), 2, 3), ['', 'a', 'aaa'], ['aaaa']],
  ['repeat of a repeat', repeat(repeat(literal('a'), 0), 0), ['', 'aaaa'], ['b']],
])('%s', (_name, grammar, texts, others) => {
  const compiled = of(grammar);
  for (const text of texts) expect([text, isText(compiled, text)]).toEqual([text, true]);
  for (const text of others) expect([text, isText(compiled, text)]).toEqual([text, false]);
});

test('every character has its bytes, and bytes that are no character are nothing', () => {
  const any = of(characters([0, 0x10ffff]));
  for (const point of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
    expect(isText(any, String.fromCodePoint(point))).toBe(true);
  }
  const broken = [[0x80], [0xc0], [0xe0, 0x80], [0xed, 0xa0], [0xf4, 0x90], [0xff]];
  for (const bytes of broken) {
    const matcher = new GrammarMatcher(any, false);
    const isAllowed = bytes.map((byte) => {
      const is = tokensOf(matcher.mask()).includes(byte);
      matcher.accept(byte);
      return is;
    });
    expect([bytes, isAllowed]).toEqual([bytes, bytes.map((_, i) => i < bytes.length - 1)]);
  }
});

test('recursion, to a depth that can always be left again', () => {
  const nested = of(rule('list'), [
    ['list', sequence(literal('['), optional(rule('list')), literal(']'))],
  ]);
  expect(isText(nested, '[[[]]]')).toBe(true);
  expect(isText(nested, '[[[]]')).toBe(false);
  const matcher = new GrammarMatcher(nested, false);
  let depth = 0;
  while (tokensOf(matcher.mask()).includes(0x5b)) {
    matcher.accept(0x5b);
    depth++;
  }
  expect(depth).toBeGreaterThan(300);
  for (let i = 0; i < depth; i++) {
    expect(tokensOf(matcher.mask())).toEqual([0x5d]);
    matcher.accept(0x5d);
  }
  expect(tokensOf(matcher.mask())).toEqual([special.end]);
});

test('a rule that begins with itself is our mistake', () => {
  const begin = (...items: Grammar[]) =>
    of(rule('a'), [['a', choice(sequence(...items), literal('x'))]]);
  expect(() => begin(rule('a'), literal('y'))).toThrow('begins with itself');
  expect(() => begin(optional(literal('z')), rule('a'))).toThrow('begins with itself');
  expect(() => begin(literal('z'), rule('a'))).not.toThrow();
});

test('the end is allowed exactly where the text is whole, and nothing follows it', () => {
  const matcher = new GrammarMatcher(of(repeat(literal('ab'), 1)), false);
  const allowed = () => tokensOf(matcher.mask());
  expect(allowed()).toEqual([0x61]);
  matcher.accept(0x61);
  expect(allowed()).toEqual([0x62]);
  matcher.accept(0x62);
  expect(allowed()).toEqual([0x61, special.end]);
  matcher.accept(special.end);
  expect(allowed()).toEqual([special.end]);
});

test('a forced token that does not fit changes nothing', () => {
  const matcher = new GrammarMatcher(of(literal('ab')), false);
  matcher.accept(0x61);
  matcher.accept(0x7a);
  expect(tokensOf(matcher.mask())).toEqual([0x62]);
});

test('thinking is free and cannot end the reply; behind its end the grammar holds', () => {
  const constraint = grammarConstraint(of(literal('{}')), { startsInReasoning: true });
  const allowed = () => tokensOf(constraint.mask() as Uint32Array);
  const all = allowed();
  expect(all).toContain(0x7b);
  expect(all).toContain(special.thinkEnd);
  expect(all).not.toContain(special.end);
  expect(all).not.toContain(special.think);
  for (const byte of Buffer.from('hm {"é": </think> in letters')) constraint.accept(byte);
  expect(allowed()).toContain(special.thinkEnd);
  constraint.accept(special.thinkEnd);
  expect(allowed()).toEqual([0x0a, 0x7b]);
  for (const byte of Buffer.from('\n\n{')) constraint.accept(byte);
  expect(allowed()).toEqual([0x7d]);
});

test('without thinking the grammar holds at once', () => {
  const constraint = grammarConstraint(of(literal('{}')), { startsInReasoning: false });
  expect(tokensOf(constraint.mask() as Uint32Array)).toEqual([0x7b]);
});

test('tags that are no tokens are found by their letters, inside tokens too', () => {
  const texts = [...'</think>{}x \n'].concat(['</', 'k>{', 'k>x', 'k>\n{', 'end']);
  const tokenizer = new VocabularyTokenizer({ texts, ends: [texts.length - 1] });
  const grammar = new CompiledGrammar(
    { root: literal('{}'), rules: new Map() },
    new TokenTrie(tokenizer),
  );
  const constraint = grammarConstraint(grammar, { startsInReasoning: true });
  const write = (text: string) => {
    constraint.accept(texts.indexOf(text));
    return tokensOf(constraint.mask() as Uint32Array).map((token) => texts[token]);
  };
  for (const text of ['x', '</', 't', '</', 't', 'h', 'i']) write(text);
  // Next to last letter: a token that ends the thinking must go on as the grammar does.
  const allowed = write('n');
  expect(allowed).toContain('k>{');
  expect(allowed).toContain('k>\n{');
  expect(allowed).not.toContain('k>x');
  expect(write('k>\n{')).toEqual(['}']);
});

test.each([false, true])('a tag switches a grammar on; required: %s', (isRequired) => {
  const calls = triggered(
    [
      { tag: '<call>', grammar: sequence(literal('a'), literal('</call>')) },
      { tag: '<think>', grammar: literal('b') },
    ],
    new Map(),
    { after: 'again', isRequired },
  );
  const grammar = compileForBytes(calls);
  expect(isText(grammar, 'some text, <calling')).toBe(!isRequired);
  expect(isText(grammar, '<call>a</call>')).toBe(true);
  expect(isText(grammar, 'x <<call>a</call> y <call>a</call>')).toBe(!isRequired);
  expect(isText(grammar, '<call>x')).toBe(false);
  expect(isText(grammar, '<call>a</call')).toBe(false);
  const matcher = new GrammarMatcher(grammar, false);
  matcher.accept(special.think);
  expect(tokensOf(matcher.mask())).toEqual([0x62]);
});

test('behind the last call the reply ends', () => {
  const call = { tag: '<call>', grammar: literal('a') };
  const grammar = compileForBytes(
    triggered([call], new Map(), { after: 'end', isRequired: false }),
  );
  expect(isText(grammar, 'x<call>a')).toBe(true);
  expect(isText(grammar, 'x<call>ax')).toBe(false);
});

test('free text stops at the first of several words that share letters', () => {
  const grammar = of(sequence(freeText('aab', 'ba'), choice(tag('aab'), tag('ba'))));
  for (const text of ['aab', 'aaab', 'xba', 'aaxaab', 'bba']) {
    expect([text, isText(grammar, text)]).toEqual([text, true]);
  }
  for (const text of ['aa', 'aabaab', 'baba', 'bab']) {
    expect([text, isText(grammar, text)]).toEqual([text, false]);
  }
});

test('goes on when its automaton is full and replaced', () => {
  const grammar = of(sequence(repeat(characters([0x61, 0x7a]), 20_000, 20_000), literal('!')));
  const first = grammar.current;
  const matcher = new GrammarMatcher(grammar, false);
  for (let i = 0; i < 20_000; i++) matcher.accept(0x61 + (i % 26));
  expect(grammar.current).not.toBe(first);
  expect(tokensOf(matcher.mask())).toEqual([0x21]);
});

test('any JSON object, and only whole ones', () => {
  const grammar = compileForBytes(anyJson);
  for (let seed = 0; seed < 100; seed++) {
    const text = writeText(grammar, seed);
    if (text !== undefined) expect(typeof JSON.parse(text)).toBe('object');
  }
  for (const text of [
    '{"a": [1, -2.5e+3, {"b": null}], "c": "\\u00e9\\n"}',
    '{ }',
    '{\n  "a": true\n}',
  ]) {
    expect([text, isText(grammar, text)]).toEqual([text, true]);
  }
  const wrong = ['[]', '{"a":01}', '{"a":1,}', '{a:1}', '{"a":"\n"}', `{${' '.repeat(40)}}`, '{}}'];
  for (const text of wrong) expect([text, isText(grammar, text)]).toEqual([text, false]);
});

test('refuses what is nested too deep or repeated too often', () => {
  let deep: Grammar = literal('a');
  for (let i = 0; i < 2000; i++) deep = optional(deep);
  expect(() => of(deep)).toThrow(expect.objectContaining({ code: 'grammar_too_complex' }));
  const letters = repeat(literal('a'), 0, 900);
  const ambiguous = of(repeat(repeat(letters, 0, 900), 0, 900));
  expect(() => new GrammarMatcher(ambiguous, false)).toThrow(
    expect.objectContaining({ code: 'grammar_too_complex' }),
  );
  const often = repeat(literal('a'), 0, 1_000_000);
  expect(() => of(often)).toThrow(expect.objectContaining({ code: 'grammar_too_complex' }));
});
