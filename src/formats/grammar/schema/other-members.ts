/** Members of objects beside the named properties: additionalProperties, patternProperties. */
import { choice, type Grammar, literal, sequence } from '../grammar.ts';
import { anyString, colon } from '../json-text.ts';
import { Language } from '../regular/language.ts';
import { grammarOfLanguage } from '../regular/language-grammar.ts';
import type { Alternative, PlainLocation } from './alternatives.ts';
import { type Location, member } from './location.ts';
import { keysOf, type NamePattern, namePatterns, type Property } from './properties.ts';
import { namesLanguage } from './property-names.ts';
import { at, unsupported } from './refusal.ts';
import type { ValueGrammars } from './value-grammar.ts';

/** One member, key and value; undefined where there can be none. */
export function otherMembers(
  alternative: Alternative,
  properties: readonly Property[],
  name: string,
  values: ValueGrammars,
): Grammar | undefined {
  if (values.isProof) return undefined; // none need be there
  const patterns = namePatterns(alternative, values);
  const isOpen = hasOpenNames(alternative);
  refuseUnevaluated(alternative, isOpen || patterns.length > 0);
  if (!isOpen && patterns.length === 0) return undefined;
  const names = namesLanguage(alternative, values);
  const keys = properties.map(({ key }) => key);
  if (patterns.length === 0 && names === undefined && keys.length === 0) {
    const said = saidOfOthers(alternative, [], values);
    return said && sequence(anyString, colon, values.value(said));
  }

  // For each set of patterns that a name can be of: its names, and what is said of them.
  const options: Grammar[] = [];
  const { pointer } = alternative[0];
  const base = at(pointer, 'the names of properties', () => {
    const others = Language.ofWords(keys).complement();
    return names === undefined ? others : others.and(names);
  });
  for (let bits = 0; bits < 1 << patterns.length; bits++) {
    const inside = patterns.filter((_, i) => (bits >> i) & 1);
    if (inside.length === 0 && !isOpen) continue;
    const said = saidOfOthers(alternative, inside, values);
    if (said === undefined) continue;
    const language = at(pointer, 'the names of properties', () =>
      patterns.reduce((all, pattern) => {
        const own = inside.includes(pattern) ? pattern.language : pattern.language.complement();
        return all.and(own);
      }, base),
    );
    if (language.isEmpty) continue;
    const key = grammarOfLanguage(language, `${name} key ${bits}`, values.rules);
    options.push(sequence(literal('"'), key, literal('"'), colon, values.value(said)));
  }
  return options.length === 0 ? undefined : choice(...options);
}

/** Whether names that nothing describes may be there. */
function hasOpenNames(alternative: Alternative): boolean {
  const isSaid = alternative.some(({ schema }) => {
    const { additionalProperties, unevaluatedProperties } = schema;
    return (
      (additionalProperties !== undefined && additionalProperties !== false) ||
      unevaluatedProperties === true
    );
  });
  const describes = (place: PlainLocation) =>
    keysOf(place).length > 0 ||
    ['additionalProperties', 'patternProperties', 'unevaluatedProperties', 'required'].some(
      (keyword) => place.schema[keyword] !== undefined,
    );
  return isSaid || !alternative.some(describes);
}

/** Undefined where one of the schemas forbids such names. */
function saidOfOthers(
  alternative: Alternative,
  inside: readonly NamePattern[],
  values: ValueGrammars,
): Location[] | undefined {
  const said: Location[] = [];
  for (const place of alternative) {
    const own = inside.filter(({ owner }) => owner === place);
    const rest = place.schema.additionalProperties;
    if (own.length > 0) said.push(...own.map(({ location }) => location));
    else if (rest === false) return undefined;
    else if (rest !== undefined) said.push(values.root.child(place, 'additionalProperties'));
  }
  return said;
}

function refuseUnevaluated(alternative: Alternative, isOpen: boolean): void {
  for (const { pointer, schema } of alternative) {
    const value = member(schema, 'unevaluatedProperties');
    if (value === undefined || value === true || (value === false && !isOpen)) continue;
    const found = 'unevaluatedProperties beside other names that are described';
    throw unsupported(`${pointer}/unevaluatedProperties`, found, 'Use additionalProperties.');
  }
}
