/**
 * Runs every published result through the planner, with the fitted factors, and says how far apart
 * they are: per chip family, for the half that was fitted and the half that was not.
 */
import { fittedFactorsOf } from '../deployment.ts';
import type { ErrorTable, FamilyErrors, Spread } from '../factors/error-range.ts';
import type { Factors, FactorTables } from '../factors/factors.ts';
import type { ChipFamily } from '../facts/chip.ts';
import { type Expected, expected } from './expected.ts';
import type { FitCase } from './fit.ts';
import { type Half, half } from './split.ts';
import { throughput } from './throughput.ts';

/** What is compared; throughput: of output tokens, or of input tokens where prompts are all there is. */
export type Measure = 'ttft' | 'tpot' | 'throughput';
export const allMeasures: readonly Measure[] = ['ttft', 'tpot', 'throughput'];

export interface ReplayedResult extends FitCase {
  readonly half: Half;
  readonly expected: Expected;
  /** Published over expected, by measure; absent where the source does not say. */
  readonly ratios: { readonly [measure in Measure]?: number };
}

export function replay(
  cases: readonly FitCase[],
  factorsFor: (of: FitCase) => Factors = (one) => factorsOfCase(one),
): ReplayedResult[] {
  return cases.map((one) => {
    const answer = expected(one.result, one.deployment, factorsFor(one));
    const { ttftMs, tpotMs, inputTokensPerSecond } = one.result.measured;
    const ratios: { -readonly [measure in Measure]?: number } = {};
    const compare = (measure: Measure, found: number | undefined, said: number | undefined) => {
      if (found !== undefined && said !== undefined && said > 0) ratios[measure] = found / said;
    };
    compare('ttft', ttftMs, answer.ttftMs);
    compare('tpot', tpotMs, answer.tpotMs);
    compare('throughput', throughput(one.result), answer.outputTokensPerSecond);
    if (one.result.phase === 'prefill') {
      compare('throughput', inputTokensPerSecond, answer.inputTokensPerSecond);
    }
    return { ...one, half: half(one.result.curve), expected: answer, ratios };
  });
}

/** What the planner says of a measure, tokens per second of one chip. */
export function predictedOf(
  { expected, result }: ReplayedResult,
  measure: Measure,
): number | undefined {
  if (measure === 'ttft') return expected.ttftMs;
  if (measure === 'tpot') return expected.tpotMs;
  const total =
    result.phase === 'prefill' ? expected.inputTokensPerSecond : expected.outputTokensPerSecond;
  return total === undefined ? undefined : total / result.chips;
}

/** With the release that the result names, where the fit knows it. */
export function factorsOfCase({ result, deployment }: FitCase, tables?: FactorTables): Factors {
  const { chip, model } = deployment;
  return fittedFactorsOf(chip.family, result.engine, model, releaseOf(result), tables);
}

/** As for somebody who names the engine alone. */
export function factorsWithoutRelease(of: FitCase, tables?: FactorTables): Factors {
  const { chip, model } = of.deployment;
  return fittedFactorsOf(chip.family, of.result.engine, model, undefined, tables);
}

/** Results that name no release are told apart by their month; of a year alone nothing follows. */
export function releaseOf({ engineVersion, date }: FitCase['result']): string | undefined {
  return engineVersion ?? (/^\d{4}-\d{2}/.test(date) ? date.slice(0, 7) : undefined);
}

/** Median of |expected / published − 1|; undefined where nothing is compared. */
export function medianError(rows: readonly ReplayedResult[], measure: Measure): number | undefined {
  const errors = rows
    .map(({ ratios }) => ratios[measure])
    .filter((ratio) => ratio !== undefined)
    .map((ratio) => Math.abs(1 / ratio - 1));
  return quantile(errors, 0.5);
}

/** Error bars by chip family, from the rows that the fit did not see. */
export function errorTable(rows: readonly ReplayedResult[]): ErrorTable {
  const unseen = rows.filter((row) => row.half === 'check');
  const families = [...new Set(unseen.map(({ deployment }) => deployment.chip.family))].sort();
  const table: { [family in ChipFamily]?: FamilyErrors } = {};
  for (const family of families) {
    const own = unseen.filter(({ deployment }) => deployment.chip.family === family);
    table[family] = {
      results: own.length,
      ttft: spread(own, 'ttft'),
      tpot: spread(own, 'tpot'),
      throughput: spread(own, 'throughput'),
    };
  }
  return table;
}

/** Where a measure is not published for a family, the bar is that of its throughput, else wide. */
function spread(rows: readonly ReplayedResult[], measure: Measure): Spread {
  const of = (name: Measure) =>
    rows.map(({ ratios }) => ratios[name]).filter((ratio) => ratio !== undefined);
  const ratios = of(measure).length > 0 ? of(measure) : of('throughput');
  return { low: round(quantile(ratios, 0.1) ?? 0.4), high: round(quantile(ratios, 0.9) ?? 2.5) };
}

const round = (value: number) => Number(value.toPrecision(3));

/** Between the two nearest. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return below + (above - below) * (at - Math.floor(at));
}
