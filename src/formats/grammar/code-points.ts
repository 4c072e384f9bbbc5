/** Sets of characters as ranges of code points. */
import type { CodePointRange } from './grammar.ts';

/** Sorted, without overlaps. */
export function normalRanges(ranges: readonly CodePointRange[]): CodePointRange[] {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [first, last] of sorted) {
    if (first > last) continue;
    const previous = out.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) {
      previous[1] = Math.max(previous[1], last);
    } else out.push([first, last]);
  }
  return out;
}

/** Every code point that is in none of them. */
export function otherRanges(ranges: readonly CodePointRange[]): CodePointRange[] {
  const out: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of normalRanges(ranges)) {
    if (first > next) out.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= 0x10ffff) out.push([next, 0x10ffff]);
  return out;
}

/** Each character of a text as a range of its own. */
export function charactersOf(text: string): CodePointRange[] {
  return Array.from(text, (char) => {
    const point = char.codePointAt(0) as number;
    return [point, point] as const;
  });
}
