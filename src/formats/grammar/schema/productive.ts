/** Whether any text at all matches a grammar. */
import type { Grammar, GrammarDocument } from '../grammar.ts';

export function isProductive({ root, rules }: GrammarDocument): boolean {
  const known = new Set<string>();
  const is = (grammar: Grammar): boolean => {
    switch (grammar.kind) {
      case 'sequence':
        return grammar.items.every(is);
      case 'choice':
        return grammar.options.some(is);
      case 'repeat':
        return grammar.min === 0 || is(grammar.item);
      case 'rule':
        return known.has(grammar.name);
      default:
        return true;
    }
  };
  // Rules name mostly those made after them: from the last one back, few rounds are enough.
  let open = [...rules].reverse();
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    open = open.filter(([name, body]) => {
      if (!is(body)) return true;
      known.add(name);
      isChanged = true;
      return false;
    });
  }
  return is(root);
}
