/** Text of a syntax as a grammar: what a vocabulary may have as tokens is tokens there. */
import { type Grammar, literal, sequence, tag } from '../../grammar/grammar.ts';

export function frameGrammar(text: string, tokens: readonly string[]): Grammar {
  const items: Grammar[] = [];
  let rest = text;
  while (rest !== '') {
    const next = tokens
      .map((token) => ({ token, at: rest.indexOf(token) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)[0];
    const before = next === undefined ? rest : rest.slice(0, next.at);
    if (before !== '') items.push(literal(before));
    if (next !== undefined) items.push(tag(next.token));
    rest = next === undefined ? '' : rest.slice(next.at + next.token.length);
  }
  return items.length === 1 ? items[0] : sequence(...items);
}
