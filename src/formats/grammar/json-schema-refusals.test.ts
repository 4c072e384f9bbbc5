/** What schemas ask and cannot have: said with the place, at once, never passed over. */
import { expect, test } from 'vitest';
import { grammarOfSchema } from './json-schema.ts';

const object = (more: object) => ({ type: 'object', properties: { a: { type: 'null' } }, ...more });
const nested = (depth: number) => {
  let schema: object = { type: 'null' };
  for (let i = 0; i < depth; i++) schema = { type: 'array', items: schema };
  return schema;
};
const defs = (count: number, make: (i: number) => object) => ({
  $defs: Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}`, make(i)])),
  $ref: '#/$defs/d0',
});
const ref = (i: number) => ({ $ref: `#/$defs/d${i}` });

test.each<[string, unknown, string]>([
  // keywords
  ['#/properties/a/minLenght', object({ properties: { a: { minLenght: 3 } } }), 'minLenght'],
  ['#/if', { if: {} }, 'the keyword if'],
  ['#/dependentRequired', object({ dependentRequired: {} }), 'dependentRequired'],
  ['#/contains', { type: 'array', contains: {} }, 'contains'],
  ['#/uniqueItems', { type: 'array', uniqueItems: true }, 'all different'],
  ['#/unevaluatedItems', { unevaluatedItems: false }, 'unevaluatedItems'],
  ['#/$dynamicRef', { $dynamicRef: '#a' }, '$dynamicRef'],
  ['#/unevaluatedProperties', object({ unevaluatedProperties: { type: 'null' } }), 'unevaluated'],
  ['#/not', { not: { minimum: 3 } }, 'not with anything but'],
  ['#/not', { not: { type: 'integer' } }, 'not with anything but'],
  ['#/not', { type: 'number', not: { const: 1 } }, 'of the type number'],
  // values of keywords
  ['#', 3, 'a schema'],
  ['#', null, 'a schema'],
  ['#/items', { type: 'array', items: 'string' }, 'a schema'],
  ['#/type', { type: 'text' }, 'a type'],
  ['#/minLength', { type: 'string', minLength: -1 }, 'a whole number'],
  ['#/maxItems', { type: 'array', maxItems: 1.5 }, 'a whole number'],
  ['#/minimum', { type: 'number', minimum: '3' }, 'a number'],
  ['#/required', object({ required: 'a' }), 'a list of names'],
  ['#/properties', { type: 'object', properties: [] }, 'an object'],
  ['#/enum', { enum: 'a' }, 'a list'],
  ['#/anyOf', { anyOf: [] }, 'a list of schemas'],
  ['#/pattern', { type: 'string', pattern: 3 }, 'a text'],
  ['#/nullable', { type: 'string', nullable: 'yes' }, 'true or false'],
  ['#/nullable', { anyOf: [{}], nullable: true }, 'without a type'],
  // strings and numbers
  ['#/pattern', { type: 'string', pattern: '(?=a)b' }, 'looks ahead'],
  ['#/pattern', { type: 'string', pattern: '(' }, 'no regular expression'],
  ['#/format', { type: 'string', format: 'regex' }, 'the format regex'],
  ['#/format', { type: 'number', format: 'int32' }, 'the type integer'],
  ['#/format', { type: 'number', format: 'price' }, 'the format price'],
  ['#', { type: 'string', format: 'uri', enum: ['mailto:a@b.c'] }, 'a format beside'],
  ['#/multipleOf', { type: 'number', multipleOf: 0.3 }, 'multiples of 0.3'],
  ['#/multipleOf', { type: 'integer', multipleOf: 0 }, 'a number above 0'],
  ['#', { type: 'integer', exclusiveMinimum: 2 ** 60 }, 'rounded'],
  // objects and lists
  ['#/minProperties', { type: 'object', minProperties: 3 }, 'could come twice'],
  ['#/properties', { enum: [{ a: 1 }], properties: { a: {} } }, 'beside fixed values'],
  [
    '#/propertyNames',
    object({ propertyNames: { anyOf: [{}, { type: 'string' }] }, patternProperties: { a: {} } }),
    'alternatives of names',
  ],
  // oneOf
  ['#/oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, 'options 0 and 1'],
  [
    '#/oneOf',
    { oneOf: [{ type: 'string' }, { type: 'string', format: 'date' }] },
    'options 0 and 1',
  ],
  [
    '#/oneOf',
    { oneOf: [{ type: 'null' }, object({}), object({ required: ['a'] })] },
    'options 1 and 2',
  ],
  // references
  ['#/$ref', { $ref: 'https://example.com/schema.json' }, 'the reference https'],
  ['#/$ref', { $ref: '#/$defs/none' }, 'nowhere'],
  ['#/$ref', { $ref: 3 }, 'a reference'],
  ['#', { $ref: '#' }, 'refers to itself'],
  ['#/$defs/d0', defs(2, (i) => ref(1 - i)), 'refers to itself'],
  ['#', { anyOf: [{ $ref: '#' }, { type: 'null' }] }, 'refers to itself'],
  // no value at all
  ['#', false, 'no value has'],
  ['#', { type: 'string', enum: [1] }, 'no value has'],
  ['#', { type: 'integer', minimum: 3, maximum: 2 }, 'no value has'],
  ['#', { allOf: [{ type: 'string' }, { type: 'null' }] }, 'no value has'],
  ['#', { type: 'string', pattern: '^a$', minLength: 2 }, 'no value has'],
  ['#', object({ required: ['b'], additionalProperties: false }), 'no value has'],
  ['#', object({ properties: { a: { $ref: '#' } }, required: ['a'] }), 'no value has'],
  ['#', { type: 'array', items: false, minItems: 1 }, 'no value has'],
  // too much
  ['#/minItems', { type: 'array', minItems: 1e9 }, 'above 50000'],
  ['#', nested(5000), 'nested deeper'],
  [
    '#',
    object({
      properties: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`p${i}`, {}])),
    }),
    '2000 properties',
  ],
  ['#/enum', { enum: Array.from({ length: 6000 }, (_, i) => i) }, '6000 values'],
  ['#/pattern', { type: 'string', pattern: 'a.{1000}$' }, 'more than 2048 states'],
  ['#/pattern', { type: 'string', pattern: '((a{100}){100}){100}' }, 'too long'],
  ['#', { allOf: [{ type: 'integer', multipleOf: 199 }, { multipleOf: 197 }] }, '2048 states'],
])('%s, row %#', (pointer, schema, found) => {
  const refusal = expect.objectContaining({
    code: 'schema_unsupported',
    message: expect.stringContaining(`held at ${pointer}: `),
    fields: expect.objectContaining({ found: expect.stringContaining(found) }),
    remedy: expect.stringMatching(/^[A-Z].+/),
  });
  expect(() => grammarOfSchema(schema)).toThrow(refusal);
});

