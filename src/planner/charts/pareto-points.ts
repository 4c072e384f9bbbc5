/** What the Pareto chart puts where: a row of a plan as a point with its error bars. */
import type { PlanRow } from '../plan-answer.ts';
import type { Measures } from '../prediction.ts';

export type LatencyAxis = 'tpot' | 'ttft' | 'latency';
export type CostAxis = 'cost' | 'chips';

export interface Range {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

export interface ParetoPoint {
  readonly row: PlanRow;
  readonly x: Range;
  /** absent: there is no price to compute it from. */
  readonly y: Range | undefined;
}

export function paretoPoints(
  rows: readonly PlanRow[],
  axes: { readonly x: LatencyAxis; readonly y: CostAxis },
  outTokens: number,
): ParetoPoint[] {
  return rows.map((row) => {
    const { low, high } = row.prediction;
    const latency = (measures: Measures) => latencyOf(measures, axes.x, outTokens);
    return {
      row,
      x: range(latency(row.prediction), latency(low), latency(high)),
      y: axes.y === 'chips' ? range(row.chips, row.chips, row.chips) : costRange(row),
    };
  });
}

/** Of a million tokens of replies, all the money over them. Fewer tokens for the same money cost more. */
export function costRange({ cost, prediction }: PlanRow): Range | undefined {
  if (cost === undefined) return undefined;
  const { outputTokensPerSecondPerChip: speed, low, high } = prediction;
  const at = (other: number) => cost.perMillionOutputAll * (other > 0 ? speed / other : 1);
  return range(
    cost.perMillionOutputAll,
    at(low.outputTokensPerSecondPerChip),
    at(high.outputTokensPerSecondPerChip),
  );
}

/** Which points have none that is at least as good in both and better in one. */
export function paretoFront(points: readonly ParetoPoint[]): ParetoPoint[] {
  const priced = points.filter(({ y }) => y !== undefined);
  const sorted = priced.sort((a, b) => a.x.value - b.x.value || heightOf(a) - heightOf(b));
  const front: ParetoPoint[] = [];
  for (const point of sorted) {
    const last = front.at(-1);
    if (last === undefined || heightOf(point) < heightOf(last)) front.push(point);
  }
  return front;
}

const heightOf = ({ y }: ParetoPoint) => (y as Range).value;

function latencyOf({ ttftMs, tpotMs }: Measures, axis: LatencyAxis, outTokens: number): number {
  if (axis === 'tpot') return tpotMs;
  return axis === 'ttft' ? ttftMs : (ttftMs + tpotMs * Math.max(0, outTokens - 1)) / 1000;
}

function range(value: number, a: number, b: number): Range {
  return { value, low: Math.min(value, a, b), high: Math.max(value, a, b) };
}
