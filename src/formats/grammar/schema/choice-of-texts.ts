/** One of many texts, with common beginnings written once: a long enum is read along a tree. */
import { choice, type Grammar, literal, sequence } from '../grammar.ts';

/** Of the tree; texts that still share a beginning there are listed side by side. */
const maxDepth = 50;

export function choiceOfTexts(texts: readonly string[]): Grammar {
  return branch(texts.map((text) => [...text]).sort(compare), 0, 0);
}

/** `texts` are sorted and alike up to `from`. */
function branch(texts: readonly (readonly string[])[], from: number, depth: number): Grammar {
  if (texts.length === 1 || depth === maxDepth) {
    return choice(...texts.map((text) => literal(text.slice(from).join(''))));
  }
  const options: Grammar[] = [];
  for (let first = 0; first < texts.length; ) {
    const char = texts[first][from];
    let end = first + 1;
    while (end < texts.length && texts[end][from] === char) end++;
    const group = texts.slice(first, end);
    if (char === undefined) options.push(literal(''));
    else {
      const shared = sharedLength(group[0], group[group.length - 1]);
      const beginning = literal(group[0].slice(from, shared).join(''));
      options.push(
        end - first === 1 ? beginning : sequence(beginning, branch(group, shared, depth + 1)),
      );
    }
    first = end;
  }
  return choice(...options);
}

/** Of sorted texts the first and the last share what all share. */
function sharedLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const shared = sharedLength(a, b);
  const [x, y] = [a[shared], b[shared]];
  return x === y ? 0 : x === undefined ? -1 : y === undefined || x > y ? 1 : -1;
}
