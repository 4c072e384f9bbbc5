/** Values of keywords, checked. */
import type { PlainLocation } from './alternatives.ts';
import { unsupported, wrong } from './refusal.ts';

/** The largest number of items, characters or properties that can be counted. */
export const maxCount = 50_000;

export function readCount({ pointer, schema }: PlainLocation, keyword: string): number | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || (value as number) < 0) {
    throw wrong(`${pointer}/${keyword}`, value, 'a whole number, 0 or more');
  }
  return value as number;
}

/** The largest of the lower counts, and the smallest of the upper ones. */
export function readCounts(
  places: readonly PlainLocation[],
  lower: string,
  upper: string,
): { min: number; max: number | undefined } {
  let [min, max]: [number, number | undefined] = [0, undefined];
  for (const place of places) {
    const least = readCount(place, lower) ?? 0;
    if (least > maxCount) {
      const found = `${lower} ${least}, above ${maxCount}`;
      throw unsupported(`${place.pointer}/${lower}`, found, 'Ask for fewer.');
    }
    min = Math.max(min, least);
    const most = readCount(place, upper);
    if (most !== undefined) max = Math.min(max ?? most, most);
  }
  // What nobody reaches is no limit.
  return { min, max: max !== undefined && max > maxCount ? undefined : max };
}

export function readNumber({ pointer, schema }: PlainLocation, keyword: string) {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrong(`${pointer}/${keyword}`, value, 'a number');
  }
  return value;
}

export function readString({ pointer, schema }: PlainLocation, keyword: string) {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw wrong(`${pointer}/${keyword}`, value, 'a text');
  return value;
}
