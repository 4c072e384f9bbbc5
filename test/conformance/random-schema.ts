/** JSON schemas of growing difficulty, by a seeded recipe. Everything is bounded, so that replies end. */
import { mulberry32 } from '../../src/base/mulberry32.ts';

type Schema = Record<string, unknown>;

const names = [
  'id',
  'name',
  'kind',
  'value',
  'count',
  'note',
  'first name',
  'größe',
  'từ',
  '名',
  'a"b',
];
const patterns = [
  '^[a-z]{3,6}$',
  '^\\d{3}-\\d{2}$',
  '^(yes|no|maybe)$',
  '^[A-Z][a-z]+$',
  'x|y',
  '^#\\w{1,4}$',
];
const formats = [
  'date',
  'time',
  'date-time',
  'uuid',
  'email',
  'ipv4',
  'ipv6',
  'hostname',
  'duration',
];

class SchemaRecipe {
  readonly #random: () => number;
  readonly #definitions: Record<string, Schema> = {};
  #isInDefinition = false;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  /** `level` from 0. */
  schema(level: number): Schema {
    const root = level < 1 ? this.#scalar(level) : this.#object(level);
    const hasDefinitions = Object.keys(this.#definitions).length > 0;
    return hasDefinitions ? { ...root, $defs: this.#definitions } : root;
  }

  #value(level: number): Schema {
    const kind = this.#int(0, 9);
    if (level <= 0 || kind < 4) return this.#scalar(level);
    if (kind < 6) return this.#object(level - 1);
    if (kind === 6) return this.#array(level - 1);
    if (kind === 7) return this.#union(level - 1);
    if (kind === 8 && level >= 2) return this.#reference(level - 1);
    return this.#merged(level - 1);
  }

  #scalar(level: number): Schema {
    const kind = this.#int(0, level < 0.5 ? 5 : 9);
    if (kind === 0) return { type: 'boolean' };
    if (kind === 1)
      return { type: 'string', minLength: this.#int(0, 3), maxLength: this.#int(3, 9) };
    if (kind === 2)
      return { type: 'integer', minimum: this.#int(-20, 5), maximum: this.#int(6, 9000) };
    if (kind === 3)
      return { enum: this.#some([1, 'two', 'three', null, true, 'a "b"', [4], { five: 5 }]) };
    if (kind === 4) return { const: this.#pick(['fixed', 12, null, 'tiếng Việt']) };
    if (kind === 5) return { type: 'integer' };
    if (kind === 6) return { type: 'string', pattern: this.#pick(patterns), maxLength: 12 };
    if (kind === 7) return { type: 'string', format: this.#pick(formats) };
    if (kind === 8) {
      return { type: 'number', exclusiveMinimum: this.#int(-9, 0), maximum: this.#int(1, 50) / 4 };
    }
    return this.#pick<Schema>([
      { type: ['string', 'null'], maxLength: 5 },
      { type: 'integer', multipleOf: this.#int(2, 12), minimum: 0, maximum: 1000 },
      { type: 'string', not: { enum: ['', 'a'] }, maxLength: 4 },
      { type: 'integer', nullable: true, minimum: 3 },
      { type: 'number', multipleOf: 0.01, minimum: 0, exclusiveMaximum: 100 },
    ]);
  }

  #object(level: number): Schema {
    const keys = this.#some(names);
    const properties = Object.fromEntries(keys.map((key) => [key, this.#value(level - 1)]));
    const required = keys.filter(() => this.#random() < 0.6);
    const schema: Schema = { type: 'object', properties, required };
    const kind = this.#int(0, 6);
    if (kind < 3) schema.additionalProperties = false;
    if (kind === 3) {
      const others = { additionalProperties: this.#scalar(0), propertyNames: { maxLength: 12 } };
      return { ...schema, ...others, maxProperties: keys.length + 1 };
    }
    if (kind === 4) return { ...schema, minProperties: Math.min(keys.length, required.length + 1) };
    if (kind === 5 && level > 2) {
      const patternProperties = { '^x-[a-z]{1,3}$': { type: 'boolean' } };
      return { ...schema, patternProperties, maxProperties: keys.length + 1 };
    }
    return schema;
  }

  #array(level: number): Schema {
    const most = this.#int(1, 3);
    if (this.#random() < 0.3) {
      const prefixItems = Array.from({ length: most }, () => this.#value(level - 1));
      return { type: 'array', prefixItems, items: false, minItems: this.#int(0, most) };
    }
    return {
      ...{ type: 'array', items: this.#value(level), minItems: this.#int(0, most), maxItems: most },
    };
  }

  #union(level: number): Schema {
    if (this.#random() < 0.5) return { anyOf: [this.#value(level), this.#value(level)] };
    const options = ['circle', 'square', 'line'].map((kind) => ({
      type: 'object',
      properties: { kind: { const: kind }, size: this.#scalar(level) },
      required: ['kind', 'size'],
      additionalProperties: false,
    }));
    return { oneOf: options };
  }

  #merged(level: number): Schema {
    const [a, b] = [this.#object(level), this.#object(level)];
    const open = ({ properties, required }: Schema) => ({ type: 'object', properties, required });
    // Two that ask different things of one name may leave nothing: each has names of its own.
    const own = Object.fromEntries(
      Object.entries(b.properties as Schema).map(([key, value]) => [`${key} 2`, value]),
    );
    return { allOf: [open(a), { type: 'object', properties: own, required: Object.keys(own) }] };
  }

  /** A tree that may end at each node. */
  #reference(level: number): Schema {
    const name = `node${Object.keys(this.#definitions).length}`;
    if (this.#isInDefinition) return this.#scalar(level);
    this.#isInDefinition = true;
    this.#definitions[name] = {
      type: 'object',
      properties: {
        label: this.#scalar(level),
        next: { anyOf: [{ type: 'null' }, { const: 'end' }, { $ref: `#/$defs/${name}` }] },
      },
      required: ['label', 'next'],
      additionalProperties: false,
    };
    this.#isInDefinition = false;
    return { $ref: `#/$defs/${name}` };
  }

  #int(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }
  #pick<T>(list: readonly T[]): T {
    return list[this.#int(0, list.length - 1)];
  }
  /** One to four of them, in order. */
  #some<T>(list: readonly T[]): T[] {
    const count = this.#int(1, 4);
    const chosen = new Set(Array.from({ length: count }, () => this.#int(0, list.length - 1)));
    return list.filter((_, i) => chosen.has(i));
  }
}

export function randomSchema(seed: number, level: number): object {
  return new SchemaRecipe(seed).schema(level);
}
