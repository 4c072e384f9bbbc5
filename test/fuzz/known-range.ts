/**
 * What a generator of random programs knows of a number: its range, and whether targets agree on
 * every bit of it. They may round a fma once or twice and sum in any order, so such results are
 * exact only where nothing is rounded; else they are rough, kept positive (nothing cancels), and
 * never reach an integer. Refused (undefined): what could overflow, become subnormal or drift.
 */

export interface Known {
  readonly lo: number;
  readonly hi: number;
  /** A multiple of 2^-grain; of no meaning when rough. */
  readonly grain: number;
  /** Relative error by now, in units of the last place; 0: exact. */
  readonly ulps: number;
  /** May be 0 of a sign that targets choose (max(0, -0)). */
  readonly hasAnyZero: boolean;
}
export type MaybeKnown = Known | undefined;

export function range(lo: number, hi: number, grain = 0, hasAnyZero = false): Known {
  return { lo, hi, grain, ulps: 0, hasAnyZero };
}
export function magnitude({ lo, hi }: Known): number {
  return Math.max(Math.abs(lo), Math.abs(hi));
}
export const isExact = (known: Known) => known.ulps === 0;
export const isPositive = (known: Known) => known.lo > 0;
/** Its bits may be looked at. */
export const isBitExact = (known: Known) => isExact(known) && !known.hasAnyZero;

const includesZero = ({ lo, hi }: Known) => lo <= 0 && hi >= 0;
const isAnyZero = (...all: Known[]) => all.some(({ hasAnyZero }) => hasAnyZero);
const ulpsOf = (...all: Known[]) => all.reduce((sum, { ulps }) => sum + ulps, 0);

function exact(lo: number, hi: number, grain: number, hasAnyZero: boolean): MaybeKnown {
  const known = range(Math.fround(lo), Math.fround(hi), grain, hasAnyZero);
  return magnitude(known) <= 2 ** 40 && grain <= 60 ? known : undefined;
}

function rough(lo: number, hi: number, ulps: number): MaybeKnown {
  const isRight = lo >= 2 ** -40 && hi <= 2 ** 40 && ulps <= 40;
  const [less, more] = [1 - 2 ** -16, 1 + 2 ** -16];
  return isRight ? { lo: lo * less, hi: hi * more, grain: 0, ulps, hasAnyZero: false } : undefined;
}

function corners(a: Known, b: Known, calculate: (x: number, y: number) => number) {
  const all = [a.lo, a.hi].flatMap((x) => [calculate(x, b.lo), calculate(x, b.hi)]);
  return { lo: Math.min(...all), hi: Math.max(...all) };
}

export function sum(a: Known, b: Known): MaybeKnown {
  const [lo, hi] = [a.lo + b.lo, a.hi + b.hi];
  if (isExact(a) && isExact(b)) return exact(lo, hi, Math.max(a.grain, b.grain), isAnyZero(a, b));
  return isPositive(a) && isPositive(b) ? rough(lo, hi, ulpsOf(a, b) + 1) : undefined;
}

export function difference(a: Known, b: Known): MaybeKnown {
  return isExact(b) ? sum(a, { ...b, lo: -b.hi, hi: -b.lo }) : undefined;
}

export function product(a: Known, b: Known): MaybeKnown {
  const { lo, hi } = corners(a, b, (x, y) => x * y);
  if (isExact(a) && isExact(b)) return exact(lo, hi, a.grain + b.grain, isAnyZero(a, b));
  return isPositive(a) && isPositive(b) ? rough(lo, hi, ulpsOf(a, b) + 1) : undefined;
}

export function quotient(a: Known, b: Known): MaybeKnown {
  if (!isPositive(b)) return undefined;
  const { lo, hi } = corners(a, b, (x, y) => x / y);
  const grain = a.grain + Math.ceil(Math.log2(b.hi)) + 25;
  if (isExact(a) && isExact(b)) return exact(lo, hi, Math.max(grain, 25), isAnyZero(a));
  return isPositive(a) ? rough(lo, hi, ulpsOf(a, b) + 1) : undefined;
}

export function root(a: Known): MaybeKnown {
  if (a.lo < 0) return undefined;
  const [lo, hi] = [Math.sqrt(a.lo), Math.sqrt(a.hi)];
  if (isExact(a)) return exact(lo, hi, Math.ceil(a.grain / 2) + 25, a.hasAnyZero);
  return rough(lo, hi, a.ulps + 1);
}

/** Nothing is rounded, whichever way it is added up. */
function isLattice(largest: number, grain: number): boolean {
  return largest * 2 ** grain <= 2 ** 24;
}

/** c + a · b, or c - a · b with `sign` -1. */
export function fused(a: Known, b: Known, c: Known, sign: 1 | -1): MaybeKnown {
  const made = product(a, b);
  if (made === undefined) return undefined;
  const signed = sign === 1 ? made : { ...made, lo: -made.hi, hi: -made.lo };
  const [lo, hi] = [c.lo + signed.lo, c.hi + signed.hi];
  const grain = Math.max(a.grain + b.grain, c.grain);
  const isAllExact = isExact(a) && isExact(b) && isExact(c);
  if (isAllExact && isLattice(magnitude(made) + magnitude(c), grain)) {
    return exact(lo, hi, grain, isAnyZero(a, b, c));
  }
  const isAllPositive = sign === 1 && isPositive(made) && isPositive(c);
  return isAllPositive ? rough(lo, hi, ulpsOf(a, b, c) + 2) : undefined;
}

export function sumOfLanes(a: Known, lanes: number): MaybeKnown {
  if (isExact(a) && isLattice(magnitude(a) * lanes, a.grain)) {
    return exact(a.lo * lanes, a.hi * lanes, a.grain, a.hasAnyZero);
  }
  return isPositive(a) ? rough(a.lo * lanes, a.hi * lanes, a.ulps + lanes) : undefined;
}

/** One of the two, by which is larger or smaller; of two zeros either. */
export function oneOf(a: Known, b: Known): MaybeKnown {
  const [lo, hi] = [Math.min(a.lo, b.lo), Math.max(a.hi, b.hi)];
  const hasAnyZero = isAnyZero(a, b) || (includesZero(a) && includesZero(b));
  const grain = Math.max(a.grain, b.grain);
  if (isExact(a) && isExact(b)) return { lo, hi, grain, ulps: 0, hasAnyZero };
  return lo > 0 ? { lo, hi, grain, ulps: Math.max(a.ulps, b.ulps), hasAnyZero } : undefined;
}

export function absolute(a: Known): Known {
  const lo = includesZero(a) ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi));
  return { ...a, lo, hi: magnitude(a), hasAnyZero: false };
}
