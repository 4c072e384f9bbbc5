/**
 * A bench from a model's name to its report: loads the model, measures it, closes it, and then
 * measures the machine; asked for, the planner is held against it. Refused: replies of one token, which have no time between tokens.
 */
import os from 'node:os';
import { error, SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import type { LoadOptions } from '../../engine/load.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import type { SpeculationKind } from '../../engine/speculation.ts';
import type { ModelConfig } from '../../formats/model-config.ts';
import { openCheckpoint } from '../../formats/open-checkpoint.ts';
import { type WorkPerToken, workPerToken } from '../../models/work-per-token.ts';
import { type DeviceOptions, deviceOptions } from '../device-options.ts';
import { inspectMachine } from '../machine.ts';
import { machineLimits } from '../machine-limits.ts';
import { openModel } from '../open-model.ts';
import { packageVersion } from '../package-version.ts';
import { loadPredictor } from '../plan/planner.ts';
import { progressBar } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { checkPlan } from './check-plan.ts';
import { type BenchSettings, continued, measureRounds, randomTokens } from './measure.ts';
import { peakMemoryBytes } from './peak-memory.ts';
import { type BenchReport, benchReport } from './report.ts';

/** As the command line has them. */
export interface BenchOptions extends DeviceOptions {
  readonly prompt: number;
  readonly reply: number;
  readonly concurrency: number;
  readonly context: number;
  readonly rounds: number;
  readonly speculation: SpeculationKind;
  readonly checkPlan?: boolean;
}

export async function runBench(
  name: string,
  options: BenchOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<BenchReport> {
  if (options.reply < 2) {
    throw error('invalid_option', { name: 'reply', found: options.reply, expected: '2 or more' });
  }
  const settings: BenchSettings = {
    promptTokens: options.prompt,
    replyTokens: options.reply,
    concurrency: options.concurrency,
    contextTokens: options.context,
    rounds: options.rounds,
  };
  const [loadAverage] = os.loadavg() as [number];
  const machine = inspectMachine();
  const measured = await measureModel(name, options, settings, terminal, signal);
  const { info } = measured;
  const threads = info.device.kind === 'reference' ? {} : { threads: info.device.threads };
  const { work, config } = await inspectCheckpoint(info.file);
  const report = benchReport({
    ...{ version: packageVersion(), machine, loadAverage, ...measured, work },
    settings: { ...settings, speculation: options.speculation },
    limits: await machineLimits(threads),
  });
  if (!options.checkPlan) return report;
  return { ...report, plan: checkPlan(report, config, await loadPredictor()) };
}

/** The model is closed again when this ends: nothing else is in memory while it is measured. */
async function measureModel(
  name: string,
  options: BenchOptions,
  settings: BenchSettings,
  terminal: Terminal,
  signal: AbortSignal,
) {
  const { promptTokens, replyTokens, contextTokens, concurrency } = settings;
  let openedMs = performance.now();
  const loadOptions: LoadOptions = {
    ...deviceOptions(options),
    speculation: options.speculation,
    contextTokens: Math.max(promptTokens + 1, contextTokens + replyTokens),
    maxSequences: concurrency,
    onProgress({ phase }) {
      if (phase === 'open') openedMs = performance.now();
    },
  };
  await using model = await openModel(name, terminal, signal, loadOptions).catch(inOurWords);
  const readyMs = performance.now() - openedMs;
  // Of another seed than any round's.
  const prompt = randomTokens(mulberry32(settings.rounds + 1), 1, model.info.vocabSize);
  await continued(model, prompt, 1, signal);
  const firstTokenMs = performance.now() - openedMs;
  const rounds = await roundsWithBar(model, settings, terminal, signal);
  const load = { readyMs, firstTokenMs };
  return { info: model.info, load, rounds, peakMemoryBytes: peakMemoryBytes() };
}

/** A context that the model does not have is about options that are not called so here. */
function inOurWords(cause: unknown): never {
  if (!(cause instanceof SampanError) || cause.fields.name !== 'contextTokens') throw cause;
  const { found, expected } = cause.fields;
  throw error('invalid_option', {
    name: 'prompt, or context and reply',
    found: `${found} tokens together`,
    expected: `${expected}`,
  });
}

async function roundsWithBar(
  model: LoadedModel,
  settings: BenchSettings,
  terminal: Terminal,
  signal: AbortSignal,
) {
  const bar = progressBar(terminal, 'Measuring');
  let done = 0;
  try {
    const onRound = (round: string) => bar.update(done++, settings.rounds + 1, ` ${round}`);
    return await measureRounds(model, settings, { signal, onRound });
  } finally {
    bar.end();
  }
}

async function inspectCheckpoint(
  file: string,
): Promise<{ readonly work: WorkPerToken; readonly config: ModelConfig }> {
  const checkpoint = await openCheckpoint(file);
  try {
    const { config, tensors } = checkpoint;
    return { config, work: workPerToken(config, tensors) };
  } finally {
    checkpoint.close();
  }
}
