/** Schemas as people send them: from guides of the APIs, from zod, from OpenAPI documents. */
import { z } from 'zod';

const short = { type: 'string', maxLength: 16 };
const strict = (properties: Record<string, object>) => ({
  ...{ type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
});
const word = z.string().max(16);

const written: readonly object[] = [
  // structured outputs: an event, steps of a solution, an extraction, a moderation, a recursive page
  strict({
    name: short,
    date: { type: 'string', format: 'date' },
    participants: { type: 'array', items: short, maxItems: 3 },
  }),
  strict({
    steps: { type: 'array', items: strict({ explanation: short, output: short }), maxItems: 2 },
    final_answer: short,
  }),
  strict({
    title: short,
    authors: { type: 'array', items: short, maxItems: 2 },
    keywords: { type: 'array', items: { enum: ['maths', 'chemistry', 'history'] }, maxItems: 3 },
  }),
  strict({
    is_violating: { type: 'boolean' },
    category: { type: ['string', 'null'], enum: ['violence', 'sexual', 'self_harm', null] },
    explanation_if_violating: { type: ['string', 'null'], maxLength: 16 },
  }),
  {
    $defs: {
      element: strict({
        type: { type: 'string', enum: ['div', 'button', 'header', 'section', 'field', 'form'] },
        label: short,
        children: { type: 'array', items: { $ref: '#/$defs/element' }, maxItems: 1 },
      }),
    },
    $ref: '#/$defs/element',
  },
  {
    $defs: {
      node: strict({
        value: { type: 'number', minimum: 0, maximum: 10 },
        next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      }),
    },
    ...strict({ linked_list: { $ref: '#/$defs/node' } }),
  },
  {
    title: 'Sentiment',
    description: 'What a review says',
    ...strict({
      sentiment: { enum: ['positive', 'negative', 'neutral'] },
      score: { type: 'number', minimum: 0, maximum: 1 },
    }),
  },
  // an invoice, an order, a person, a route, settings, a log line
  strict({
    number: { type: 'string', pattern: '^INV-\\d{4}-\\d{3}$' },
    issued: { type: 'string', format: 'date' },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: strict({
        text: short,
        quantity: { type: 'integer', minimum: 1, maximum: 99 },
        price: { type: 'number', minimum: 0, multipleOf: 0.01, maximum: 9999 },
      }),
    },
    currency: { enum: ['EUR', 'USD', 'VND'] },
    paid: { type: 'boolean', default: false },
  }),
  {
    type: 'object',
    properties: {
      first: short,
      last: short,
      age: { type: 'integer', minimum: 0, maximum: 130 },
      email: { type: 'string', format: 'email' },
      phone: { type: 'string', pattern: '^\\+\\d{2} \\d{3,9}$' },
    },
    required: ['first', 'age'],
  },
  strict({
    type: { const: 'Point' },
    coordinates: {
      type: 'array',
      prefixItems: [
        { type: 'number', minimum: -180, maximum: 180 },
        { type: 'number', minimum: -90, maximum: 90 },
      ],
      items: false,
      minItems: 2,
    },
  }),
  {
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0, maximum: 9 },
    maxProperties: 3,
  },
  strict({
    at: { type: 'string', format: 'date-time' },
    level: { enum: ['debug', 'info', 'warn', 'error'] },
    host: { type: 'string', format: 'ipv4' },
    request: { type: 'string', format: 'uuid' },
    message: short,
  }),
  // OpenAPI: nullable, int32, a discriminator, allOf as inheritance
  {
    allOf: [
      { type: 'object', required: ['petType'], properties: { petType: { enum: ['cat'] } } },
      {
        type: 'object',
        properties: {
          name: { ...short, nullable: true },
          age: { type: 'integer', format: 'int32' },
        },
      },
    ],
  },
  {
    oneOf: [
      strict({ type: { const: 'card' }, number: { type: 'string', pattern: '^\\d{16}$' } }),
      strict({
        type: { const: 'iban' },
        iban: { type: 'string', pattern: '^[A-Z]{2}\\d{2}[A-Z0-9]{10}$' },
      }),
      strict({ type: { const: 'cash' } }),
    ],
    discriminator: { propertyName: 'type' },
  },
  { type: 'string', enum: ['approve', 'reject', 'escalate'] },
  { type: 'array', items: { type: 'integer', minimum: 1, maximum: 6 }, minItems: 5, maxItems: 5 },
  { anyOf: [{ type: 'null' }, { type: 'array', items: short, maxItems: 2 }] },
];

const fromZod: readonly z.ZodType[] = [
  z.object({ name: word, age: z.int().min(0).max(150), email: z.email().optional() }),
  z.object({ id: z.uuid(), tags: z.array(word).max(3), created: z.iso.date() }),
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('add'), by: z.number().min(0).max(10) }),
    z.object({ op: z.literal('clear') }),
  ]),
  z.object({ pair: z.tuple([word, z.boolean()]), either: z.union([z.int(), word]) }),
  z.object({ answer: z.enum(['A', 'B', 'C', 'D']), confidence: z.number().gt(0).lt(1) }),
  z.object({ maybe: z.nullable(z.object({ deep: z.literal([1, 2, 3]) })), flag: z.boolean() }),
  z.record(z.string().regex(/^[a-z]{1,4}$/), z.boolean()),
  z.object({ city: word.min(2), zip: z.string().regex(/^\d{5}(-\d{4})?$/) }).strict(),
  z.object({ n: z.int32(), u: z.uint32() }),
];

export const knownSchemas: readonly object[] = [
  ...written,
  ...fromZod.map((schema) => z.toJSONSchema(schema)),
];
