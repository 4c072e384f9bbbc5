/** What a search found: a layout, the load it carries, and the load it is meant to. */
import type { Layout } from '../layout.ts';
import type { Demand } from './demand.ts';

export interface Found {
  /** Of one copy. */
  readonly layout: Layout;
  /** Of all copies. */
  readonly chips: number;
  /** Copies of the layout behind one gateway. Prefill and decode apart are one, of many instances. */
  readonly replicas: number;
  /** Requests per second within the limits. */
  readonly capacity: number;
  /** Requests per second that it is planned for. */
  readonly rate: number;
  /** Clients in a closed circle at each copy that make that rate. */
  readonly concurrency: number;
}

/** Positive: `a` is worse. For a given rate fewer chips are better, else a higher rate. */
export function compareFound(a: Found, b: Found, { rate }: Pick<Demand, 'rate'>): number {
  if (rate === undefined && !isAlike(a.capacity, b.capacity)) return b.capacity - a.capacity;
  if (a.chips !== b.chips) return a.chips - b.chips;
  // What is simpler to run, then what has more in reserve.
  if (a.layout.kind !== b.layout.kind) return a.layout.kind === 'together' ? -1 : 1;
  return isAlike(a.capacity, b.capacity) ? 0 : b.capacity - a.capacity;
}

/** Of a best case: whether what it stands for is sure to be worse. */
export function cannotBeat(bound: Found, best: Found, { rate }: Pick<Demand, 'rate'>): boolean {
  if (rate !== undefined) return bound.chips > best.chips;
  return bound.capacity < best.capacity && !isAlike(bound.capacity, best.capacity);
}

const isAlike = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(a, b);

/** The largest whole number in `least` to `most` that passes; those that pass come first. */
export function largestPassing(
  least: number,
  most: number,
  passes: (value: number) => boolean,
): number | undefined {
  if (most < least || !passes(least)) return undefined;
  if (passes(most)) return most;
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}
