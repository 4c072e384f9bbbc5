/** Arrays under several schemas at once. */
import { choice, type Grammar, literal, never, optional, repeat, sequence } from '../grammar.ts';
import { bracketed, comma } from '../json-text.ts';
import type { Alternative, PlainLocation } from './alternatives.ts';
import type { Location } from './location.ts';
import { readCounts } from './read-keyword.ts';
import { unsupported, wrong } from './refusal.ts';
import type { ValueGrammars } from './value-grammar.ts';

const maxPrefix = 500;

export function arrayGrammar(
  alternative: Alternative,
  name: string,
  values: ValueGrammars,
): Grammar {
  const counts = readCounts(alternative, 'minItems', 'maxItems');
  const lists = alternative.map((place) => itemsOf(place, values));
  const { min } = counts;
  // `items: false` ends the array behind the shortest list.
  const ends = lists.filter(({ rest }) => rest?.schema === false).map((list) => list.first.length);
  const longest = Math.min(counts.max ?? Infinity, ...ends);
  if (min > longest) return never;
  // A proof asks whether there is a value: the shortest is enough.
  const most = values.isProof ? min : longest;
  if (!values.isProof) refuseUnique(alternative, most);

  const numFirst = Math.min(Math.max(0, ...lists.map(({ first }) => first.length)), most);
  const item = (i: number) =>
    values.value(lists.flatMap(({ first, rest }) => first[i] ?? rest ?? []));
  const others = most > numFirst ? item(Number.MAX_SAFE_INTEGER) : never;
  if (numFirst === 0) {
    const more = most === Infinity ? undefined : most - 1;
    const some =
      most === 0
        ? never
        : sequence(others, repeat(sequence(comma, others), Math.max(0, min - 1), more));
    return bracketed('[', min === 0 ? optional(some) : some, ']');
  }

  // From the last one back: what follows item i, when all before it are there.
  const left = most === Infinity ? undefined : most - numFirst;
  let after: Grammar = repeat(sequence(comma, others), Math.max(0, min - numFirst), left);
  for (let i = numFirst - 1; i > 0; i--) {
    const more = values.addRule(
      `${name} ${i}`,
      sequence(comma, item(i), after),
      alternative[0].pointer,
    );
    after = min > i ? more : optional(more);
  }
  const all = sequence(item(0), after);
  return bracketed('[', min > 0 ? all : choice(literal(''), all), ']');
}

interface Items {
  readonly first: readonly Location[];
  /** Undefined: anything. */
  readonly rest: Location | undefined;
}

function itemsOf(place: PlainLocation, values: ValueGrammars): Items {
  const { pointer, schema } = place;
  // Before draft 2020-12 `items` could be the list, and additionalItems what follows it.
  const isOld = Array.isArray(schema.items);
  const keyword = isOld ? 'items' : 'prefixItems';
  const list = schema[keyword] ?? [];
  if (!Array.isArray(list)) throw wrong(`${pointer}/${keyword}`, list, 'a list of schemas');
  if (list.length > maxPrefix) {
    throw unsupported(
      `${pointer}/${keyword}`,
      `${list.length} items`,
      `List at most ${maxPrefix}.`,
    );
  }
  const restKeyword = isOld ? 'additionalItems' : 'items';
  const hasRest = schema[restKeyword] !== undefined;
  return {
    first: list.map((_, i) => values.root.child(place, keyword, i)),
    rest: hasRest ? values.root.child(place, restKeyword) : undefined,
  };
}

/** Texts cannot remember what was in them. */
function refuseUnique(alternative: Alternative, most: number): void {
  for (const { pointer, schema } of alternative) {
    if (schema.uniqueItems !== true || most <= 1) continue;
    const remedy = 'Leave it out, and look for repetitions in the reply.';
    throw unsupported(`${pointer}/uniqueItems`, 'items that are all different', remedy);
  }
}
