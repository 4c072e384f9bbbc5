/**
 * How far published results lie from what the planner said of them: the error bar of an answer. Taken
 * from the half of the results that the fit did not see. A chip family with too few of them gets a
 * wide bar and says so.
 */
import type { ChipFamily } from '../facts/chip.ts';
import type { Measures } from '../prediction.ts';
import { fittedErrors } from './fitted-errors-table.ts';

/** Published over predicted: a tenth of the results lie below `low`, a tenth above `high`. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

export interface FamilyErrors {
  /** Unseen results that the spread is from. */
  readonly results: number;
  readonly ttft: Spread;
  readonly tpot: Spread;
  readonly throughput: Spread;
}

export type ErrorTable = { readonly [family in ChipFamily]?: FamilyErrors };

/** Fewer unseen results than this say nothing of a spread. */
const fewest = 8;
/** Families that no result speaks of have been off by this much when they were first measured. */
const wide: Spread = { low: 0.4, high: 2.5 };

export interface ErrorRange {
  readonly low: Measures;
  readonly high: Measures;
  readonly basis: string;
}

export function errorRange(family: ChipFamily, measures: Measures): ErrorRange {
  const errors = fittedErrors[family];
  const isKnown = errors !== undefined && errors.results >= fewest;
  const { ttft, tpot, throughput } = isKnown
    ? errors
    : { ttft: wide, tpot: wide, throughput: wide };
  const at = (side: keyof Spread): Measures => ({
    ttftMs: measures.ttftMs * ttft[side],
    tpotMs: measures.tpotMs * tpot[side],
    inputTokensPerSecondPerChip: measures.inputTokensPerSecondPerChip * throughput[side],
    outputTokensPerSecondPerChip: measures.outputTokensPerSecondPerChip * throughput[side],
  });
  const found = errors?.results ?? 0;
  const basis = isKnown
    ? `8 of 10 of the ${found} unseen results on ${family} lie within it`
    : `wide, since ${found === 0 ? 'no result is' : `only ${found} unseen ${found === 1 ? 'result is' : 'results are'}`} published for ${family}`;
  return { low: at('low'), high: at('high'), basis };
}
