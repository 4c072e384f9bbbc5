/** Properties that schemas name, with all that is said of each. */
import { type Grammar, never } from '../grammar.ts';
import type { Language } from '../regular/language.ts';
import type { Alternative, PlainLocation } from './alternatives.ts';
import { isObject, type Location, member } from './location.ts';
import { namesLanguage } from './property-names.ts';
import { at, unsupported, wrong } from './refusal.ts';
import { patternLanguage } from './strings.ts';
import type { ValueGrammars } from './value-grammar.ts';

export interface Property {
  readonly key: string;
  readonly value: Grammar;
  readonly isRequired: boolean;
}

export interface NamePattern {
  readonly owner: PlainLocation;
  readonly language: Language;
  readonly location: Location;
}

const maxProperties = 1000;
const maxPatterns = 4;

/** In the order of the schemas; a required one that none describes comes last. */
export function ownProperties(alternative: Alternative, values: ValueGrammars): Property[] {
  const required = new Set(alternative.flatMap(requiredOf));
  const keys = new Set([...alternative.flatMap(keysOf), ...required]);
  const [{ pointer }] = alternative;
  if (keys.size > maxProperties) {
    throw unsupported(pointer, `${keys.size} properties`, `Name at most ${maxProperties}.`);
  }
  const patterns = namePatterns(alternative, values);
  const allowed = namesLanguage(alternative, values);
  const properties: Property[] = [];
  for (const key of keys) {
    const isRequired = required.has(key);
    const isAllowed = allowed === undefined || allowed.accepts(key);
    // A proof asks whether there is a value: what need not be there cannot be in its way.
    if (!isRequired && (!isAllowed || values.isProof)) continue;
    const locations = alternative.flatMap((place) => saidOf(key, place, patterns, values));
    const value = isAllowed ? values.value(locations) : never;
    properties.push({ key, value, isRequired });
  }
  return properties;
}

/** The schemas that one of them has for the property of this name. */
function saidOf(
  key: string,
  place: PlainLocation,
  patterns: readonly NamePattern[],
  values: ValueGrammars,
): Location[] {
  const own = member(place.schema.properties, key) !== undefined;
  const said = own ? [values.root.child(place, 'properties', key)] : [];
  for (const { owner, language, location } of patterns) {
    if (owner === place && language.accepts(key)) said.push(location);
  }
  if (said.length > 0 || place.schema.additionalProperties === undefined) return said;
  return [values.root.child(place, 'additionalProperties')];
}

export function namePatterns(alternative: Alternative, values: ValueGrammars): NamePattern[] {
  const patterns = alternative.flatMap((owner) => {
    const { patternProperties } = owner.schema;
    if (patternProperties === undefined) return [];
    const pointer = `${owner.pointer}/patternProperties`;
    if (!isObject(patternProperties)) throw wrong(pointer, patternProperties, 'an object');
    return Object.keys(patternProperties).map((pattern) => ({
      owner,
      language: at(pointer, `the pattern ${pattern}`, () => patternLanguage(pattern)),
      location: values.root.child(owner, 'patternProperties', pattern),
    }));
  });
  if (patterns.length <= maxPatterns) return patterns;
  const found = `${patterns.length} patterns of names`;
  throw unsupported(alternative[0].pointer, found, `Use at most ${maxPatterns}.`);
}

export function keysOf({ pointer, schema }: PlainLocation): string[] {
  const { properties } = schema;
  if (properties === undefined) return [];
  if (!isObject(properties)) throw wrong(`${pointer}/properties`, properties, 'an object');
  return Object.keys(properties);
}

function requiredOf({ pointer, schema }: PlainLocation): string[] {
  const { required } = schema;
  if (required === undefined) return [];
  if (Array.isArray(required) && required.every((key) => typeof key === 'string')) return required;
  throw wrong(`${pointer}/required`, required, 'a list of names');
}
