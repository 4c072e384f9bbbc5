import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { randomText } from '../../../../test/fakes/random-text.ts';
import { mulberry32 } from '../../../base/mulberry32.ts';
import { grammarOfSchema } from '../../grammar/json-schema.ts';
import { anyJson } from '../../grammar/json-text.ts';
import { type CallGrammarOptions, callGrammar } from './call-grammar.ts';
import { deepseekR1Syntax } from './deepseek-r1-syntax.ts';
import { deepseekV31Syntax } from './deepseek-v31-syntax.ts';
import { dsmlSyntax } from './dsml-syntax.ts';
import { hermesSyntax } from './hermes-syntax.ts';
import { plainSyntax } from './plain-syntax.ts';
import type { Tool } from './tool.ts';
import { ToolCallParser } from './tool-call-parser.ts';
import type { ToolSyntax } from './tool-syntax.ts';

const syntaxes = [
  ...[deepseekR1Syntax, deepseekV31Syntax, hermesSyntax, plainSyntax],
  ...[dsmlSyntax('function_calls'), dsmlSyntax('tool_calls')],
];

const tools: Tool[] = [
  {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        code: { type: 'string', pattern: '^[A-Z]{3}$' },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit', 'a<b'] },
        kind: { enum: ['now', 1, null] },
        days: { type: 'integer', minimum: 1, maximum: 14 },
        where: { $ref: '#/$defs/point' },
        tags: { type: 'array', items: { type: 'string', maxLength: 3 }, maxItems: 2 },
      },
      required: ['city', 'days', 'where'],
      additionalProperties: false,
      $defs: {
        point: {
          type: 'object',
          properties: { x: { type: 'number' }, on: { type: 'boolean' } },
          required: ['x', 'on'],
          additionalProperties: false,
        },
      },
    },
  },
  { name: 'now', parameters: { type: 'object', properties: {}, additionalProperties: false } },
  { name: 'any' },
  {
    name: 'either',
    parameters: {
      type: 'object',
      properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, b: { const: 'x' } },
      required: ['b'],
    },
  },
];
const ajv = new Ajv2020({ strict: false });
const isValid = new Map(
  tools.map(({ name, parameters }) => [name, ajv.compile(parameters ?? { type: 'object' })]),
);

const base: CallGrammarOptions = {
  ...{ tools, isRequired: true, isParallel: true, mayThink: false },
  isToken: () => false,
  held: grammarOfSchema,
};

function parse(syntax: ToolSyntax, text: string, names = tools.map(({ name }) => name)) {
  const parser = new ToolCallParser(syntax, names);
  const pieces = [...parser.push(text), ...parser.flush()];
  const rest = pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
  return { rest, calls: parser.calls };
}

describe.each(syntaxes.map((s, i) => [`${s.name} ${i}`, s] as const))('%s', (_, syntax) => {
  test('whatever the grammar allows is calls, whole and valid', () => {
    const random = mulberry32(3);
    const document = callGrammar(syntax, base);
    const seen = new Set<string>();
    let most = 0;
    for (let n = 0; n < 150; n++) {
      const text = randomText(document, random);
      const { rest, calls } = parse(syntax, text);
      expect(rest, text).toBe('');
      expect(calls.length).toBeGreaterThan(0);
      most = Math.max(most, calls.length);
      for (const call of calls) {
        seen.add(call.name);
        const check = isValid.get(call.name)!;
        expect(check(JSON.parse(call.arguments)), `${text}\n${JSON.stringify(check.errors)}`).toBe(
          true,
        );
      }
    }
    expect([...seen].sort()).toEqual(tools.map(({ name }) => name).sort());
    expect(most).toBeGreaterThan(1);
  });

  test('one call where no more are wanted', () => {
    const random = mulberry32(4);
    const document = callGrammar(syntax, { ...base, isParallel: false });
    for (let n = 0; n < 50; n++) {
      expect(parse(syntax, randomText(document, random)).calls).toHaveLength(1);
    }
  });

  test('free text, or calls after it; a list may lack its beginning', () => {
    const random = mulberry32(5);
    const document = callGrammar(syntax, { ...base, isRequired: false });
    const counts = new Map<number, number>();
    for (let n = 0; n < 200; n++) {
      const text = randomText(document, random);
      const { rest, calls } = parse(syntax, text);
      const isCall = syntax.markers.some((marker) => text.includes(marker));
      expect(calls.length > 0, text).toBe(isCall);
      if (!isCall) expect(rest).toBe(text);
      else expect(text.startsWith(rest), text).toBe(true);
      counts.set(Math.min(1, calls.length), 1);
    }
    expect(counts.size).toBe(2);
  });

  test('where a marker has a token of its own, the token alone begins a call', () => {
    const isToken = (text: string) => syntax.tokens.includes(text);
    const document = callGrammar(syntax, { ...base, isRequired: false, isToken });
    const random = mulberry32(6);
    let numCalls = 0;
    for (let n = 0; n < 100; n++) {
      const text = randomText(document, random);
      // The token of DSML stands behind a letter of free text, which a grammar cannot ask for.
      numCalls += parse(syntax, text.replace(/<?｜DSML｜/, '<｜DSML｜')).calls.length;
    }
    expect(numCalls).toBeGreaterThan(20);
  });

  test('an answer of a form, or calls; thinking before either', () => {
    const document = callGrammar(syntax, {
      ...{ ...base, isRequired: false, mayThink: true, answer: anyJson },
    });
    const random = mulberry32(7);
    const kinds = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const text = randomText(document, random);
      const [, thinking, answer = ''] = /^(<think>.*<\/think>\n*)?(.*)$/s.exec(text) ?? [];
      const { rest, calls } = parse(syntax, answer);
      if (calls.length === 0) expect(typeof JSON.parse(rest)).toBe('object');
      else expect(rest).toBe('');
      kinds.add(`${thinking !== undefined} ${calls.length > 0}`);
    }
    expect(kinds.size).toBe(4);
  });
});

test('a schema that cannot be held: refused where the tool is strict, else any object', () => {
  const parameters = { type: 'object', properties: { a: { type: 'array', contains: {} } } };
  for (const syntax of [hermesSyntax, dsmlSyntax('tool_calls')]) {
    const grammarOf = (tool: Tool) => callGrammar(syntax, { ...base, tools: [tool] });
    expect(() => grammarOf({ name: 'f', parameters, strict: true })).toThrow(
      expect.objectContaining({
        code: 'schema_unsupported',
        message: expect.stringMatching(/at f: /),
      }),
    );
    const text = randomText(grammarOf({ name: 'f', parameters }), mulberry32(8));
    expect(parse(syntax, text, ['f']).calls).not.toEqual([]);
  }
});
