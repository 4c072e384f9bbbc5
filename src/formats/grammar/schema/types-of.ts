/** Which types of value plain schemas leave when all of them hold. */
import type { Alternative, PlainLocation } from './alternatives.ts';
import { heldKeywords, type JsonType, jsonTypes } from './keywords-table.ts';
import { unsupported, wrong } from './refusal.ts';

export interface Types {
  /** In the order in which the schema names them. */
  readonly types: readonly JsonType[];
  /** Numbers are whole. */
  readonly isInteger: boolean;
}

export function typesOf(alternative: Alternative): Types {
  let types: readonly JsonType[] = jsonTypes;
  let isInteger = false;
  for (const place of alternative) {
    const names = namesOf(place);
    if (names === undefined) continue;
    if (names.includes('integer') && !names.includes('number')) isInteger = true;
    const own = names.map((name) => (name === 'integer' ? 'number' : (name as JsonType)));
    types = [...new Set(own)].filter((type) => types.includes(type));
  }
  return { types, isInteger };
}

/** Where nothing names a type: the types that the keywords are about, or all. */
export function impliedTypes(alternative: Alternative): readonly JsonType[] {
  const isImplied = (type: JsonType) =>
    alternative.some(({ schema }) =>
      heldKeywords[type].some(
        (keyword) => schema[keyword] !== undefined && !(type === 'number' && keyword === 'format'),
      ),
    );
  const implied = jsonTypes.filter(isImplied);
  return implied.length > 0 ? implied : jsonTypes;
}

export function hasType(alternative: Alternative): boolean {
  return alternative.some(({ schema }) => schema.type !== undefined);
}

function namesOf({ pointer, schema }: PlainLocation): readonly string[] | undefined {
  const { type, nullable } = schema;
  if (nullable !== undefined && typeof nullable !== 'boolean') {
    throw wrong(`${pointer}/nullable`, nullable, 'true or false');
  }
  if (type === undefined) {
    if (nullable !== true) return undefined;
    const remedy = 'Name the type beside it, or say it as anyOf with the type null.';
    throw unsupported(`${pointer}/nullable`, 'nullable without a type', remedy);
  }
  const names = Array.isArray(type) ? type : [type];
  for (const name of names) {
    if (name !== 'integer' && !jsonTypes.includes(name)) {
      throw wrong(`${pointer}/type`, name, 'a type');
    }
  }
  return nullable === true ? [...names, 'null'] : names;
}

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}
