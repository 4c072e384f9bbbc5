/** The planner on a thread of its own. */
import { SampanError } from '../../../src/base/errors.ts';
import type { Plan, PlanQuestion } from '../../../src/planner/plan-answer.ts';
import { plan } from './planner.ts';

export interface PlanRequest {
  readonly question: PlanQuestion;
}

export type PlanReply =
  | { readonly plan: Plan; readonly tookMs: number }
  | { readonly failure: { readonly message: string; readonly remedy: string } };

addEventListener('message', ({ data }: MessageEvent<PlanRequest>) => {
  postMessage(replyTo(data));
});

function replyTo({ question }: PlanRequest): PlanReply {
  const started = performance.now();
  try {
    return { plan: plan(question), tookMs: performance.now() - started };
  } catch (cause) {
    const remedy = cause instanceof SampanError ? cause.remedy : '';
    return { failure: { message: cause instanceof Error ? cause.message : String(cause), remedy } };
  }
}
