/**
 * Finds the factors that bring the planner nearest to published results: one at a time up or down by
 * a step that shrinks, as long as the error falls (coordinate descent). No randomness: the same
 * results give the same factors.
 *
 * The error of a point is the logarithm of expected over published, so that half and double weigh the
 * same; beyond a factor of e it grows slowly, so that a few odd results do not rule. A factor that
 * moves from where it began pays for it, so that what no result speaks of stays where it was.
 */

import type { Deployment } from '../deployment.ts';
import type { Factors } from '../factors/factors.ts';
import { expected } from './expected.ts';
import type { PublishedResult } from './published-result.ts';
import { throughput } from './throughput.ts';

export interface FitCase {
  readonly result: PublishedResult;
  readonly deployment: Deployment;
}

/** A factor that the fit may move: where it is, and which cases depend on it. */
export interface Knob {
  /** Mutable record that holds it. */
  readonly at: Record<string, number>;
  readonly key: string;
  /** Where it was before any result was looked at: moving away from there has a price. */
  readonly begin: number;
  readonly most: number;
  /** How dear it is to move: releases more than engines and chips. */
  readonly stiffness: number;
  readonly cases: readonly FitCase[];
}

/** Moves the knobs; returns the mean error of a case before and after. */
export function fitKnobs(
  knobs: readonly Knob[],
  cases: readonly FitCase[],
  factorsFor: (of: FitCase) => Factors,
): { readonly before: number; readonly after: number } {
  const total = (of: readonly FitCase[]) =>
    of.reduce((sum, one) => sum + caseError(one, factorsFor(one)), 0);
  const price = (knob: Knob) => {
    const moved = Math.log((knob.at[knob.key] as number) / knob.begin);
    return knob.stiffness * moved ** 2;
  };
  const before = total(cases) / cases.length;
  let step = 0.4;
  for (let sweep = 0; sweep < 60 && step > 0.01; sweep++) {
    let moved = false;
    for (const knob of knobs) {
      const old = knob.at[knob.key] as number;
      const least = total(knob.cases) + price(knob);
      for (const factor of [1 + step, 1 / (1 + step)]) {
        knob.at[knob.key] = Math.min(knob.most, old * factor);
        if (total(knob.cases) + price(knob) < least - 1e-6) {
          moved = true;
          break;
        }
        knob.at[knob.key] = old;
      }
    }
    if (!moved) step /= 1.6;
  }
  return { before, after: total(cases) / cases.length };
}

/** TTFT and TPOT count whole; throughput, which follows from both, half. */
export function caseError({ result, deployment }: FitCase, factors: Factors): number {
  const answer = expected(result, deployment, factors);
  const { measured } = result;
  const isServed = result.phase === 'serve';
  return (
    (isServed ? 1 : 0) * pointError(answer.tpotMs, measured.tpotMs) +
    pointError(answer.ttftMs, measured.ttftMs) +
    (isServed ? 0.5 : 1) * pointError(answer.outputTokensPerSecond, throughput(result)) +
    (isServed ? 0 : 1) * pointError(answer.inputTokensPerSecond, measured.inputTokensPerSecond)
  );
}

function pointError(answer: number | undefined, measured: number | undefined): number {
  if (answer === undefined || measured === undefined) return 0;
  const error = Math.abs(Math.log(answer / measured));
  if (!Number.isFinite(error)) return 10;
  return error > 1 ? 1 + Math.log(error) : error;
}
