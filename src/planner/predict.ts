/**
 * One deployment under one load: what clients would see, what limits it, how sure that is. Pure: names
 * in, numbers out. Throws a SampanError for what is unknown, does not fit or does not run.
 */
import { memoryRoom } from './cost/memory.ts';
import { checkRoom, type Deployment, fittedFactorsOf, instancesOf } from './deployment.ts';
import { errorRange } from './factors/error-range.ts';
import type { Chip } from './facts/chip.ts';
import type { Engine } from './facts/engine.ts';
import type { Figure } from './facts/figure.ts';
import { worstGrade } from './facts/figure.ts';
import { chipsOfLayout, layoutText } from './layout.ts';
import { checkQuestion, type PredictQuestion } from './predict-question.ts';
import type { Prediction } from './prediction.ts';
import { resolveDeployment } from './resolve-deployment.ts';
import { serveApart } from './serving/apart.ts';
import type { Load, Served } from './serving/served.ts';
import { serveTogether } from './serving/together.ts';

export function predict(question: PredictQuestion): Prediction {
  checkQuestion(question);
  const resolved = resolveDeployment(question);
  const load: Load = {
    inTokens: question.inTokens,
    outTokens: question.outTokens,
    concurrency: question.concurrency,
    cacheHit: question.cacheHit ?? 0,
    ...(question.maxRunning !== undefined && { maxRunning: question.maxRunning }),
  };
  return predictDeployment(resolved.deployment, resolved.engine, load, resolved);
}

/** The same, of a deployment that is known to be possible but for room. */
export function predictDeployment(
  deployment: Deployment,
  engine: Engine,
  load: Load,
  { release, notes = [] }: { readonly release?: string; readonly notes?: readonly string[] } = {},
): Prediction {
  const { model, chip, precision, layout } = deployment;
  const factors = fittedFactorsOf(chip.family, engine.id, model, release);
  const instances = instancesOf(deployment, factors);
  const stages =
    instances.kind === 'together' ? [instances.serving] : [instances.prefill, instances.decode];
  for (const { instance } of stages) checkRoom(instance, load.inTokens + load.outTokens);
  const served: Served =
    instances.kind === 'together'
      ? serveTogether(instances.serving.instance, instances.serving.count, load)
      : serveApart(instances.prefill, instances.decode, load);
  const chips = chipsOfLayout(layout);
  const measures = {
    ttftMs: served.ttftSeconds * 1e3,
    tpotMs: served.tpotSeconds * 1e3,
    inputTokensPerSecondPerChip: (served.requestsPerSecond * load.inTokens) / chips,
    outputTokensPerSecondPerChip: (served.requestsPerSecond * load.outTokens) / chips,
  };
  const decoder = (stages.at(-1) as (typeof stages)[number]).instance;
  const room = memoryRoom(decoder);
  const figures = figuresUsed(chip, deployment);
  return {
    ...measures,
    model: model.id,
    chip: chip.id,
    chips,
    engine: release ? `${engine.id}@${release}` : engine.id,
    precision: precision.id,
    layout: layoutText(layout),
    concurrency: load.concurrency,
    ...errorRange(chip.family, measures),
    limit: served.queues ? 'queue' : served.decode.limit,
    prefillLimit: served.prefill.limit,
    grade: worstGrade(figures.map(({ grade }) => grade)),
    requestsPerSecond: served.requestsPerSecond,
    running: served.running,
    memory: {
      weightBytes: room.weightBytes,
      kvBytes: room.kvRoomBytes,
      reservedBytes: room.reservedBytes,
      totalBytes: room.totalBytes,
    },
    parts: { prefill: served.prefill.parts, decode: served.decode.parts },
    work: { prefill: served.prefill.work, decode: served.decode.work },
    promptShare: served.promptShare,
    sources: [...new Set([model.source, precision.source, ...figures.map(({ source }) => source)])],
    notes,
  };
}

/** Figures of the chip that the answer rests on. */
function figuresUsed(chip: Chip, { precision, layout }: Deployment): Figure[] {
  const types = new Set([...Object.values(precision.products), 'bf16' as const]);
  const rates = [...types].map((type) => chip.rates[type]);
  const isMany = chipsOfLayout(layout) > 1;
  const links = isMany ? [chip.scaleUp?.gbs, chip.scaleOut?.gbs] : [];
  return [...rates, chip.memoryGb, chip.bandwidthGbs, ...links].filter(
    (figure): figure is Figure => figure !== undefined && figure !== 'none',
  );
}
