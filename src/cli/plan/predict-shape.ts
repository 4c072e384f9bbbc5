/**
 * What is predicted of a shape that no table has: a checkpoint on this machine, with our own engine.
 * That the engine runs it is known, since it has; whether it has room is checked.
 */
import type { Chip } from '../../planner/facts/chip.ts';
import { findEngine } from '../../planner/facts/find-engine.ts';
import { findPrecision } from '../../planner/facts/find-precision.ts';
import type { PrecisionId } from '../../planner/facts/precision.ts';
import { precisionOf } from '../../planner/facts/precision-of.ts';
import type { ServedModel } from '../../planner/facts/served-model.ts';
import { parseLayout } from '../../planner/layout.ts';
import { predictDeployment } from '../../planner/predict.ts';
import type { Prediction } from '../../planner/prediction.ts';

export interface ShapeQuestion {
  readonly model: ServedModel;
  readonly machine: Chip;
  readonly precision: PrecisionId;
  /** Per element of keys and values. */
  readonly kvBytes: number;
  readonly inTokens: number;
  readonly outTokens: number;
  readonly concurrency: number;
}

export function predictShape(question: ShapeQuestion): Prediction {
  const { model, machine, kvBytes, inTokens, outTokens, concurrency } = question;
  const precision = precisionOf(model, findPrecision(question.precision));
  const layout = parseLayout('tp1');
  return predictDeployment(
    { model, chip: machine, precision, layout, kvBytes, mtpAcceptance: [] },
    findEngine('sampan'),
    { inTokens, outTokens, concurrency, cacheHit: 0 },
  );
}
