/** What `propertyNames` leaves as names. */
import { Language } from '../regular/language.ts';
import type { Alternative } from './alternatives.ts';
import { fixedValues } from './fixed-values.ts';
import type { Location } from './location.ts';
import { negationsOf } from './negations.ts';
import { unsupported } from './refusal.ts';
import { wholeLanguage } from './strings.ts';
import { typesOf } from './types-of.ts';
import type { ValueGrammars } from './value-grammar.ts';

/** Undefined: any name. Refuses alternatives: names are held by one automaton. */
export function namesLanguage(alternative: Alternative, values: ValueGrammars) {
  const locations: Location[] = alternative
    .filter(({ schema }) => schema.propertyNames !== undefined)
    .map((place) => values.root.child(place, 'propertyNames'));
  if (locations.length === 0) return undefined;
  const [{ pointer }] = locations;
  const found = values.alternatives(locations);
  if (found.length > 1) throw unsupported(pointer, 'alternatives of names', 'Use one pattern.');
  return found.length === 0 ? Language.ofWords([]) : languageOf(found[0], pointer, values);
}

function languageOf(alternative: Alternative, pointer: string, values: ValueGrammars) {
  if (alternative.length === 0) return undefined;
  const negations = negationsOf(alternative, values.root);
  const fixed = fixedValues(alternative, negations, values.isProof);
  if (fixed !== undefined)
    return Language.ofWords(fixed.filter((value) => typeof value === 'string'));
  if (!typesOf(alternative).types.includes('string') || negations.types.has('string')) {
    return Language.ofWords([]);
  }
  const language: Language | undefined = wholeLanguage(values.stringLimits(alternative), pointer);
  const excluded = negations.values.filter((value) => typeof value === 'string');
  if (excluded.length === 0) return language;
  const others = Language.ofWords(excluded).complement();
  return language === undefined ? others : language.and(others);
}
