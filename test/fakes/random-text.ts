/** Texts that a grammar allows, drawn at random: what a model without any sense would write. */
import assert from 'node:assert/strict';
import type {
  CodePointRange,
  Grammar,
  GrammarDocument,
} from '../../src/formats/grammar/grammar.ts';

/** Below this depth of rules the shortest way is taken. */
const maxDepth = 14;
const lastCodePoint = 0x10ffff;

export function randomText({ root, rules }: GrammarDocument, random: () => number): string {
  const below = (n: number) => Math.floor(random() * n);
  const costs = costsOf(rules);
  const write = (grammar: Grammar, depth: number): string => {
    switch (grammar.kind) {
      case 'literal':
      case 'tag':
        return grammar.text;
      case 'class':
        return characterOf(grammar.ranges, grammar.isNegated, random);
      case 'sequence':
        return grammar.items.map((item) => write(item, depth)).join('');
      case 'choice': {
        const { options } = grammar;
        assert(options.length > 0, 'nothing fits');
        if (depth < maxDepth) return write(options[below(options.length)] as Grammar, depth);
        const cheapest = options.reduce((a, b) => (costOf(b, costs) < costOf(a, costs) ? b : a));
        return write(cheapest, depth);
      }
      case 'repeat': {
        const most = Math.min(grammar.max ?? grammar.min + 6, grammar.min + 6);
        const count = depth < maxDepth ? grammar.min + below(most - grammar.min + 1) : grammar.min;
        return Array.from({ length: count }, () => write(grammar.item, depth)).join('');
      }
      case 'rule':
        return write(rules.get(grammar.name) as Grammar, depth + 1);
      case 'freeText': {
        let text = '';
        for (let n = below(12); n > 0; n--) {
          const next = text + (random() < 0.3 ? '<' : characterOf([[0x20, 0x7e]], false, random));
          if (!grammar.until.some((word) => next.includes(word))) text = next;
        }
        return text;
      }
    }
  };
  return write(root, 0);
}

function characterOf(
  ranges: readonly CodePointRange[],
  isNegated: boolean,
  random: () => number,
): string {
  if (isNegated) {
    for (;;) {
      const point = Math.floor(random() ** 4 * lastCodePoint);
      const isSurrogate = point >= 0xd800 && point <= 0xdfff;
      const isOut = ranges.some(([first, last]) => point >= first && point <= last);
      if (!isSurrogate && !isOut) return String.fromCodePoint(point);
    }
  }
  const [first, last] = ranges[Math.floor(random() * ranges.length)] as CodePointRange;
  return String.fromCodePoint(first + Math.floor(random() * (last - first + 1)));
}

/** How deep a grammar's shortest text is in rules; found by going round until nothing changes. */
function costsOf(rules: ReadonlyMap<string, Grammar>): Map<string, number> {
  const costs = new Map<string, number>();
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const [name, grammar] of rules) {
      const cost = costOf(grammar, costs) + 1;
      if (cost < (costs.get(name) ?? Number.POSITIVE_INFINITY)) {
        costs.set(name, cost);
        isChanged = true;
      }
    }
  }
  return costs;
}

function costOf(grammar: Grammar, costs: ReadonlyMap<string, number>): number {
  switch (grammar.kind) {
    case 'sequence':
      return Math.max(0, ...grammar.items.map((item) => costOf(item, costs)));
    case 'choice':
      return Math.min(Number.POSITIVE_INFINITY, ...grammar.options.map((o) => costOf(o, costs)));
    case 'repeat':
      return grammar.min === 0 ? 0 : costOf(grammar.item, costs);
    case 'rule':
      return costs.get(grammar.name) ?? Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}
