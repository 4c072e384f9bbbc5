/**
 * From the words of a question to what is deployed: chip and count, engine and its release, precision
 * and layout. What is left out is chosen: an engine and a precision that are published to run the
 * model on the chip, and the smallest layout that holds it.
 */
import { error } from '../base/errors.ts';
import { memoryRoom, sequenceBytes } from './cost/memory.ts';
import { type Deployment, fittedFactorsOf, instanceFor } from './deployment.ts';
import { fittedFactors } from './factors/fitted-factors-table.ts';
import type { Chip } from './facts/chip.ts';
import type { Engine, EngineId, EngineSupport } from './facts/engine.ts';
import { findChip, missingFigures } from './facts/find-chip.ts';
import { findEngine } from './facts/find-engine.ts';
import { findModel } from './facts/find-model.ts';
import { findPrecision } from './facts/find-precision.ts';
import type { Precision } from './facts/precision.ts';
import { precisionOf } from './facts/precision-of.ts';
import type { ServedModel } from './facts/served-model.ts';
import { refusal, supports } from './facts/supports.ts';
import { chipsOfLayout, type Layout, layoutText, parseLayout } from './layout.ts';
import type { PredictQuestion } from './predict-question.ts';

export interface Resolved {
  readonly deployment: Deployment;
  readonly engine: Engine;
  readonly release?: string;
  readonly notes: readonly string[];
}

/** A fleet of more chips than anybody has is a slip of the finger. */
const mostChips = 100_000;

export function resolveDeployment(question: PredictQuestion): Resolved {
  const notes: string[] = [];
  const model = typeof question.model === 'string' ? findModel(question.model) : question.model;
  const { chip, count } = parseChips(question.chips, question.machine);
  const { engine, release } = engineOf(question.engine);
  notes.push(...releaseNotes(engine, release));
  const support = chooseSupport(chip, model, question, engine, notes);
  const precision = precisionOf(model, findPrecision(question.precision ?? support.precision));
  const missing = missingFigures(chip, precision);
  if (missing.length > 0) {
    throw error('plan_figure_missing', { chip: chip.name, missing: missing.join(', ') });
  }
  const partial = {
    model,
    chip,
    precision,
    kvBytes: question.kvBytes ?? kvBytesOf(precision, support.engine),
    mtpAcceptance: question.mtpAcceptance ?? [],
  };
  const chosen = engine ?? findEngine(support.engine);
  const layout = question.layout
    ? spread(parseLayout(question.layout), count)
    : smallestLayout(partial, chosen, count, question, notes);
  return {
    deployment: { ...partial, layout },
    engine: chosen,
    ...(release !== undefined && { release }),
    notes,
  };
}

/** Nvidia's checkpoints in FP8 and FP4 have TensorRT-LLM keep the cache in FP8 [TRT]. */
export function kvBytesOf(precision: Precision, engine: EngineId): number {
  const isNarrow = precision.id === 'fp8' || precision.id === 'fp4';
  return engine === 'trtllm' && isNarrow ? 1 : precision.kvBytes;
}

/** `h20:16` → the chip and 16; without a number undefined. */
function parseChips(text: string, machine?: Chip): { chip: Chip; count: number | undefined } {
  const [name = '', digits, ...rest] = text.split(':');
  const chip = machine ?? findChip(name.trim());
  if (digits === undefined) return { chip, count: undefined };
  const count = Number(digits);
  if (!Number.isInteger(count) || count < 1 || count > mostChips || rest.length > 0) {
    throw error('invalid_option', {
      name: 'chips',
      found: text,
      expected: `a chip and how many, 1 to ${mostChips}: h20:16`,
    });
  }
  return { chip, count };
}

/** `sglang@0.5.9` → engine and release. */
export function engineOf(text: string | undefined): { engine?: Engine; release?: string } {
  if (text === undefined) return {};
  const [name = '', release] = text.split('@');
  return { engine: findEngine(name), ...(release && { release }) };
}

/** What is said of a release of which no result is in the fit. */
export function releaseNotes(engine: Engine | undefined, release: string | undefined): string[] {
  if (engine === undefined || release === undefined) return [];
  const name = `${engine.id}@${release}`;
  if (Object.hasOwn(fittedFactors.releases, name)) return [];
  return [`no result is published of ${name}: as ${engine.id} of any release`];
}

interface Choice {
  readonly engine: Engine['id'];
  readonly precision: string;
}

function chooseSupport(
  chip: Chip,
  model: ServedModel,
  question: PredictQuestion,
  engine: Engine | undefined,
  notes: string[],
): Choice {
  const asked = question.precision === undefined ? undefined : findPrecision(question.precision).id;
  const no = refusal(chip, model, asked, engine?.id);
  if (no) {
    throw error('plan_cannot_run', {
      model: model.name,
      chip: chip.name,
      reason: no.reason,
      nearest: no.nearest ?? 'Ask sampan plan which chips serve it.',
    });
  }
  const rows = supports(chip, model).filter(
    (row) =>
      (engine === undefined || row.engine === engine.id) &&
      (asked === undefined || row.precisions.includes(asked)),
  );
  const row = rows[0] as EngineSupport;
  const precision =
    asked ??
    (row.precisions.includes(model.nativePrecision) ? model.nativePrecision : row.precisions[0]);
  if (engine === undefined) notes.push(`engine not given: ${row.engine}`);
  if (asked === undefined) notes.push(`precision not given: ${precision}`);
  return { engine: row.engine, precision: precision as string };
}

/** A layout on more chips than it takes is copied. */
function spread(layout: Layout, count: number | undefined): Layout {
  const needed = chipsOfLayout(layout);
  if (count === undefined || count === needed) return layout;
  if (count % needed !== 0) {
    throw error('plan_layout_chips', { layout: layoutText(layout), needed, found: count });
  }
  const times = count / needed;
  const more = <T extends { readonly count: number }>(group: T): T => ({
    ...group,
    count: group.count * times,
  });
  if (layout.kind === 'together') return { ...layout, serving: more(layout.serving) };
  return { ...layout, prefill: more(layout.prefill), decode: more(layout.decode) };
}

/** Fewest chips of one fast domain that hold the weights and a request; the rest are copies. */
function smallestLayout(
  partial: Omit<Deployment, 'layout'>,
  engine: Engine,
  count: number | undefined,
  question: PredictQuestion,
  notes: string[],
): Layout {
  const factors = fittedFactorsOf(partial.chip.family, engine.id, partial.model);
  const most = count ?? Math.max(64, partial.chip.chipsPerNode);
  let tp = 1;
  for (; tp * 2 <= most && tp < 16; tp *= 2) {
    if (count !== undefined && count % tp !== 0) continue;
    const instance = instanceFor(partial, { tp, pp: 1, dp: 1, ep: 1 }, factors);
    const { kvRoomBytes } = memoryRoom(instance);
    if (kvRoomBytes >= sequenceBytes(instance, question.inTokens + question.outTokens)) break;
  }
  const layout: Layout = {
    kind: 'together',
    serving: { instance: { tp, pp: 1, dp: 1, ep: 1 }, count: 1 },
  };
  notes.push(`layout not given: the smallest that fits, tp${tp}`);
  if (count === undefined) return layout;
  const used = count - (count % tp) || tp;
  if (used < count)
    notes.push(`${count - used} of ${count} chips are left over: tp${tp} takes ${tp}`);
  return spread(layout, used);
}
