/** Published results as deployments that the planner can be asked about. */
import { findChip } from '../facts/find-chip.ts';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { precisionOf } from '../facts/precision-of.ts';
import { parseLayout } from '../layout.ts';
import { kvBytesOf } from '../resolve-deployment.ts';
import type { FitCase } from './fit.ts';
import { benchMachine } from './published-bench-table.ts';
import type { PublishedResult } from './published-result.ts';

/** Those that can be replayed; the others say themselves why not (`unusable`). */
export function casesOf(results: readonly PublishedResult[]): FitCase[] {
  return results.filter(({ unusable }) => unusable === undefined).map(caseOf);
}

export function caseOf(result: PublishedResult): FitCase {
  const model = findModel(result.model);
  const precision = precisionOf(model, findPrecision(result.precision));
  return {
    result,
    deployment: {
      model,
      chip: result.chip === benchMachine.id ? benchMachine : findChip(result.chip),
      precision,
      layout: parseLayout(result.layout),
      kvBytes: kvBytesOf(precision, result.engine),
      mtpAcceptance: result.mtpAcceptance ?? [],
    },
  };
}