test.each<[string, object]>([
  [
    'alternatives',
    { allOf: Array.from({ length: 30 }, (_, i) => ({ anyOf: [{ minimum: i }, { maximum: i }] })) },
  ],
  ['references in a row', defs(5000, (i) => (i === 4999 ? { type: 'null' } : ref(i + 1)))],
  [
    'schemas that all name each other',
    defs(100, () => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 100 }, (_, j) => [`p${j}`, ref(j)])),
    })),
  ],
  [
    'numbers',
    object({
      properties: Object.fromEntries(
        Array.from({ length: 900 }, (_, i) => [
          `p${i}`,
          { type: 'integer', minimum: i, maximum: i * 1000 },
        ]),
      ),
    }),
  ],
])('a budget ends too many %s', (_, schema) => {
  expect(() => grammarOfSchema(schema)).toThrow(
    expect.objectContaining({
      code: 'schema_unsupported',
      message: expect.stringContaining('more than'),
    }),
  );
});

test.each<[string, object]>([
  [
    'doubling references',
    defs(40, (i) => (i === 39 ? { type: 'null' } : { allOf: [ref(i + 1), ref(i + 1)] })),
  ],
  ['a list of very many', { type: 'array', maxItems: 1e9 }],
  ['nesting as deep as may be', nested(90)],
  ['many values', { enum: Array.from({ length: 5000 }, (_, i) => `value number ${i}`) }],
  [
    'annotations',
    {
      title: 't',
      description: 'd',
      default: 3,
      examples: [],
      'x-own': 1,
      $comment: 'c',
      deprecated: true,
    },
  ],
])('holds %s', (_, schema) => {
  expect(() => grammarOfSchema(schema)).not.toThrow();
});
