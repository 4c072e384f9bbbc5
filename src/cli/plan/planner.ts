/**
 * The planner as the commands use it. Its tables are loaded when a command needs them, so that the
 * other commands start without them; tests give commands another one.
 */
import type { ServedModel } from '../../planner/facts/served-model.ts';
import type { SourceRow } from '../../planner/facts/source.ts';
import type { Plan, PlanQuestion } from '../../planner/plan-answer.ts';
import type { PredictQuestion } from '../../planner/predict-question.ts';
import type { Prediction } from '../../planner/prediction.ts';
import type { ShapeQuestion } from './predict-shape.ts';

export interface Predictor {
  predict(question: PredictQuestion): Prediction;
  predictShape(question: ShapeQuestion): Prediction;
  readonly models: readonly ServedModel[];
  findModel(name: string): ServedModel;
  /** By the tags that answers carry. */
  readonly sources: readonly SourceRow[];
}

export interface Planner {
  plan(question: PlanQuestion): Plan;
  /** A page in one file. */
  htmlReport(plan: Plan): string;
}

export async function loadPredictor(): Promise<Predictor> {
  const [{ predict }, { predictShape }, { modelsTable }, { findModel }, { sourcesTable }] =
    await Promise.all([
      import('../../planner/predict.ts'),
      import('./predict-shape.ts'),
      import('../../planner/facts/models-table.ts'),
      import('../../planner/facts/find-model.ts'),
      import('../../planner/facts/sources-table.ts'),
    ]);
  return { predict, predictShape, models: modelsTable, findModel, sources: sourcesTable };
}

export async function loadPlanner(): Promise<Planner> {
  const [{ plan }, { htmlReport }] = await Promise.all([
    import('../../planner/plan.ts'),
    import('../../planner/report/html-report.ts'),
  ]);
  return { plan, htmlReport };
}
