/** Writes figures of one source in one word each: `const aic = figuresFrom('AIC', '2026', 'A')`. */
import type { Figure, Grade } from './figure.ts';

export type MakeFigure = (value: number, note?: string) => Figure;

export function figuresFrom(source: string, date: string, grade: Grade): MakeFigure {
  return (value, note) => ({
    value,
    grade,
    source,
    date,
    ...(note === undefined ? {} : { note }),
  });
}

/** 2^30 bytes in the 10^9 bytes that the planner counts in. */
export function gib(count: number): number {
  return (count * 2 ** 30) / 1e9;
}

/** 2^20 bytes in 10^9 bytes: what drivers report. */
export function mib(count: number): number {
  return (count * 2 ** 20) / 1e9;
}
