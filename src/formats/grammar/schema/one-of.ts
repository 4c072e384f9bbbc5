/**
 * oneOf: exactly one option holds. A grammar offers all options, so none may share a value with
 * another; that is shown by finding that two of them together leave no value.
 */
import type { PlainLocation } from './alternatives.ts';
import type { Location, SchemaRoot } from './location.ts';
import { isProductive } from './productive.ts';
import { unsupported } from './refusal.ts';
import { type Budgets, ValueGrammars } from './value-grammar.ts';

const maxOptions = 40;

export function checkOneOf(place: PlainLocation, root: SchemaRoot, budgets: Budgets): void {
  const { oneOf, ...beside } = place.schema;
  const pointer = `${place.pointer}/oneOf`;
  if (!Array.isArray(oneOf)) return; // refused where it is read
  if (oneOf.length > maxOptions) {
    const found = `${oneOf.length} options`;
    throw unsupported(pointer, found, `Use at most ${maxOptions}, or anyOf.`);
  }
  const context = root.standIn(place, beside);
  const option = (i: number) => root.child(place, 'oneOf', i);
  for (let a = 0; a < oneOf.length; a++) {
    for (let b = a + 1; b < oneOf.length; b++) {
      if (!areTogetherPossible([context, option(a), option(b)], root, budgets)) continue;
      const found = `the options ${a} and ${b} of oneOf, which may both hold for one value`;
      const remedy = 'Use anyOf, or give each option a required property with its own const.';
      throw unsupported(pointer, found, remedy);
    }
  }
}

function areTogetherPossible(locations: readonly Location[], root: SchemaRoot, budgets: Budgets) {
  const values = new ValueGrammars(root, budgets, true);
  const start = values.value(locations);
  values.complete();
  return isProductive({ root: start, rules: values.rules });
}
