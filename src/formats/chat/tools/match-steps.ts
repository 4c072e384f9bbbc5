/**
 * Holds text that is still growing to a list of steps. It never answers before it is certain, so
 * the answer does not depend on how the text was cut into pieces.
 */
import type { Step } from './tool-syntax.ts';

export type StepsMatch =
  /** More text decides. */
  'more' | 'no' | { readonly length: number; readonly name: string | undefined };

export function matchSteps(
  steps: readonly Step[],
  text: string,
  names: ReadonlySet<string>,
): StepsMatch {
  let at = 0;
  let name: string | undefined;
  for (const step of steps) {
    if (step.kind === 'space') {
      while (at < text.length && isSpace(text.charCodeAt(at))) at++;
      continue;
    }
    const texts = step.kind === 'name' ? [...names].map((each) => each + step.end) : step.texts;
    const found = firstAt(texts, text, at);
    if (found === 'more') return 'more';
    if (found === undefined) {
      if (step.kind === 'maybe') continue;
      return 'no';
    }
    if (step.kind === 'name') name = found.slice(0, found.length - step.end.length);
    if (step.kind !== 'ahead') at += found.length;
  }
  return { length: at, name };
}

/** The longest that stands there, unless a longer one may still come. */
function firstAt(texts: readonly string[], text: string, at: number): string | 'more' | undefined {
  const rest = text.length - at;
  let longest: string | undefined;
  for (const each of texts) {
    if (each.length > rest) {
      if (text.endsWith(each.slice(0, rest))) return 'more';
    } else if (each.length > (longest?.length ?? -1) && text.startsWith(each, at)) longest = each;
  }
  return longest;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
