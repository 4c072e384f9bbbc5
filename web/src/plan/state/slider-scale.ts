/**
 * Where a slider stops: round numbers, each a little larger than the one before, so that every step
 * of an arrow key changes something. A value that was typed may lie between two of them.
 */
export interface SliderScale {
  readonly stops: readonly (number | undefined)[];
  /** Of the stop that is nearest. */
  indexOf(value: number | undefined): number;
}

/** About an eighth apart at the beginning of a decade, a twentieth at its end. */
const digits = [
  ...[1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3, 3.3, 3.6, 4, 4.5, 5, 5.5, 6],
  ...[6.5, 7, 7.5, 8, 9],
];

interface LogScaleEnds {
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
  /** The last stop is no limit at all. */
  readonly isOpen?: boolean;
}

export function logScale({ min, max, isInteger, isOpen = false }: LogScaleEnds): SliderScale {
  const stops: (number | undefined)[] = [];
  for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
    for (const digit of digits) {
      const stop = Number((digit * 10 ** decade).toPrecision(2));
      if (stop >= min && stop <= max && (!isInteger || Number.isInteger(stop))) stops.push(stop);
    }
  }
  if (isOpen) stops.push(undefined);
  return { stops, indexOf: (value) => nearest(stops, value, Math.log) };
}

/** Hundredths from 0 to 1. */
export function shareScale(): SliderScale {
  const stops = Array.from({ length: 101 }, (_, i) => i / 100);
  return { stops, indexOf: (value) => nearest(stops, value, (share) => share) };
}

function nearest(
  stops: readonly (number | undefined)[],
  value: number | undefined,
  place: (value: number) => number,
): number {
  let best = stops.length - 1;
  if (value === undefined) return best;
  let least = Infinity;
  for (const [i, stop] of stops.entries()) {
    if (stop === undefined) continue;
    const distance = Math.abs(place(stop) - place(value));
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
