/**
 * The planner held against a bench: what it predicts for this machine and this checkpoint beside
 * what was measured. With several streams a bench has all prompts come at once, which no prediction
 * of a steady load is about, so prefill is compared with one stream alone.
 */
import { SampanError } from '../../base/errors.ts';
import type { ModelConfig } from '../../formats/model-config.ts';
import type { PrecisionId } from '../../planner/facts/precision.ts';
import type { Measures, Prediction } from '../../planner/prediction.ts';
import { machineChip } from '../plan/machine-chip.ts';
import type { Predictor } from '../plan/planner.ts';
import { kvElementsPerToken, servedModelOf } from '../plan/served-model-of.ts';
import type { Comparison, PlanCheck } from './plan-check.ts';
import type { BenchReport } from './report.ts';

/** As files name what most of their weights are in → as the planner does. */
const precisions: Readonly<Record<string, PrecisionId>> = {
  ...{ F16: 'bf16', BF16: 'bf16', Q8_0: 'q8_0', Q4_K_M: 'q4_k_m' },
};

export function checkPlan(
  report: BenchReport,
  config: ModelConfig,
  { predictShape }: Pick<Predictor, 'predictShape'>,
): PlanCheck {
  const { model, machine, limits, device, settings } = report;
  const precision = precisions[model.quantisation];
  if (precision === undefined) {
    const known = Object.keys(precisions).join(', ');
    return { refused: `the planner knows no weights in ${model.quantisation}; it knows ${known}` };
  }
  if (settings.speculation !== 'off') {
    return { refused: 'with speculation the pace depends on the text; leave --speculation out' };
  }
  if (limits?.kind !== device.kind) {
    const found = limits ? `those of ${limits.kind}` : 'none';
    return { refused: `it ran on ${device.kind}; the limits that are known are ${found}` };
  }
  const chip = machineChip(machine, limits);
  const date = chip.bandwidthGbs!.date;
  const question = {
    model: servedModelOf({ config, parameterCount: model.parameterCount, precision, date }),
    ...{ machine: chip, precision },
    ...{ concurrency: settings.concurrency, outTokens: settings.replyTokens },
    kvBytes: model.memory.kvBytesPerToken / kvElementsPerToken(config),
  };
  try {
    const prompts = predictShape({ ...question, inTokens: settings.promptTokens });
    const replies = predictShape({ ...question, inTokens: settings.contextTokens });
    return { compared: comparisons(report, prompts, replies) };
  } catch (cause) {
    if (!(cause instanceof SampanError)) throw cause;
    return { refused: cause.message };
  }
}

function comparisons(
  { settings, prefill, decode }: BenchReport,
  prompts: Prediction,
  replies: Prediction,
): readonly Comparison[] {
  const { concurrency, promptTokens } = settings;
  const decoded = rate(replies, ({ tpotMs }) => (1000 * concurrency) / tpotMs);
  const replied = compare('decode', 'tokens/s', decode.tokensPerSecond, decoded);
  if (concurrency > 1) return [replied];
  const prefilled = rate(prompts, ({ ttftMs }) => (1000 * promptTokens) / ttftMs);
  const waited = [prompts, prompts.low, prompts.high].map(({ ttftMs }) => ttftMs);
  return [
    compare('prefill', 'tokens/s', prefill.tokensPerSecond, prefilled),
    compare('TTFT', 'ms', prefill.ttftMs, waited),
    replied,
  ];
}

/** The prediction, its low and its high end: the longer it takes, the fewer there are. */
function rate(
  prediction: Prediction,
  perSecond: (measures: Measures) => number,
): readonly number[] {
  return [prediction, prediction.high, prediction.low].map(perSecond);
}

function compare(
  name: Comparison['name'],
  unit: Comparison['unit'],
  measured: number,
  values: readonly number[],
): Comparison {
  const [predicted, low, high] = values as [number, number, number];
  return { name, unit, predicted, low, high, measured, error: predicted / measured - 1 };
}
