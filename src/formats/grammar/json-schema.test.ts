/** Schemas as grammars, held to ajv: every text that is written is valid, and what is valid can be written. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { compileForBytes, isText, writeText } from '../../../test/fakes/grammar-writer.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import { grammarOfSchema } from './json-schema.ts';
import { formatPatterns } from './schema/formats-table.ts';

const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6 });
addFormats.default(ajv);
ajv.addFormat('iso-date-time', true);

const compile = (schema: unknown) => compileForBytes(grammarOfSchema(schema));
const closed = (properties: object, more: object = {}) => ({
  ...{ type: 'object', properties, additionalProperties: false, ...more },
});
const integer = { type: 'integer' };
const text = { type: 'string', maxLength: 3 };
const tree = {
  $defs: {
    tree: closed(
      { value: integer, children: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 2 } },
      { required: ['value'] },
    ),
  },
  $ref: '#/$defs/tree',
};

/** Of these, whatever is valid can be written, but for the order of members and how numbers look. */
const exact: readonly object[] = [
  ...[{ type: 'null' }, { type: 'boolean' }, integer, { type: 'number' }, { type: 'string' }],
  ...[{ type: ['string', 'null'] }, { type: ['integer', 'boolean'] }, { type: 'array' }, {}],
  ...[{ enum: ['a', 1, null, { x: [1] }, 'é"\\\n'] }, { const: [1, { a: null }] }],
  ...[
    { type: 'string', enum: ['red', 'reddish', 'green', 3] },
    { enum: [1, 2, 3, 40], minimum: 2 },
  ],
  { type: 'integer', minimum: -3, exclusiveMaximum: 12 },
  { type: 'number', exclusiveMinimum: 0, maximum: 2.5 },
  { type: 'integer', multipleOf: 3, maximum: 100 },
  { type: 'string', minLength: 2, maxLength: 3 },
  { type: 'string', pattern: '^[a-c]+\\d?$' },
  { type: 'string', pattern: 'a|b$', maxLength: 5 },
  { type: 'array', items: integer, minItems: 1, maxItems: 3 },
  { type: 'array', prefixItems: [text, { type: 'null' }], items: false },
  {
    type: 'array',
    prefixItems: [text, integer],
    items: { type: 'boolean' },
    minItems: 1,
    maxItems: 4,
  },
  { type: 'array', prefixItems: [text], minItems: 1 },
  closed({ a: integer, b: text, c: { type: 'null' } }, { required: ['b'] }),
  closed(
    { a: integer, b: integer, c: integer, d: integer },
    { minProperties: 2, maxProperties: 3 },
  ),
  closed({}, {}),
  { type: 'object', properties: { id: text }, required: ['id'], additionalProperties: integer },
  { type: 'object', additionalProperties: { type: 'array', items: integer }, minProperties: 1 },
  { type: 'object', patternProperties: { '^a': integer, b$: text }, additionalProperties: false },
  {
    ...{
      type: 'object',
      properties: { a1: { minimum: 5 } },
      additionalProperties: { type: 'null' },
    },
    patternProperties: { '^a': integer },
  },
  {
    type: 'object',
    propertyNames: { pattern: '^[ab]+$' },
    additionalProperties: integer,
    maxProperties: 2,
  },
  { type: 'object', propertyNames: { enum: ['a', 'id'] }, additionalProperties: integer },
  { anyOf: [{ type: 'integer', maximum: 3 }, { type: 'integer', minimum: 10 }, text] },
  { oneOf: [closed({ t: { const: 'a' }, v: integer }, { required: ['t'] }), integer, text] },
  {
    oneOf: ['a', 'b', 'c'].map((t) => closed({ t: { const: t }, v: integer }, { required: ['t'] })),
  },
  { allOf: [{ type: 'integer', minimum: 3 }, { maximum: 40 }, { multipleOf: 2 }] },
  { allOf: [closed({ a: integer }), { properties: { a: { maximum: 6 } }, required: ['a'] }] },
  {
    anyOf: [integer, text],
    allOf: [{ anyOf: [{ minimum: 3, type: 'number' }, { type: 'string' }] }],
  },
  { type: 'integer', not: { enum: [1, 2, 30] } },
  { not: { type: ['string', 'object', 'array', 'number'] } },
  { type: ['string', 'null'], not: { const: 'a' }, maxLength: 3 },
  { type: 'string', nullable: true, maxLength: 2 },
  tree,
  closed({ next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, { required: ['next'] }),
];

const words = ['', 'a', 'ab', 'b', 'aa1', 'red', 'id', 't', 'v', 'c', '漢', 'a1', 'next', 'value'];

/** A value near another: something in it is changed, left out, or put in. */
function mutated(value: unknown, random: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const any = () =>
    pick([null, true, 0, 1, -1, 2, 3, 12, 41, 2.5, ...words, [], {}, [1], { a: 1 }]);
  if (random() < 0.15) return any();
  if (Array.isArray(value)) {
    const items = value.map((item) => (random() < 0.3 ? mutated(item, random) : item));
    const kind = random();
    return kind < 0.3 ? items.slice(1) : kind < 0.6 ? [...items, any()] : items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, inside]): [string, unknown][] => {
      if (random() < 0.15) return [];
      return [[key, random() < 0.4 ? mutated(inside, random) : inside]];
    });
    if (random() < 0.3) entries.push([pick(words), any()]);
    return Object.fromEntries(entries);
  }
  if (typeof value === 'number') return value + pick([-10, -1, 1, 10, 0.5]);
  if (typeof value === 'string')
    return pick([[...value].slice(1).join(''), `${value}a`, `${value}é`, pick(words)]);
  return any();
}

