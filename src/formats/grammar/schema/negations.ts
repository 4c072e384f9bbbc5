/** What `not` takes away: whole types and single values. Refuses any other use of it. */
import type { Alternative } from './alternatives.ts';
import { annotations, type JsonType, jsonTypes } from './keywords-table.ts';
import { isObject, type SchemaRoot } from './location.ts';
import { unsupported } from './refusal.ts';
import { typeOfValue } from './types-of.ts';

export class Negations {
  readonly types: ReadonlySet<JsonType>;
  readonly values: readonly unknown[];
  readonly #pointer: string;

  constructor(types: ReadonlySet<JsonType>, values: readonly unknown[], pointer: string) {
    this.types = types;
    this.values = values;
    this.#pointer = pointer;
  }

  has(value: unknown): boolean {
    const key = canonical(value);
    return this.types.has(typeOfValue(value)) || this.values.some((own) => canonical(own) === key);
  }

  /** Those to be left out of values of these types. */
  valuesFor(types: readonly JsonType[], isInteger: boolean): ReadonlySet<unknown> {
    const values = this.values.filter((value) => types.includes(typeOfValue(value)));
    for (const value of values) {
      const type = typeOfValue(value);
      // A number that is not whole has more than one way to be written.
      const canLeaveOut = type === 'number' ? isInteger : type !== 'object' && type !== 'array';
      if (canLeaveOut) continue;
      const found = `not, with a value of the type ${type}`;
      throw unsupported(this.#pointer, found, 'List the values that may be, with enum.');
    }
    return new Set(values);
  }
}

export function negationsOf(alternative: Alternative, root: SchemaRoot): Negations {
  const types = new Set<JsonType>();
  const values: unknown[] = [];
  let at = '';
  for (const place of alternative) {
    if (place.schema.not === undefined) continue;
    const { pointer, schema } = root.child(place, 'not');
    at = pointer;
    if (schema === false) continue;
    const asked = isObject(schema)
      ? Object.keys(schema).filter((keyword) => !annotations.has(keyword))
      : [];
    const named = isObject(schema) ? typesIn(schema.type) : undefined;
    if (asked.length === 0) for (const type of jsonTypes) types.add(type);
    else if (!isObject(schema) || asked.length > 1) throw refused(pointer);
    else if (asked[0] === 'type' && named !== undefined) for (const type of named) types.add(type);
    else if (asked[0] === 'const') values.push(schema.const);
    else if (asked[0] === 'enum' && Array.isArray(schema.enum)) values.push(...schema.enum);
    else throw refused(pointer);
  }
  return new Negations(types, values, at);
}

/** Undefined where they are not whole types: an integer is a number that is one of some. */
function typesIn(type: unknown): readonly JsonType[] | undefined {
  const names: unknown[] = Array.isArray(type) ? type : [type];
  const known = jsonTypes.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}

function refused(pointer: string) {
  const found = 'not with anything but a type, const or enum';
  return unsupported(pointer, found, 'Say what may be instead of what may not.');
}

/** The same for values that JSON schemas take for equal. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? '';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}
