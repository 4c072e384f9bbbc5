/** A language as grammar: a rule per state. Characters stand as they do inside a JSON string. */
import { normalRanges, otherRanges } from '../code-points.ts';
import {
  type CodePointRange,
  characters,
  choice,
  type Grammar,
  literal,
  rule,
  sequence,
} from '../grammar.ts';
import { escapedCharacter, escapedRanges } from '../json-text.ts';
import type { Language } from './language.ts';

/** Puts the rules under names that begin with `prefix`; the text itself is the grammar returned. */
export function grammarOfLanguage(
  language: Language,
  prefix: string,
  rules: Map<string, Grammar>,
): Grammar {
  const nameOf = (state: number) => `${prefix} ${state}`;
  const raw = language.groups.map((ranges) => charactersOfGroup(ranges));
  language.table.forEach((row, state) => {
    const byTarget = new Map<number, number[]>();
    row.forEach((to, group) => {
      if (to >= 0) byTarget.set(to, [...(byTarget.get(to) ?? []), group]);
    });
    const options = Array.from(byTarget, ([to, groups]) => {
      const plain = normalRanges(groups.flatMap((group) => raw[group].plain));
      const escaped = groups.flatMap((group) => raw[group].escaped);
      const character = choice(...(plain.length > 0 ? [characters(...plain)] : []), ...escaped);
      return sequence(character, rule(nameOf(to)));
    });
    rules.set(nameOf(state), choice(...(language.isFinal[state] ? [literal('')] : []), ...options));
  });
  return rule(nameOf(0));
}

function charactersOfGroup(ranges: readonly CodePointRange[]) {
  const plain: CodePointRange[] = [];
  const escaped: Grammar[] = [];
  const plainOnes = otherRanges(escapedRanges);
  for (const [first, last] of ranges) {
    for (const [a, b] of plainOnes) {
      if (Math.max(first, a) <= Math.min(last, b)) {
        plain.push([Math.max(first, a), Math.min(last, b)]);
      }
    }
    for (const [a, b] of escapedRanges) {
      for (let point = Math.max(first, a); point <= Math.min(last, b); point++) {
        escaped.push(literal(escapedCharacter(point)));
      }
    }
  }
  return { plain, escaped };
}
