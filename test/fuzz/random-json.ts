/**
 * Random JSON: values that a JSON schema describes, as far as it goes, and hostile changes to
 * them: other types, extremes, nesting, names that mean something to JavaScript, broken text.
 */
export type Random = () => number;
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Schema {
  readonly [keyword: string]: unknown;
}

const words = ['What is 3+4?', 'nano', 'user', 'x', '', '9.9 và 9.11', '哪个更大', '<think>', '{}'];

/** Members that decide whether a model is reached at all, and how long it writes. */
const telling: Readonly<Record<string, (random: Random) => Json>> = {
  model: (random) => (random() < 0.9 ? 'nano' : pick(random, words)),
  role: (random) => pick(random, ['user', 'user', 'user', 'system', 'assistant', 'tool']),
  max_tokens: (random) => below(random, 8) + 1,
  max_completion_tokens: (random) => below(random, 8) + 1,
  max_output_tokens: (random) => below(random, 8) + 1,
  num_predict: (random) => below(random, 8) + 1,
  n: (random) => below(random, 3) + 1,
};

export function randomOf(schema: Schema, random: Random, depth = 0): Json {
  const branches = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (branches !== undefined) return randomOf(pick(random, branches), random, depth);
  if (schema.const !== undefined) return schema.const as Json;
  if (schema.enum !== undefined) return pick(random, schema.enum as Json[]);
  const type = Array.isArray(schema.type) ? pick(random, schema.type) : schema.type;
  switch (type) {
    case 'object':
      return randomObject(schema, random, depth);
    case 'array': {
      const items = (schema.items ?? {}) as Schema;
      const least = Number(schema.minItems ?? 0);
      return Array.from({ length: Math.max(least, below(random, 3)) }, () =>
        randomOf(items, random, depth + 1),
      );
    }
    case 'string':
      return pick(random, words);
    case 'integer':
    case 'number':
      return randomNumber(schema, type, random);
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return depth > 6 ? null : hostile(random);
  }
}

function randomObject(schema: Schema, random: Random, depth: number): Json {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = new Set((schema.required ?? []) as string[]);
  const value: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(properties)) {
    const isShort = name.startsWith('max_') || name === 'num_predict';
    if (!required.has(name) && !isShort && random() > 0.2) continue;
    value[name] = telling[name]?.(random) ?? randomOf(member, random, depth + 1);
  }
  return value;
}

function randomNumber(schema: Schema, type: unknown, random: Random): number {
  const low = Math.max(Number(schema.minimum ?? schema.exclusiveMinimum ?? 0), -1e6);
  const high = Math.min(Number(schema.maximum ?? schema.exclusiveMaximum ?? low + 10), low + 1e6);
  const value = low + random() * (high - low);
  return type === 'integer' ? Math.floor(value) : value;
}

/** Values that some program somewhere falls over. */
export function hostile(random: Random): Json {
  return structuredClone(pick(random, hostileValues));
}

const nested = (depth: number) => {
  let value: Json = 'x';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};
const hostileValues: Json[] = [
  ...[null, true, false, 0, -1, 1, 0.5, -0.1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 1e-308],
  ...['', ' ', '0', '-1', 'null', '\u0000', '\ud800', '\u202e', '\ufeff', '{{7*7}}', '{% for %}'],
  ...['../../etc/passwd', 'file:///etc/passwd', 'http://127.0.0.1:1/', 'a'.repeat(5000)],
  ...['<｜User｜>', '<｜end▁of▁sentence｜>', '</think>', '\n'.repeat(500), '😀'.repeat(300)],
  ...[[], {}, [[]], [null], { '': 0 }, { constructor: { prototype: 1 } }, { toString: null }],
  ...[JSON.parse('{"__proto__":{"polluted":1}}'), { length: 1e9 }, { type: 'x' }],
  ...[nested(20), nested(60), nested(500), Array(2000).fill(0), Array(300).fill({ role: 'user' })],
  ...[{ $ref: '#' }, { type: 'object', properties: { a: { $ref: '#' } } }, { pattern: '(a+)+$' }],
  ...[{ type: 'array', minItems: 1e9 }, { type: 'string', minLength: 1e9 }, { enum: [] }],
];

/** One node of the value becomes something else, goes, or comes twice. */
export function mutate(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null || random() < 0.1) return hostile(random);
  const keys = Object.keys(value);
  if (keys.length === 0) return hostile(random);
  const key = pick(random, keys);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as { [name: string]: Json };
  const what = random();
  if (what < 0.6) copy[key] = mutate(copy[key] as Json, random);
  else if (what < 0.8) copy[key] = hostile(random);
  else if (what < 0.9)
    copy[pick(random, ['__proto__x', 'toString', 'tools', 'stop'])] = hostile(random);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy as Json;
}

/** Text that is almost JSON. */
export function corrupt(text: string, random: Random): string {
  const at = below(random, text.length + 1);
  const inserted = pick(random, [
    '',
    '}',
    ']',
    '"',
    ',',
    '\\',
    '\u0000',
    '1e999',
    '/*',
    '[['.repeat(200),
  ]);
  const removed = below(random, 4);
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}
