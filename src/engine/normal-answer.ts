/**
 * What two replies must share to have given the same answer: the value where it is JSON, else
 * `\boxed{…}` where there is one, else the number of the last line where it has exactly one, else
 * the text itself without what is mere form. A line with several numbers ("9.9 > 9.11", "4*(7-5) = 8") is compared whole: its last
 * number alone would make one answer of contrary ones.
 */

const maxTextChars = 200;
const maxJsonChars = 20_000;

/** '' where there is no answer. */
export function normalAnswer(answer: string): string {
  const text = answer.normalize('NFKC').trim();
  const json = /^[{[]/.test(text) ? canonicalJson(text) : undefined;
  if (json !== undefined) return json;
  const boxed = lastBoxed(text);
  if (boxed !== undefined) return numberIn(boxed) ?? plain(boxed);
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return numberIn(line) ?? plain(text.length <= maxTextChars ? text : line.slice(-maxTextChars));
}

/** Without spaces, keys in order; undefined where it is no JSON, or very long or deep. */
export function canonicalJson(text: string): string | undefined {
  if (text.length > maxJsonChars) return undefined;
  const sorted = (_: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  try {
    return JSON.stringify(JSON.parse(text), sorted);
  } catch {
    return undefined;
  }
}

/** What the last \boxed{…} holds; its braces may nest. */
function lastBoxed(text: string): string | undefined {
  const open = '\\boxed{';
  const at = text.lastIndexOf(open);
  if (at < 0) return undefined;
  const start = at + open.length;
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return text.slice(start, i);
  }
  return undefined;
}

/** The only number of a text: 1,234.50 → 1234.5, +7 → 7, −0 → 0. */
function numberIn(text: string): string | undefined {
  const found = text.replaceAll('−', '-').match(/(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?/g);
  if (found?.length !== 1) return undefined;
  const [, sign, whole, fraction = ''] = /^([-+]?)([\d,]+)\.?(\d*)$/.exec(found[0])!;
  const digits = whole!.replaceAll(',', '').replace(/^0+(?=\d)/, '');
  const decimals = fraction.replace(/0+$/, '');
  const size = decimals === '' ? digits : `${digits}.${decimals}`;
  return sign === '-' && size !== '0' ? `-${size}` : size;
}

/** Case, space, Markdown's emphasis, TeX's dollars and the last full stop are form. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s*_$`]+/g, ' ')
    .replace(/ ?([-+*/×÷=<>()[\],:]) ?/g, '$1')
    .trim()
    .replace(/[.。!！]+$/, '')
    .trim();
}
