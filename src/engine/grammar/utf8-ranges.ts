/**
 * Ranges of code points as ranges of UTF-8 bytes: each entry is a run of bytes, one set of values
 * each. Surrogates are no characters and have no bytes.
 */
import type { CodePointRange } from '../../formats/grammar/grammar.ts';

/** Inclusive, one per byte of the character. */
export type ByteRanges = readonly (readonly [first: number, last: number])[];

const lastOfLength = [0x7f, 0x7ff, 0xffff, 0x10ffff];

export function utf8Ranges(ranges: readonly CodePointRange[]): ByteRanges[] {
  const out: ByteRanges[] = [];
  for (const [first, last] of ranges) {
    split(first, Math.min(last, 0xd7ff), out);
    split(Math.max(first, 0xe000), last, out);
  }
  return out;
}

/** Cuts where the number of bytes changes, then where a trailing byte does not run over all its values. */
function split(first: number, last: number, out: ByteRanges[]): void {
  if (first > last) return;
  const end = lastOfLength.find((limit) => first <= limit) as number;
  if (last > end) {
    split(first, end, out);
    split(end + 1, last, out);
    return;
  }
  for (let bits = 6; bits <= 18 && last > 0x7f; bits += 6) {
    const mask = (1 << bits) - 1;
    if (first >>> bits === last >>> bits) break;
    const cut = (first & mask) !== 0 ? first | mask : (last & mask) !== mask ? last & ~mask : -1;
    if (cut < 0) continue;
    const middle = (first & mask) !== 0 ? cut : cut - 1;
    split(first, middle, out);
    split(middle + 1, last, out);
    return;
  }
  const [a, b] = [encode(first), encode(last)];
  out.push(a.map((byte, i) => [byte, b[i]] as const));
}

function encode(point: number): number[] {
  const tail = (shift: number) => 0x80 | ((point >>> shift) & 0x3f);
  if (point <= 0x7f) return [point];
  if (point <= 0x7ff) return [0xc0 | (point >>> 6), tail(0)];
  if (point <= 0xffff) return [0xe0 | (point >>> 12), tail(6), tail(0)];
  return [0xf0 | (point >>> 18), tail(12), tail(6), tail(0)];
}
