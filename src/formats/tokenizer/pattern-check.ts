/**
 * A tokenizer.json brings its own regular expressions, and JavaScript's engine backtracks: one
 * hostile pattern would hang the process on a short prompt. Refused: a repeated group that could
 * match one text in two ways, because it repeats or chooses inside (exponential); in one branch a
 * third long repeat, or anything that must match after the second (cubic: quadratic from each
 * start); back references and look-behind. What passes is quadratic at worst.
 * All patterns of the DeepSeek, Qwen, Llama and GPT families pass.
 */

/** What is wrong with the pattern, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  const open: Group[] = [newGroup(0)];
  for (let at = 0; at < pattern.length; ) {
    const group = open[open.length - 1];
    const quantifier = quantifierAt.exec(pattern.slice(at, at + 24))?.[0];
    if (quantifier !== undefined) {
      const problem = repeat(group, quantifier);
      if (problem) return problem;
      at += quantifier.length;
      continue;
    }
    if (isTooLate(group)) return tooLate;
    group.lastIsAmbiguous = false;
    switch (pattern[at]) {
      case '\\':
        if (/^\\(?:[1-9]|k[<'])/.test(pattern.slice(at, at + 3))) return 'a back reference';
        atom(group, group.unbounded);
        at += 2;
        break;
      case '[':
        atom(group, group.unbounded);
        at = classEnd(pattern, at);
        break;
      case '(':
        if (pattern.startsWith('(?<', at)) return 'look-behind or a named group';
        open.push(newGroup(group.unbounded));
        at += pattern.startsWith('(?', at) ? 2 : 1; // the ? of (?: is no quantifier
        break;
      case ')':
        if (open.length === 1) return 'an unmatched )';
        open.pop();
        closeGroup(open[open.length - 1], group);
        at++;
        break;
      case '|':
        group.most = Math.max(group.most, group.unbounded);
        group.unbounded = group.before;
        group.isAmbiguous = true;
        at++;
        break;
      default:
        atom(group, group.unbounded);
        at++;
    }
  }
  if (open.length > 1) return 'an unmatched (';
  return open[0].mustMatchLate
    ? 'something that must match after two unbounded repeats'
    : undefined;
}

const maxUnbounded = 2;
const tooLate = 'something that must match after two unbounded repeats';
const quantifierAt = /^(?:[*+]|\{\d+(?:,\d*)?\}|\?)[?+]?/;

interface Group {
  /** Unbounded repeats on the way to the group, so far in this branch, and in its worst branch. */
  readonly before: number;
  unbounded: number;
  most: number;
  /** Whether anything inside repeats or is a choice; and whether the atom just read is such a group. */
  isAmbiguous: boolean;
  lastIsAmbiguous: boolean;
  /** The atom just read stands after two unbounded repeats; a ? or * may still excuse it. */
  mustMatchLate: boolean;
}

function newGroup(before: number): Group {
  const counts = { before, unbounded: before, most: before };
  return { ...counts, isAmbiguous: false, lastIsAmbiguous: false, mustMatchLate: false };
}

function atom(group: Group, unboundedBefore: number): void {
  group.mustMatchLate = unboundedBefore >= maxUnbounded;
}

function closeGroup(outer: Group, inner: Group): void {
  atom(outer, outer.unbounded);
  outer.unbounded = Math.max(inner.most, inner.unbounded);
  outer.isAmbiguous ||= inner.isAmbiguous;
  outer.lastIsAmbiguous = inner.isAmbiguous;
}

/** Inside a group that may be skipped nothing must match; whether it may is seen at its end. */
function isTooLate(group: Group): boolean {
  return group.mustMatchLate && group.before < maxUnbounded;
}

function repeat(group: Group, quantifier: string): string | undefined {
  if (/\d{5}/.test(quantifier)) return 'a count past 9999';
  if (quantifier[0] !== '?' && group.lastIsAmbiguous) return 'a repeat inside a repeat';
  group.isAmbiguous = true;
  if (quantifier[0] !== '?' && !isShort(quantifier)) group.unbounded++;
  if (group.unbounded > maxUnbounded) return `more than ${maxUnbounded} unbounded repeats in a row`;
  if (/^(?:[*?]|\{0,)/.test(quantifier)) group.mustMatchLate = false;
  group.lastIsAmbiguous = true; // a second quantifier would repeat the first
  return undefined;
}

/** {1,3} */
function isShort(quantifier: string): boolean {
  return /^\{\d(?:,\d)?\}/.test(quantifier);
}

/** The index after a character class, nested classes ([a-z&&[^b]]) included. */
function classEnd(pattern: string, start: number): number {
  let depth = 0;
  for (let at = start; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '[' && pattern[at + 1] !== ':') depth++;
    else if (pattern[at] === ']' && --depth === 0) return at + 1;
  }
  return pattern.length;
}
