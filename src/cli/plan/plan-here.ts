/**
 * How fast this machine would run each model of the family with our own engine: one request at a
 * time, from what the machine is measured to read and multiply. Of a model that does not fit, or
 * that the engine does not run, the planner's reason.
 */
import { error, SampanError } from '../../base/errors.ts';
import type { Chip } from '../../planner/facts/chip.ts';
import type { ServedModel } from '../../planner/facts/served-model.ts';
import type { Prediction } from '../../planner/prediction.ts';
import { inspectMachine } from '../machine.ts';
import { type MachineLimits, machineLimits } from '../machine-limits.ts';
import { progressBar } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { amountText } from './figures.ts';
import { machineChip } from './machine-chip.ts';
import type { Predictor } from './planner.ts';

/** What GGUF files are mostly made in, the smallest first. */
const precisions = ['q4_k_m', 'q8_0', 'bf16'] as const;

/** As `sampan bench` measures, with a longer reply. */
const usual = { inTokens: 512, outTokens: 128 } as const;

export interface HereRow {
  readonly model: string;
  readonly precision: string;
  readonly prefillTokensPerSecond: Range;
  readonly decodeTokensPerSecond: Range;
  readonly prediction: Prediction;
}

export interface Range {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface HereAnswer {
  readonly machine: Chip;
  readonly limits: MachineLimits;
  readonly inTokens: number;
  readonly outTokens: number;
  readonly rows: readonly HereRow[];
  readonly refused: readonly { readonly models: readonly string[]; readonly reason: string }[];
}

interface HereOptions {
  readonly in?: number;
  readonly out?: number;
  readonly precision?: string;
}

export async function planHere(
  predictor: Predictor,
  model: string | undefined,
  options: HereOptions,
  terminal: Terminal,
): Promise<HereAnswer> {
  const models = model === undefined ? family(predictor.models) : [predictor.findModel(model)];
  const limits = await measured(terminal);
  const machine = machineChip(inspectMachine(), limits);
  return { limits, ...hereAnswer(predictor, models, machine, options) };
}

/** The table also has models of others, on which results of a size were published. */
function family(models: readonly ServedModel[]): readonly ServedModel[] {
  return models.filter(({ repository }) => repository.startsWith('deepseek-ai/'));
}

export function hereAnswer(
  { predict }: Pick<Predictor, 'predict'>,
  models: readonly ServedModel[],
  machine: Chip,
  options: HereOptions,
): Omit<HereAnswer, 'limits'> {
  const { in: inTokens = usual.inTokens, out: outTokens = usual.outTokens } = options;
  const tried = options.precision === undefined ? precisions : [options.precision];
  const rows: HereRow[] = [];
  const refused = new Map<string, string[]>();
  for (const { id } of models) {
    const reasons: string[] = [];
    for (const precision of tried) {
      try {
        const prediction = predict({
          ...{ model: id, chips: `${machine.id}:1`, machine, engine: 'sampan', precision },
          ...{ layout: 'tp1', inTokens, outTokens, concurrency: 1 },
        });
        rows.push(hereRow(prediction, inTokens));
      } catch (cause) {
        if (!(cause instanceof SampanError)) throw cause;
        reasons.push(reasonOf(cause, machine));
      }
    }
    if (reasons.length < tried.length) continue;
    const [reason] = reasons as [string]; // the smallest's
    refused.set(reason, [...(refused.get(reason) ?? []), id]);
  }
  return {
    ...{ machine, inTokens, outTokens, rows },
    refused: [...refused].map(([reason, models]) => ({ models, reason })),
  };
}

/** In a line, without what is the same for all: chip, engine and layout. */
function reasonOf({ code, fields, message }: SampanError, machine: Chip): string {
  if (code === 'plan_cannot_run') return 'the engine of Sampan does not run it';
  if (code !== 'plan_no_room') return message;
  const { precision, needed, weights } = fields;
  const there = amountText(machine.memoryGb!.value);
  return `${precision} takes ${needed} GB, ${weights} of them weights; ${there} GB are here`;
}

function hereRow(prediction: Prediction, inTokens: number): HereRow {
  const { low, high } = prediction;
  const range = (rateOf: (measures: { ttftMs: number; tpotMs: number }) => number): Range => ({
    ...{ value: rateOf(prediction), low: rateOf(high), high: rateOf(low) },
  });
  return {
    ...{ model: prediction.model, precision: prediction.precision },
    prefillTokensPerSecond: range(({ ttftMs }) => (1000 * inTokens) / ttftMs),
    decodeTokensPerSecond: range(({ tpotMs }) => 1000 / tpotMs),
    prediction,
  };
}

async function measured(terminal: Terminal): Promise<MachineLimits> {
  const bar = progressBar(terminal, 'Measuring memory and processor');
  try {
    bar.update(undefined, undefined);
    const limits = await machineLimits({});
    if (limits) return limits;
  } finally {
    bar.end();
  }
  const reason = 'neither machine code nor WebAssembly runs here, so nothing can be measured';
  throw error('device_refused', { device: 'native', reason });
}
