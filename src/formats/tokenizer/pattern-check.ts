/**
 * A tokenizer.json brings its own regular expressions, and JavaScript's engine backtracks: one
 * hostile pattern would hang the process on a short prompt. Refused: a repeated group that repeats
 * inside (exponential), more than two unbounded repeats in one branch (worse than quadratic), back
 * references and look-behind. All patterns of the DeepSeek, Qwen, Llama and GPT families pass.
 */

/** What is wrong with the pattern, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  const branches: Branch[] = [{ unbounded: 0, repeats: false }];
  let lastAtom: Branch | undefined; // the group just closed, when a quantifier can follow it
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at];
    const top = branches[branches.length - 1];
    if (char === '\\') {
      if (/^\\(?:[1-9]|k[<'])/.test(pattern.slice(at, at + 3))) return 'a back reference';
      lastAtom = undefined;
      at += 2;
    } else if (char === '[') {
      lastAtom = undefined;
      at = classEnd(pattern, at);
    } else if (char === '(') {
      if (pattern.startsWith('(?<', at)) return 'look-behind or a named group';
      branches.push({ unbounded: 0, repeats: false });
      lastAtom = undefined;
      at += pattern.startsWith('(?', at) ? 2 : 1; // the ? of (?: is no quantifier
    } else if (char === ')') {
      if (branches.length === 1) return 'an unmatched )';
      lastAtom = branches.pop()!;
      const outer = branches[branches.length - 1];
      outer.unbounded += lastAtom.unbounded;
      outer.repeats ||= lastAtom.repeats;
      if (outer.unbounded > maxUnbounded) return tooMany;
      at++;
    } else if (char === '|') {
      if (branches.length === 1) top.unbounded = 0; // a new branch of the whole pattern
      lastAtom = undefined;
      at++;
    } else {
      const quantifier = /^(?:[*+]|\{\d+(?:,\d*)?\}|\?)[?+]?/.exec(pattern.slice(at, at + 24));
      if (!quantifier) {
        lastAtom = undefined;
        at++;
        continue;
      }
      const isMany = quantifier[0][0] !== '?';
      if (isMany && lastAtom?.repeats) return 'a repeat inside a repeat';
      if (/^(?:[*+]|\{\d+,\})/.test(quantifier[0])) top.unbounded++;
      if (top.unbounded > maxUnbounded) return tooMany;
      if (isMany) top.repeats = true;
      if (/\d{5}/.test(quantifier[0])) return 'a count past 9999';
      lastAtom = undefined;
      at += quantifier[0].length;
    }
  }
  return branches.length > 1 ? 'an unmatched (' : undefined;
}

interface Branch {
  /** Unbounded repeats so far in this branch (in a group: in all its branches together). */
  unbounded: number;
  /** Whether anything inside repeats. */
  repeats: boolean;
}

const maxUnbounded = 2;
const tooMany = `more than ${maxUnbounded} unbounded repeats in a row`;

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
