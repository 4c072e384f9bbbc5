/** Numbers of plans as people read them. */
import type { Measures, Prediction } from '../../planner/prediction.ts';

/** 38 ms, 8.5 ms, 1.21 s, 75 s. */
export function timeText(ms: number): string {
  if (ms < 10) return `${ms.toPrecision(2)} ms`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  return ms < 9995 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms / 1000)} s`;
}

/** As somebody said it: 50 ms, 2 s, 1.5 s; with a no-break space. */
export function limitText(ms: number): string {
  return ms < 1000 ? `${ms}\u00a0ms` : `${ms / 1000}\u00a0s`;
}

/** What was computed, to three digits, thousands apart: 0.352, 4.42, 12.3, 123, 12,300. */
export function amountText(value: number): string {
  return givenText(Number(value.toPrecision(3)));
}

/** What was said or counted, as it is, thousands apart: 0.25, 12,345. */
export function givenText(value: number): string {
  return Math.abs(value) < 1 ? String(value) : value.toLocaleString('en');
}

export const percentText = (part: number): string => `${Math.round(100 * part)} %`;

/** How far tokens per second may be off, and with them the cost: ±25 %, or ×3 where it is far. */
export function errorText({ low, high, ...value }: Prediction): string {
  const of = (measures: Measures) => measures.outputTokensPerSecondPerChip;
  const factor = Math.max(of(high) / of(value), of(value) / of(low));
  if (!Number.isFinite(factor)) return '?';
  return factor < 2 ? `±${percentText(factor - 1)}` : `×${Number(factor.toPrecision(2))}`;
}

const gigabyte = 1e9;
export const gigabytesText = (bytes: number): string => `${amountText(bytes / gigabyte)} GB`;
