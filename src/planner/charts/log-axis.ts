/** A logarithmic axis: where a value stands, and the round numbers worth writing at it. */
export interface LogAxis {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
  /** Held to the axis's ends. */
  clamped(value: number): number;
  readonly ticks: readonly number[];
}

interface LogAxisPlace {
  /** Pixels of the low and of the high end. */
  readonly from: number;
  readonly to: number;
  readonly maxTicks: number;
  /** Room beyond the outermost values, as a share of the axis. */
  readonly padding?: number;
}

/** Leading digits to write, from many to few. */
const digitSets = [
  [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 3, 4, 5, 7],
  [1, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
  [1],
] as const;
/** A narrower range is widened: two values that are nearly the same must not look far apart. */
const leastSpan = Math.log10(2);

/** Values that have no logarithm are left out; without any the axis goes from 1 to 10. */
export function logAxis(values: readonly number[], place: LogAxisPlace): LogAxis {
  const { from, to, maxTicks, padding = 0.06 } = place;
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  let [first, last] = logs.length === 0 ? [0, 1] : [Math.min(...logs), Math.max(...logs)];
  const widen = Math.max(leastSpan - (last - first), 0) / 2;
  const room = padding * Math.max(last - first, leastSpan);
  [first, last] = [first - widen - room, last + widen + room];
  const at = (value: number) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  const [low, high] = [10 ** first, 10 ** last];
  return {
    ...{ low, high, at },
    clamped: (value) => at(Math.min(high, Math.max(low, value))),
    ticks: ticksOf(low, high, maxTicks),
  };
}

function ticksOf(low: number, high: number, maxTicks: number): number[] {
  let ticks: number[] = [];
  for (const digits of digitSets) {
    ticks = ticksWith(digits, low, high);
    if (ticks.length <= maxTicks) return ticks;
  }
  const every = Math.ceil(ticks.length / maxTicks); // more decades than places: every second, …
  return ticks.filter((_, i) => i % every === 0);
}

function ticksWith(digits: readonly number[], low: number, high: number): number[] {
  const found: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++) {
    for (const digit of digits) {
      const tick = Number((digit * 10 ** decade).toPrecision(3));
      if (tick >= low && tick <= high) found.push(tick);
    }
  }
  return found;
}
