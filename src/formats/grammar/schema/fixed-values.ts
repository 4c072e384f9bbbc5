/** Values listed by enum and const, those that all schemas leave. */
import type { Alternative } from './alternatives.ts';
import { heldKeywords } from './keywords-table.ts';
import { canonical, type Negations } from './negations.ts';
import { isInBounds, numberBounds } from './numbers.ts';
import { unsupported, wrong } from './refusal.ts';
import { isAccepted, stringLimits } from './strings.ts';
import { typeOfValue, typesOf } from './types-of.ts';

const maxValues = 5000;

/** Undefined where neither keyword is there. */
export function fixedValues(
  alternative: Alternative,
  negations: Negations,
  isProof: boolean,
): readonly unknown[] | undefined {
  let values: readonly unknown[] | undefined;
  for (const place of alternative) {
    for (const list of listsOf(place)) {
      const keys = new Set(list.map(canonical));
      values = values === undefined ? list : values.filter((value) => keys.has(canonical(value)));
    }
  }
  if (values === undefined) return undefined;
  const { types, isInteger } = typesOf(alternative);
  const unique = new Map(values.map((value) => [canonical(value), value]));
  return [...unique.values()].filter((value) => {
    const type = typeOfValue(value);
    if (!types.includes(type) || negations.has(value)) return false;
    if (typeof value === 'number') return isInBounds(value, numberBounds(alternative, isInteger));
    if (typeof value === 'string') return isString(value, alternative, isProof);
    if (type === 'object' || type === 'array') refuseBeside(alternative, type);
    return true;
  });
}

function isString(value: string, alternative: Alternative, isProof: boolean): boolean {
  const limits = (ignoresFormats: boolean) => stringLimits(alternative, { ignoresFormats });
  if (!isAccepted(value, limits(true))) return false;
  if (isProof || isAccepted(value, limits(false))) return true;
  const found = `a format beside the fixed value ${JSON.stringify(value)}, which may not be of it`;
  throw unsupported(alternative[0].pointer, found, 'Leave the format out: the value says it all.');
}

function listsOf({ pointer, schema }: Alternative[number]): unknown[][] {
  const lists: unknown[][] = [];
  if (schema.enum !== undefined) {
    if (!Array.isArray(schema.enum)) throw wrong(`${pointer}/enum`, schema.enum, 'a list');
    if (schema.enum.length > maxValues) {
      const found = `${schema.enum.length} values`;
      throw unsupported(`${pointer}/enum`, found, `List at most ${maxValues}.`);
    }
    lists.push(schema.enum);
  }
  if (schema.const !== undefined) lists.push([schema.const]);
  return lists;
}

function refuseBeside(alternative: Alternative, type: 'object' | 'array'): void {
  for (const { pointer, schema } of alternative) {
    const keyword = heldKeywords[type].find((name) => schema[name] !== undefined);
    if (keyword === undefined) continue;
    const found = `${keyword} beside fixed values of the type ${type}`;
    throw unsupported(`${pointer}/${keyword}`, found, 'Leave it out, or leave the values out.');
  }
}