/** Members as this schema orders them: those it names first. */
function ordered(value: unknown, schema: object): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, schema));
  if (typeof value !== 'object' || value === null) return value;
  const names = [...JSON.stringify(schema).matchAll(/"([^"]*)":/g)].map(([, name]) => name);
  const place = (key: string) => (names.includes(key) ? names.indexOf(key) : Infinity);
  const entries = Object.entries(value).map(([key, inside]) => [key, ordered(inside, schema)]);
  return Object.fromEntries(
    entries.sort(([a], [b]) =>
      place(a as string) === place(b as string) ? 0 : place(a as string) - place(b as string),
    ),
  );
}

test.each(exact.map((schema) => [JSON.stringify(schema).slice(0, 90), schema] as const))(
  '%s',
  (_, schema) => {
    const grammar = compile(schema);
    const isValid = ajv.compile(schema);
    const random = mulberry32(5);
    let [written, valid] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const text = writeText(grammar, seed, 600);
      if (text === undefined) continue;
      written++;
      const value: unknown = JSON.parse(text);
      expect([text, isValid(value)]).toEqual([text, true]);
      let other = value;
      for (let i = 0; i < 8; i++) {
        if (i > 0) other = ordered(mutated(other, random), schema);
        const shown = JSON.stringify(other);
        if (/\de[+-]?\d|\d\.?\d{15}/.test(shown)) continue; // numbers that are written in other ways
        valid += isValid(other) ? 1 : 0;
        expect([shown, isText(grammar, shown)]).toEqual([shown, isValid(other)]);
      }
    }
    expect(written).toBeGreaterThan(5);
    expect(valid).toBeGreaterThan(0);
  },
);

/** Of these, what is written is valid; they say more than is ever written. */
const narrower: readonly object[] = [
  ...Object.keys(formatPatterns).map((format) => ({ type: 'string', format })),
  { type: 'object' },
  { type: 'object', properties: { a: integer }, additionalProperties: true, required: ['a'] },
  { type: 'object', properties: { a: integer, b: text }, required: ['c', 'a'] },
  { properties: { a: integer } },
  { minimum: 3 },
  { pattern: '^x' },
  { type: 'number', multipleOf: 0.01, minimum: 0 },
  { type: 'integer', format: 'int32' },
  { type: 'string', format: 'date', pattern: '^20[12]' },
  { type: 'string', pattern: '^\\p{Lu}\\p{Ll}+( \\p{Lu}\\p{Ll}+)*$', minLength: 4, maxLength: 20 },
  { allOf: [{ properties: { a: integer }, required: ['a'] }, { properties: { b: text } }] },
  { type: 'object', properties: { a: integer }, unevaluatedProperties: false },
  { type: 'array', items: [integer, text], additionalItems: false },
  { type: 'array', uniqueItems: true, maxItems: 1 },
  JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"integer"}},"required":["__proto__"]}',
  ),
];

test.each(narrower.map((schema) => [JSON.stringify(schema).slice(0, 90), schema] as const))(
  '%s',
  (_, schema) => {
    const isOld = 'additionalItems' in schema; // ajv's 2020-12 has another name for it
    const isValid = isOld ? () => true : ajv.compile(schema);
    const grammar = compile(schema);
    let written = 0;
    for (let seed = 0; seed < 20; seed++) {
      const text = writeText(grammar, seed, 600);
      if (text === undefined) continue;
      written++;
      expect([text, isValid(JSON.parse(text))]).toEqual([text, true]);
    }
    expect(written).toBeGreaterThan(5);
  },
);

test('an old list of items is prefixItems', () => {
  const grammar = compile({ type: 'array', items: [integer, text], additionalItems: false });
  expect(['[1,"a"]', '[1]', '[]'].map((text) => isText(grammar, text))).toEqual([true, true, true]);
  expect(['["a"]', '[1,"a",2]'].map((text) => isText(grammar, text))).toEqual([false, false]);
});

test('members come in the order of the schema, white space is short', () => {
  const grammar = compile(closed({ a: integer, b: integer }));
  expect(isText(grammar, '{"a": 1, "b": 2}')).toBe(true);
  expect(isText(grammar, '{\n  "a": 1,\n  "b": 2\n}')).toBe(true);
  expect(isText(grammar, '{"b":2,"a":1}')).toBe(false);
  expect(isText(grammar, '{"a":  1}')).toBe(false);
  expect(isText(grammar, `{\n${' '.repeat(17)}"a":1}`)).toBe(false);
});

test('an object that names its properties has no others unless it says so', () => {
  const open = { type: 'object', properties: { a: integer } };
  expect(isText(compile(open), '{"a":1,"b":2}')).toBe(false);
  expect(isText(compile({ ...open, additionalProperties: true }), '{"a":1,"b":2}')).toBe(true);
});
